//! Art. 12: three calendar days on network channels (R16), no limit in days on the telephone (R15).

use super::sides;
use crate::show::check;

/// The notice was delivered on Thursday 2026-10-01 at 22:00.
const NOTIFIED: &str = "
    2026-10-01 21:50 register complaint channel=online missing=yes
    2026-10-01 22:05 notice sent=21:59 delivered=22:00";

#[test]
fn three_calendar_days_from_the_notice() {
    // R16: until Sunday 10-04 24:00, the holiday makes no difference; 10-05 00:00:01 is late.
    let due_at = "2026-10-05 00:00:00";
    let supplied = "information_supplied";
    sides(
        NOTIFIED,
        due_at,
        "supply",
        [supplied, supplied, "rejected: information-too-late"],
    );
    let nothing = "rejected: nothing-due";
    sides(
        NOTIFIED,
        due_at,
        "due information",
        [nothing, nothing, "closed(CR05)"],
    );
}

#[test]
fn what_was_supplied_in_time_waits_for_the_centre() {
    // R16, A-28: the law sets the centre no time.
    let supplied = format!("{NOTIFIED}\n2026-10-04 23:59:59 supply");
    let nothing = "rejected: nothing-due";
    sides(
        &supplied,
        "2026-10-05 00:00:00",
        "due information",
        [nothing, nothing, nothing],
    );
    check(
        &format!("{supplied}\n2026-10-09 09:00 assess sufficient"),
        "information_sufficient",
    );
    check(
        &format!("{supplied}\n2026-10-09 09:00 assess insufficient"),
        "closed(CR04)",
    );
}

#[test]
fn a_receipt_that_comes_later_moves_the_time() {
    // R16: sent before midnight, delivered after it; without a receipt the sending counts.
    let sent = "
        2026-10-01 21:50 register complaint channel=online missing=yes
        2026-10-01 22:05 notice sent=22:00";
    let delivered = format!("{sent}\n2026-10-02 00:20 delivered at=00:10");
    let supplied = "information_supplied";
    let late = "rejected: information-too-late";
    sides(
        sent,
        "2026-10-05 00:00:00",
        "supply",
        [supplied, supplied, late],
    );
    sides(
        &delivered,
        "2026-10-06 00:00:00",
        "supply",
        [supplied, supplied, late],
    );
    // The first receipt stands, also on the day of the sending, where it moves nothing.
    let same_day = format!("{sent}\n2026-10-01 23:00 delivered at=22:30");
    check(&same_day, "delivery_recorded");
    let confirmed = sent.replace("sent=22:00", "sent=22:00 delivered=22:00");
    for first in [&same_day, &delivered, &confirmed] {
        let second = format!("{first}\n2026-10-03 09:00 delivered at=08:00");
        check(&second, "rejected: nothing-due");
    }
    sides(
        &same_day,
        "2026-10-05 00:00:00",
        "supply",
        [supplied, supplied, late],
    );
    // Nothing comes of a receipt after the time, or of one before the sending.
    let too_late = format!("{sent}\n2026-10-05 00:00:01 delivered at=2026-10-02t09:00");
    check(&too_late, "rejected: nothing-due");
    let before = format!("{sent}\n2026-10-01 23:00 delivered at=21:59");
    check(&before, "rejected: impossible-time");
}

#[test]
fn the_telephone_channel_has_no_limit_in_days() {
    // R15.
    let asked = "2026-10-01 21:50 register complaint missing=yes";
    check(
        &format!("{asked}\n2027-02-01 09:00 supply"),
        "information_supplied",
    );
    check(
        &format!("{asked}\n2027-02-01 09:00 due information"),
        "rejected: nothing-due",
    );
}
