//! Numbers of orders and identifiers; made here, because the core has neither clock nor chance.

use calendar::local_date;
use chrono::{DateTime, Utc};
use knowledge_base::ids::{ChangeId, FeedbackId, Id, OutageId, PointId};
use lifecycle::dossier::DossierId;
use lifecycle::ids::OrderId;
use uuid::{NoContext, Timestamp, Uuid};

use crate::ports::EntryKind;

/// Crockford's base 32: no I, L, O and U, so that numbers survive the telephone.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Random digits in an order's number: 50 bits.
const RANDOM_DIGITS: u32 = 10;

/// A new identifier that sorts by the given instant.
pub(crate) fn uuid(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(
        NoContext,
        seconds,
        now.timestamp_subsec_nanos(),
    ))
}

/// A new order number: local date of registration and ten random characters.
pub(crate) fn order_id(registered_at: DateTime<Utc>) -> OrderId {
    OrderId::new(number(registered_at))
}

/// A new number of a dossier, which no order has.
pub(crate) fn dossier_id(opened_at: DateTime<Utc>) -> DossierId {
    DossierId::new(format!("D-{}", number(opened_at)))
}

/// A new number of an entry of the knowledge base.
pub(crate) fn knowledge_id(kind: EntryKind, opened_at: DateTime<Utc>) -> Id {
    let number = number(opened_at);
    match kind {
        EntryKind::Point => Id::Point(PointId::new(format!("K-{number}"))),
        EntryKind::Feedback => Id::Feedback(FeedbackId::new(format!("KF-{number}"))),
        EntryKind::Change => Id::Change(ChangeId::new(format!("KC-{number}"))),
        EntryKind::Outage => Id::Outage(OutageId::new(format!("KO-{number}"))),
    }
}

fn number(registered_at: DateTime<Utc>) -> String {
    // The low 62 bits of a version 7 UUID are random.
    let (_, random) = uuid(registered_at).as_u64_pair();
    let mut number = local_date(registered_at).format("%Y%m%d-").to_string();
    for place in 0..RANDOM_DIGITS {
        let index = usize::try_from((random >> (5 * place)) & 31).unwrap_or(0);
        number.push(DIGITS.get(index).copied().map_or('0', char::from));
    }
    number
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn numbers_carry_the_local_date_and_differ() {
        let late_in_utc: DateTime<Utc> = "2026-11-23T17:00:00Z".parse().unwrap();
        let numbers: BTreeSet<OrderId> = (0..1000).map(|_| order_id(late_in_utc)).collect();
        assert_eq!(numbers.len(), 1000);
        for number in &numbers {
            let (date, random) = number.as_str().split_once('-').unwrap();
            assert_eq!(date, "20261124");
            assert_eq!(random.len(), 10);
            assert!(
                random.bytes().all(|byte| DIGITS.contains(&byte)),
                "{number}"
            );
        }
    }
}
