//! Who may see which dossier (Art. 43, R75): the centre all of them; units and districts those that
//! concern them, now or before; auditors and the admin all of them with people's own words masked.

use lifecycle::directory::Directory;
use lifecycle::dossier::{Dossier, Rejection};
use lifecycle::ids::{Actor, DistrictCode, Role};

use crate::ports::DossierFilter;

/// Whether somebody may read a dossier, and whether people's own words are masked then.
pub(super) fn sight(
    dossier: &Dossier,
    by: &Actor,
    directory: &Directory,
) -> Result<Masked, Rejection> {
    match &by.role {
        Role::System | Role::Operator => Ok(Masked(false)),
        Role::Admin | Role::Auditor => Ok(Masked(true)),
        Role::Unit(_) | Role::Leader(_) | Role::District(_) => {
            let concerned = dossier.parties();
            let own = parties(by, directory);
            match own.iter().find(|party| concerned.contains(*party)) {
                Some(_) => Ok(Masked(false)),
                None => Err(Rejection::NotAParty {
                    party: own.into_iter().next().unwrap_or_default(),
                }),
            }
        }
        Role::Channel => Err(Rejection::NotPermitted {
            command: "read dossiers",
        }),
    }
}

/// Whether people's own words are masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Masked(pub(super) bool);

/// Narrows a list to what somebody may read.
pub(super) fn narrow(
    filter: &DossierFilter,
    by: &Actor,
    directory: &Directory,
) -> Result<DossierFilter, Rejection> {
    let mut filter = filter.clone();
    match &by.role {
        Role::System | Role::Operator | Role::Admin | Role::Auditor => {}
        Role::Unit(_) | Role::Leader(_) | Role::District(_) => {
            filter.parties = Some(parties(by, directory));
        }
        Role::Channel => {
            return Err(Rejection::NotPermitted {
                command: "list dossiers",
            });
        }
    }
    Ok(filter)
}

/// The codes that an actor may read for: a unit's own; a district's and those of its units (Art. 5: the
/// district's office coordinates and urges within its district).
fn parties(by: &Actor, directory: &Directory) -> Vec<String> {
    match &by.role {
        Role::Unit(unit) | Role::Leader(unit) => vec![unit.to_string()],
        Role::District(district) => of_district(district, directory),
        Role::System | Role::Admin | Role::Operator | Role::Channel | Role::Auditor => Vec::new(),
    }
}

fn of_district(district: &DistrictCode, directory: &Directory) -> Vec<String> {
    let units = directory
        .units()
        .filter(|unit| unit.district.as_ref() == Some(district))
        .map(|unit| unit.code.to_string());
    std::iter::once(district.to_string()).chain(units).collect()
}
