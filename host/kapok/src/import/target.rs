//! Where messages are filed: the embedded store or a running server.

mod embedded;
mod server;

pub(crate) use embedded::Store;
pub(crate) use server::Server;

use chrono::{DateTime, Utc};
use contract::types::OrderType;

use super::record::{Record, Refusal};

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An order was registered, durably.
    Imported {
        /// A rule gave a verdict on it.
        routed: bool,
        /// It was dispatched on that verdict.
        dispatched: bool,
    },
    /// It was registered before, with the same content.
    Skipped,
    /// It cannot be registered.
    Refused(Refusal),
}

/// When a message is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At {
    /// Now, by the clock of the target.
    Now,
    /// At its own instant; the clock is manual and was advanced that far.
    Received,
}

/// Takes messages. Shared by many threads; every call blocks until its result is durable.
pub(crate) trait Target: Sync {
    /// Files one message.
    ///
    /// # Errors
    /// Only when the target itself fails, so that going on makes no sense.
    fn file(&self, record: &Record, at: At) -> anyhow::Result<Outcome>;

    /// Advances the manual clock and lets happen what is due until then.
    fn advance(&self, to: DateTime<Utc>) -> anyhow::Result<()>;

    /// Lets happen what is due now, until nothing is.
    fn settle(&self) -> anyhow::Result<()>;
}

/// An order that has a message's source already, as far as it can be compared.
#[derive(Debug, PartialEq, Eq)]
struct Existing<'a> {
    order: &'a str,
    order_type: OrderType,
    district: Option<&'a str>,
    street: Option<&'a str>,
    category: Option<&'a str>,
    /// Subject and text; none when they were erased.
    words: Option<(&'a str, &'a str)>,
}

impl Existing<'_> {
    /// Skipped if the message says the same, refused if it says something else.
    fn compare(&self, record: &Record) -> Outcome {
        let district = record.district.as_ref().map(|district| district.as_str());
        let pairs = [
            ("type", self.order_type == record.order_type),
            ("district", self.district == district),
            ("street", self.street == record.street.as_deref()),
            ("category", self.category == record.category.as_deref()),
            (
                "subject",
                self.words
                    .is_none_or(|(subject, _)| subject == record.subject),
            ),
            (
                "text",
                self.words.is_none_or(|(_, text)| text == record.text),
            ),
        ];
        let Some((field, _)) = pairs.into_iter().find(|(_, same)| !same) else {
            return Outcome::Skipped;
        };
        Outcome::Refused(Refusal {
            line: record.line,
            id: Some(record.id.clone()),
            field: field.to_owned(),
            problem: format!("differs from order {}, which has the same id", self.order),
            way_out: "give the message an id of its own, or add to the existing order".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use lifecycle::ids::DistrictCode;

    use super::super::record::{Districts, Format};
    use super::*;

    #[track_caller]
    fn check(line: &str, refused: Option<&str>) {
        let district = DistrictCode::new("440106");
        let format = Format {
            default_type: OrderType::Complaint,
            needs_received_at: false,
            districts: Districts::new([(&district, "天河区")]),
        };
        let record = format
            .read(1, line.as_bytes(), &mut BTreeMap::new())
            .unwrap();
        let existing = Existing {
            order: "20260908-ABC",
            order_type: OrderType::Complaint,
            district: Some("440106"),
            street: None,
            category: None,
            words: Some(("工地", "打桩")),
        };
        match (existing.compare(&record), refused) {
            (Outcome::Skipped, None) => {}
            (Outcome::Refused(refusal), Some(field)) => assert_eq!(refusal.field, field),
            (outcome, expected) => panic!("{outcome:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn the_same_content_is_skipped_and_other_content_is_refused() {
        check(
            r#"{"id":"1","subject":"工地","text":"打桩","district":"440106"}"#,
            None,
        );
        check(
            r#"{"id":"1","subject":"工地","text":"打桩了","district":"440106"}"#,
            Some("text"),
        );
        check(
            r#"{"id":"1","subject":"工","text":"打桩","district":"440106"}"#,
            Some("subject"),
        );
        check(
            r#"{"id":"1","subject":"工地","text":"打桩"}"#,
            Some("district"),
        );
        check(
            r#"{"id":"1","type":"求助","subject":"工地","text":"打桩","district":"440106"}"#,
            Some("type"),
        );
        check(
            r#"{"id":"1","subject":"工地","text":"打桩","district":"440106","street":"x"}"#,
            Some("street"),
        );
    }
}
