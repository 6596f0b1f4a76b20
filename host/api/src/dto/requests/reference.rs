//! What clients send besides commands: holiday notices, the clock.

use serde::Deserialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{
    ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::{PartialSchema, ToSchema};

use crate::dto::Time;

/// A holiday notice of the State Council for one year (国务院办公厅节假日安排), in the calendar's own
/// import format.
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub struct HolidayNotice(pub calendar::YearNotice);

impl PartialSchema for HolidayNotice {
    fn schema() -> RefOr<Schema> {
        let text = |description| {
            ObjectBuilder::new()
                .schema_type(Type::String)
                .description(Some(description))
        };
        let dates = |description| {
            let date = SchemaFormat::KnownFormat(KnownFormat::Date);
            let item = ObjectBuilder::new()
                .schema_type(Type::String)
                .format(Some(date));
            ArrayBuilder::new()
                .items(item)
                .description(Some(description))
        };
        let year = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .description(Some("The year in the notice's title"))
            .examples([2027]);
        ObjectBuilder::new()
            .description(Some("A holiday notice of the State Council for one year"))
            .property("year", year)
            .required("year")
            .property("notice", text("URL or document number of the notice"))
            .required("notice")
            .property(
                "off",
                dates("Every day off that the notice names, weekend days included"),
            )
            .required("off")
            .property(
                "work",
                dates("The Saturdays and Sundays that it makes working days"),
            )
            .into()
    }
}

impl ToSchema for HolidayNotice {}

/// Where the manual clock is to stand.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClockSetting {
    /// Not before where it stands now: time never runs back.
    pub now: Time,
}
