//! Who is told by which channel, and under which address.

use std::collections::BTreeMap;

use engine::ports::ForRequester;
use lifecycle::directory::Directory;
use lifecycle::effect::Recipient;
use lifecycle::ids::{DistrictCode, UnitCode};

use crate::Error;
use crate::senders::Channel;
use crate::settings::{RequesterSettings, RouteSettings, TargetSettings};

/// One way to a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Target {
    channel: String,
    /// The address; a webhook may do without.
    to: Option<String>,
}

/// All ways, checked against channels and organisations.
#[derive(Debug)]
pub(crate) struct Routes {
    requester: RequesterSettings,
    center: Vec<Target>,
    units: BTreeMap<UnitCode, Vec<Target>>,
    leaders: BTreeMap<UnitCode, Vec<Target>>,
    districts: BTreeMap<DistrictCode, Vec<Target>>,
}

impl Routes {
    pub(crate) fn new(
        settings: RouteSettings,
        channels: &BTreeMap<String, Channel>,
        directory: &Directory,
    ) -> Result<Self, Error> {
        let RouteSettings {
            requester,
            center,
            units,
            leaders,
            districts,
        } = settings;
        for (key, channel) in [("phone", &requester.phone), ("account", &requester.account)] {
            if let Some(name) = channel {
                let field = format!("routes.requester.{key}");
                if known(&field, name, channels)?.is_mail() {
                    return Err(Error::invalid(
                        field,
                        format!("`{name}` sends mail, and requesters have no mail address here"),
                        "name a webhook channel",
                    ));
                }
            }
        }
        let of_units = |list: &str, settings: BTreeMap<String, Vec<TargetSettings>>| {
            let one = |(code, targets): (String, Vec<TargetSettings>)| {
                let field = format!("routes.{list}.{code}");
                let code = UnitCode::new(code);
                if directory.unit(&code).is_none() {
                    return Err(unknown(&field, "unit"));
                }
                Ok((code, checked(&field, targets, channels)?))
            };
            settings.into_iter().map(one).collect::<Result<_, Error>>()
        };
        let of_district = |(code, targets): (String, Vec<TargetSettings>)| {
            let field = format!("routes.districts.{code}");
            let code = DistrictCode::new(code);
            if directory.district(&code).is_none() {
                return Err(unknown(&field, "district"));
            }
            Ok((code, checked(&field, targets, channels)?))
        };
        Ok(Self {
            center: checked("routes.center", center, channels)?,
            units: of_units("units", units)?,
            leaders: of_units("leaders", leaders)?,
            districts: districts
                .into_iter()
                .map(of_district)
                .collect::<Result<_, Error>>()?,
            requester,
        })
    }

    /// The channels by which a recipient is told; for a requester the one that is tried first.
    pub(crate) fn channels(&self, to: &Recipient) -> Vec<String> {
        if *to == Recipient::Requester {
            let RequesterSettings { phone, account } = &self.requester;
            return phone.iter().chain(account).take(1).cloned().collect();
        }
        let targets = self.targets(to).iter();
        targets.map(|target| target.channel.clone()).collect()
    }

    /// Channel and address for a requester, by what is known of them.
    pub(crate) fn of_requester<'a>(
        &'a self,
        requester: &'a ForRequester,
    ) -> Option<(&'a str, &'a str)> {
        let RequesterSettings { phone, account } = &self.requester;
        let way = |channel: &'a Option<String>, to: &'a Option<String>| {
            channel.as_deref().zip(to.as_deref())
        };
        way(phone, &requester.phone).or_else(|| way(account, &requester.account))
    }

    /// The address of anybody else at a channel; nothing where the file has no such way any more.
    pub(crate) fn address(&self, to: &Recipient, channel: &str) -> Option<Option<&str>> {
        let mut targets = self.targets(to).iter();
        let target = targets.find(|target| target.channel == channel);
        target.map(|target| target.to.as_deref())
    }

    fn targets(&self, to: &Recipient) -> &[Target] {
        let targets = match to {
            Recipient::Requester => None,
            // An adviser is a unit too, and is told where it is told of its own orders.
            Recipient::Unit(unit) | Recipient::Adviser(unit) => self.units.get(unit),
            Recipient::LeaderInCharge(unit) => self.leaders.get(unit),
            Recipient::DistrictOffice(district) => self.districts.get(district),
            Recipient::Center => Some(&self.center),
        };
        targets.map_or(&[], Vec::as_slice)
    }
}

fn checked(
    field: &str,
    targets: Vec<TargetSettings>,
    channels: &BTreeMap<String, Channel>,
) -> Result<Vec<Target>, Error> {
    let mut found: Vec<Target> = Vec::new();
    for TargetSettings { channel, to } in targets {
        if found.iter().any(|other| other.channel == channel) {
            return Err(Error::invalid(
                field,
                format!("the channel `{channel}` stands twice"),
                "name a channel once; a mail address may be a list, separated by commas",
            ));
        }
        known(field, &channel, channels)?.check_address(field, to.as_deref())?;
        found.push(Target { channel, to });
    }
    Ok(found)
}

fn known<'a>(
    field: &str,
    name: &str,
    channels: &'a BTreeMap<String, Channel>,
) -> Result<&'a Channel, Error> {
    channels.get(name).ok_or_else(|| {
        Error::invalid(
            field,
            format!("there is no channel `{name}`"),
            "add it under [channels], or correct the name",
        )
    })
}

fn unknown(field: &str, what: &str) -> Error {
    Error::invalid(
        field,
        format!("there is no {what} of this code"),
        "correct the code, or add it to the organisations",
    )
}
