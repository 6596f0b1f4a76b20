//! Whether somebody is the requester (Art. 9(3), R10), and whether two requesters are one (R46).

use lifecycle::Related;
use lifecycle::command::{Command, Identity};
use lifecycle::dossier::DossierKind;
use lifecycle::ids::{Actor, OrderId, TextId};
use lifecycle::order::WorkOrder;

use crate::ports::{DossierFilter, PersonalData};
use crate::request::{IdentityClaim, Texts};
use crate::{Engine, Error};

/// Why a requester's personal data are compared with somebody's claim, in the access log.
const COMPARISON: &str = "identity comparison";

/// A claim whose words are kept apart already.
pub(crate) enum Claim {
    Phone(String),
    Account(String),
    Verified(TextId),
}

impl Claim {
    pub(crate) fn of(claim: IdentityClaim, texts: &mut Texts) -> Self {
        match claim {
            IdentityClaim::Phone(phone) => Self::Phone(phone),
            IdentityClaim::Account(account) => Self::Account(account),
            IdentityClaim::Verified(how) => Self::Verified(texts.add(how)),
        }
    }

    /// Whether the claim is what the requester gave. Whose data was erased is nobody's requester any
    /// more; only the centre can verify then.
    fn is(&self, personal: &PersonalData) -> bool {
        let same = |claimed: &str, known: &Option<String>| {
            let known = known.as_deref().map(digits_or_all);
            known.is_some_and(|known| known == digits_or_all(claimed))
        };
        match self {
            Self::Phone(phone) => same(phone, &personal.phone),
            Self::Account(account) => same(account, &personal.account),
            Self::Verified(_) => false,
        }
    }
}

/// A number without the signs between its digits; anything else without the spaces around it.
fn digits_or_all(value: &str) -> String {
    let signs = |character: char| matches!(character, ' ' | '-' | '+' | '(' | ')');
    let bare: String = value.chars().filter(|it| !signs(*it)).collect();
    if !bare.is_empty() && bare.chars().all(|it| it.is_ascii_digit()) {
        bare.strip_prefix("86")
            .filter(|rest| rest.len() == 11)
            .map_or(bare.clone(), str::to_owned)
    } else {
        value.trim().to_owned()
    }
}

impl Engine {
    /// What a claim is worth against what the order's requester gave. Comparing reads the requester's
    /// personal data for the one who claims, so the access is logged (R75).
    pub(crate) fn identity(
        &self,
        claim: &Claim,
        order: &WorkOrder,
        by: &Actor,
    ) -> Result<Identity, Error> {
        if let Claim::Verified(how) = claim {
            return Ok(Identity::Verified { how: *how });
        }
        Ok(if claim.is(&self.compared(order, by)?) {
            Identity::SameAccount
        } else {
            Identity::Other
        })
    }

    /// The personal data of an order's requester, to be compared and not to be shown; nothing where it
    /// was erased. The access is logged.
    fn compared(&self, order: &WorkOrder, by: &Actor) -> Result<PersonalData, Error> {
        let (requester, now) = (order.requester, self.now());
        let personal = self
            .store
            .personal_data(requester, &order.id, &by.name, now, COMPARISON)?;
        Ok(personal.unwrap_or_default())
    }

    /// What must be known of the earlier order that a command rests on (R18, R46, R53).
    pub(crate) fn related(
        &self,
        order: Option<&WorkOrder>,
        command: &Command,
        by: &Actor,
        personal: Option<&PersonalData>,
    ) -> Result<Option<Related>, Error> {
        let Some(earlier) = command.related() else {
            return Ok(None);
        };
        let Some(earlier) = self.store.load(earlier)? else {
            return Ok(None);
        };
        let same = match (order, personal) {
            // Whose they are makes no difference to a link, so nobody's data is read.
            (_, _) if matches!(command, Command::LinkOrders(_)) => false,
            (Some(order), _) if order.requester == earlier.requester => true,
            (Some(order), _) => {
                same_person(&self.compared(order, by)?, &self.compared(&earlier, by)?)
            }
            (None, Some(personal)) => same_person(personal, &self.compared(&earlier, by)?),
            (None, None) => false,
        };
        Ok(Some(Related::of(&earlier, same)))
    }

    /// The open long-term matter that has the order as a member, if one has: what the order's own mark
    /// follows (R50, R53).
    pub(crate) fn matter_of(&self, order: &OrderId) -> Result<Option<String>, Error> {
        let filter = DossierFilter {
            kind: Some(DossierKind::LongTermMatter),
            stage: Some("open".to_owned()),
            order: Some(order.clone()),
            ..DossierFilter::default()
        };
        let page = self.store.list_dossiers(&filter, None, 1)?;
        Ok(page.items.first().map(|matter| matter.id.to_string()))
    }
}

/// The same identity number, telephone number or account. A name alone proves nothing.
fn same_person(one: &PersonalData, other: &PersonalData) -> bool {
    let pairs = [
        (&one.id_number, &other.id_number),
        (&one.phone, &other.phone),
        (&one.account, &other.account),
    ];
    pairs.into_iter().any(|(one, other)| match (one, other) {
        (Some(one), Some(other)) => digits_or_all(one) == digits_or_all(other),
        (_, _) => false,
    })
}
