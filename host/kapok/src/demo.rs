//! What makes Kapok run out of the box: a demo city, and demo users with random tokens that are made
//! at the first start and kept beside the data.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::Context as _;
use api::{Auth, TokenHash};
use lifecycle::directory::Directory;
use lifecycle::ids::{Actor, DistrictCode, Role, UnitCode};
use serde::{Deserialize, Serialize};

use crate::values;

/// Districts and handling units of the demo city, in TOML.
pub(crate) const ORGANISATIONS: &str = include_str!("../demo/organisations.toml");

/// The unit that the demo unit's token is bound to, where the directory has it.
const DEMO_UNIT: &str = "GZ-STHJ";
/// The district that the demo district's token is bound to, where the directory has it.
const DEMO_DISTRICT: &str = "440106";
/// Random bytes of a token.
const TOKEN_BYTES: usize = 24;

/// The users of a server: `DATA/tokens.json`. More can be added to the file by hand; the server reads
/// it when it starts.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Users {
    /// Each with a token.
    pub(crate) users: Vec<User>,
}

/// A user.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    /// Staff number or system name; appears in the journal.
    pub(crate) name: String,
    /// Role, such as `"operator"`, `{"unit": "GZ-STHJ"}` or `{"leader": "GZ-STHJ"}`.
    pub(crate) role: Role,
    /// Bearer token.
    pub(crate) token: String,
}

impl Users {
    /// The users in `DATA/tokens.json`; at the first start one demo user a role.
    pub(crate) fn load_or_make(data: &Path, directory: &Directory) -> anyhow::Result<Self> {
        let path = data.join("tokens.json");
        let shown = path.display();
        if !path
            .try_exists()
            .with_context(|| format!("cannot look for `{shown}`"))?
        {
            let users = Self::demo(directory)?;
            users
                .save(&path)
                .with_context(|| format!("cannot write the tokens to `{shown}`"))?;
            return Ok(users);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{shown}`"))?;
        let mode = fs::metadata(&path).map(|metadata| metadata.permissions().mode())?;
        if mode & 0o077 != 0 {
            tracing::warn!(file = %shown, "others may read the tokens; run `chmod 600` on the file");
        }
        serde_json::from_str(&text).with_context(|| {
            format!("`{shown}` is no list of users; correct it, or remove it to get new demo users")
        })
    }

    /// What the HTTP interface needs.
    pub(crate) fn auth(&self) -> anyhow::Result<Auth> {
        let tokens = self.users.iter().map(|user| {
            let actor = Actor {
                role: user.role.clone(),
                name: user.name.clone(),
            };
            (TokenHash::of(&user.token), actor)
        });
        Auth::new(tokens).context("the tokens in tokens.json cannot be used")
    }

    /// The first token of every role, in a fixed order.
    pub(crate) fn one_per_role(&self) -> Vec<&User> {
        let mut shown: Vec<&User> = Vec::new();
        for user in &self.users {
            let kind = std::mem::discriminant(&user.role);
            if shown
                .iter()
                .all(|other| std::mem::discriminant(&other.role) != kind)
            {
                shown.push(user);
            }
        }
        shown
    }

    /// The first token of a role.
    pub(crate) fn token_of(&self, role: &Role) -> Option<&str> {
        self.users
            .iter()
            .find(|user| user.role == *role)
            .map(|user| user.token.as_str())
    }

    fn demo(directory: &Directory) -> anyhow::Result<Self> {
        let unit = UnitCode::new(DEMO_UNIT);
        let unit = directory.unit(&unit).or_else(|| directory.units().next());
        let district = DistrictCode::new(DEMO_DISTRICT);
        let district = directory
            .district(&district)
            .or_else(|| directory.districts().next());
        let roles = [
            ("demo-admin", Some(Role::Admin)),
            ("demo-operator", Some(Role::Operator)),
            ("demo-unit", unit.map(|unit| Role::Unit(unit.code.clone()))),
            (
                "demo-leader",
                unit.map(|unit| Role::Leader(unit.code.clone())),
            ),
            (
                "demo-district",
                district.map(|district| Role::District(district.code.clone())),
            ),
            ("demo-channel", Some(Role::Channel)),
            ("demo-auditor", Some(Role::Auditor)),
        ];
        let mut users = Vec::new();
        for (name, role) in roles {
            if let Some(role) = role {
                users.push(User {
                    name: name.to_owned(),
                    role,
                    token: new_token()?,
                });
            }
        }
        Ok(Self { users })
    }

    fn save(&self, path: &Path) -> anyhow::Result<()> {
        // Written beside and renamed, so that a crash leaves no half file.
        let beside = path.with_extension("json.new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)?;
        serde_json::to_writer_pretty(&mut file, self)?;
        writeln!(file)?;
        file.sync_all()?;
        Ok(fs::rename(&beside, path)?)
    }
}

/// Name of a role, with what it is bound to.
pub(crate) fn role_name(role: &Role) -> String {
    match role {
        Role::System => "system".to_owned(),
        Role::Admin => "admin".to_owned(),
        Role::Operator => "operator".to_owned(),
        Role::Unit(unit) => format!("unit {unit}"),
        Role::Leader(unit) => format!("leader {unit}"),
        Role::District(district) => format!("district {district}"),
        Role::Channel => "channel".to_owned(),
        Role::Auditor => "auditor".to_owned(),
    }
}

fn new_token() -> anyhow::Result<String> {
    Ok(format!("kapok_{}", values::random_hex::<TOKEN_BYTES>()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_city_is_complete() {
        let directory: Directory = toml::from_str(ORGANISATIONS).unwrap();
        assert_eq!(directory.districts().count(), 11);
        assert!(directory.units().count() >= 30);
        // Every district has its own government as a unit.
        for district in directory.districts() {
            let own = format!("GZ-D{}", &district.code.as_str()[3..]);
            let unit = directory.unit(&UnitCode::new(own.clone()));
            assert_eq!(
                unit.and_then(|unit| unit.district.as_ref()),
                Some(&district.code),
                "{own}"
            );
        }
    }

    #[test]
    fn there_is_one_random_token_for_every_role() {
        let directory: Directory = toml::from_str(ORGANISATIONS).unwrap();
        let users = Users::demo(&directory).unwrap();
        let roles: Vec<String> = users
            .users
            .iter()
            .map(|user| role_name(&user.role))
            .collect();
        assert_eq!(
            roles,
            [
                "admin",
                "operator",
                "unit GZ-STHJ",
                "leader GZ-STHJ",
                "district 440106",
                "channel",
                "auditor"
            ]
        );
        assert_eq!(users.one_per_role().len(), 7);
        assert!(users.auth().is_ok());
        let other = Users::demo(&directory).unwrap();
        assert_ne!(users.token_of(&Role::Admin), other.token_of(&Role::Admin));
    }
}
