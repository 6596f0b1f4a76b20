//! Who may see which entry (Art. 33–38, 43, R75): the centre all of them; units and districts their own
//! and what they were told of; auditors and the admin all of them with people's own words masked. No
//! entry is about a requester.

use std::collections::BTreeSet;

use knowledge_base::change::PassedOn;
use knowledge_base::{Entry, Rejection};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};

use crate::Engine;
use crate::ports::KnowledgeFilter;

/// Whether people's own words are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masked(pub(super) bool);

/// Whether somebody may read an entry, and whether people's own words are masked then.
pub(super) fn sight(entry: &Entry, by: &Actor, directory: &Directory) -> Result<Masked, Rejection> {
    let refused = Rejection::NotPermitted {
        command: "read this entry",
    };
    match &by.role {
        Role::System | Role::Operator => Ok(Masked(false)),
        Role::Admin | Role::Auditor => Ok(Masked(true)),
        Role::Unit(unit) | Role::Leader(unit) => {
            if parties_of(entry).contains(unit.as_str()) {
                Ok(Masked(false))
            } else {
                Err(Rejection::NotAParty { unit: unit.clone() })
            }
        }
        Role::District(district) => {
            let concerned = parties_of(entry);
            let own = codes_of(district, directory);
            if own.iter().any(|code| concerned.contains(code)) {
                Ok(Masked(false))
            } else {
                Err(refused)
            }
        }
        Role::Channel => Err(refused),
    }
}

/// The codes of those who may read an entry besides the centre: the unit that it is about, and whom the
/// centre told of it (R69).
pub(super) fn parties_of(entry: &Entry) -> BTreeSet<String> {
    let mut parties = BTreeSet::from([entry.unit().to_string()]);
    if let Entry::Change(change) = entry {
        parties.extend(change.passed_on.iter().filter_map(|(to, _)| match to {
            PassedOn::Agents => None,
            PassedOn::DistrictOffice(district) => Some(district.to_string()),
            PassedOn::Unit(unit) => Some(unit.to_string()),
        }));
    }
    parties
}

fn codes_of(district: &DistrictCode, directory: &Directory) -> Vec<String> {
    let units = units_of(district, directory);
    let units = units.into_iter().map(|unit| unit.to_string());
    std::iter::once(district.to_string()).chain(units).collect()
}

fn units_of(district: &DistrictCode, directory: &Directory) -> Vec<UnitCode> {
    let units = directory.units();
    units
        .filter(|unit| unit.district.as_ref() == Some(district))
        .map(|unit| unit.code.clone())
        .collect()
}

impl Engine {
    /// Narrows a list to what somebody may read.
    pub(super) fn narrow_knowledge(
        &self,
        filter: &KnowledgeFilter,
        by: &Actor,
    ) -> Result<KnowledgeFilter, Rejection> {
        let parties = match &by.role {
            Role::System | Role::Operator | Role::Admin | Role::Auditor => None,
            Role::Unit(unit) | Role::Leader(unit) => Some(vec![unit.to_string()]),
            Role::District(district) => Some(codes_of(district, &self.directory)),
            Role::Channel => return Err(not_permitted("list entries of the knowledge base")),
        };
        Ok(KnowledgeFilter {
            parties,
            now: self.now(),
            ..filter.clone()
        })
    }

    /// The units whose entries somebody may read; all where none are given.
    pub(super) fn readable_units(
        &self,
        by: &Actor,
        command: &'static str,
    ) -> Result<Option<Vec<UnitCode>>, Rejection> {
        match &by.role {
            Role::System | Role::Operator | Role::Admin | Role::Auditor => Ok(None),
            Role::Unit(unit) | Role::Leader(unit) => Ok(Some(vec![unit.clone()])),
            Role::District(district) => Ok(Some(units_of(district, &self.directory))),
            Role::Channel => Err(not_permitted(command)),
        }
    }
}

pub(super) const fn not_permitted(command: &'static str) -> Rejection {
    Rejection::NotPermitted { command }
}
