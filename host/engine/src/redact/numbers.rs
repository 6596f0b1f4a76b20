//! Numbers that are written in groups, and identifiers that look like somebody's number.

use std::sync::LazyLock;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use super::{ACCOUNT, ID_NUMBER, PHONE, ascii_digit, compiled};

/// What stands between the groups of one number.
pub(super) const GROUPS: &str = r"\+?\d+(?:[\ .\-·－—]{1,3}\d+)+[Xx]?";

/// A group of digits, and where it stands.
struct Group {
    start: usize,
    end: usize,
    digits: String,
}

/// Masks the personal numbers among groups of digits; other groups, such as dates and sums, stay.
pub(super) fn grouped(found: &Captures<'_>) -> String {
    let text = super::part(found, 0);
    let groups = split(text);
    let mut masked = String::with_capacity(text.len());
    let (mut first, mut written) = (0, 0);
    while let Some(group) = groups.get(first) {
        // The longest number first: a card number may begin like a telephone number.
        let hit = (first.saturating_add(1)..groups.len())
            .rev()
            .find_map(|last| {
                let run = groups.get(first..=last)?;
                Some((last, run.last()?.end, kind(run)?))
            });
        first = first.saturating_add(1);
        if let Some((last, end, mask)) = hit {
            let before = text.get(written..group.start).unwrap_or_default();
            masked.push_str(before.strip_suffix('+').unwrap_or(before));
            masked.push_str(mask);
            written = end;
            first = last.saturating_add(1);
        }
    }
    masked.push_str(text.get(written..).unwrap_or_default());
    masked
}

fn split(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (start, character) in text.char_indices() {
        let is_check = matches!(character, 'X' | 'x');
        let Some(digit) = ascii_digit(character).or(is_check.then_some('X')) else {
            continue;
        };
        let end = start.saturating_add(character.len_utf8());
        match groups.last_mut() {
            Some(group) if group.end == start => {
                group.digits.push(digit);
                group.end = end;
            }
            _ => groups.push(Group {
                start,
                end,
                digits: digit.to_string(),
            }),
        }
    }
    groups
}

/// What the groups are together, if they are somebody's number.
fn kind(groups: &[Group]) -> Option<&'static str> {
    let digits: String = groups.iter().map(|group| group.digits.as_str()).collect();
    if digits.len() > 19 {
        return None;
    }
    let sizes: Vec<usize> = groups.iter().map(|group| group.digits.len()).collect();
    if is_id_number(&digits) {
        Some(ID_NUMBER)
    } else if is_phone(&digits, &sizes) {
        Some(PHONE)
    } else if is_card(groups, &sizes, digits.len()) {
        Some(ACCOUNT)
    } else {
        None
    }
}

fn is_phone(digits: &str, sizes: &[usize]) -> bool {
    let (local, sizes) = match sizes.split_first() {
        Some((2, rest)) if digits.starts_with("86") => (digits.get(2..).unwrap_or_default(), rest),
        _ => (digits, sizes),
    };
    if is_mobile(local) {
        return matches!(
            sizes,
            [11] | [3, 4, 4] | [3, 8] | [7, 4] | [3, 3, 5] | [5, 6] | [4, 4, 3] | [3, 4, 2, 2]
        ) || sizes.len() > 5 && sizes.iter().all(|size| *size <= 2);
    }
    let area = sizes.first().is_some_and(|size| matches!(size, 3 | 4));
    area && digits.starts_with('0')
        && !digits.starts_with("00")
        && (10..=12).contains(&digits.len())
        && sizes.iter().skip(1).all(|size| *size >= 3)
}

fn is_mobile(digits: &str) -> bool {
    let mut characters = digits.chars();
    digits.len() == 11
        && characters.next() == Some('1')
        && characters.next().is_some_and(|second| second >= '3')
        && !digits.ends_with('X')
}

/// Groups of four, as on a card. Years in a row are none.
fn is_card(groups: &[Group], sizes: &[usize], digits: usize) -> bool {
    let is_year = |group: &Group| group.digits.starts_with("19") || group.digits.starts_with("20");
    (15..=19).contains(&digits)
        && sizes.first().is_some_and(|size| matches!(size, 4 | 6))
        && sizes.iter().rev().skip(1).all(|size| *size >= 4)
        && !groups.iter().all(is_year)
}

/// Province, day of birth and length, as an identity number of either generation has them.
fn is_id_number(digits: &str) -> bool {
    let birth = match (digits.len(), digits.get(6..14), digits.get(6..12)) {
        (18, Some(birth), _) => birth.to_owned(),
        (15, _, Some(birth)) => format!("19{birth}"),
        _ => return false,
    };
    let born = NaiveDate::parse_from_str(&birth, "%Y%m%d");
    let province = digits.get(..2).and_then(|code| code.parse::<u8>().ok());
    let last_century_on = birth.starts_with("19") || birth.starts_with("20");
    born.is_ok()
        && last_century_on
        && matches!(
            province,
            Some(11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81..=83 | 91)
        )
}

static RANDOM: LazyLock<Regex> = LazyLock::new(|| {
    compiled(
        "(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]*[a-f][0-9a-f]{31,}",
    )
});
static RUNS: LazyLock<Regex> = LazyLock::new(|| compiled(r"\d+[Xx]?"));
static SPLIT: LazyLock<Regex> = LazyLock::new(|| compiled(GROUPS));
static EMAIL_ADDRESS: LazyLock<Regex> = LazyLock::new(|| compiled(super::EMAIL_SHAPE));

/// What in an identifier looks like somebody's number or address. UUIDs and digests pass.
pub(super) fn personal_part(identifier: &str) -> Option<&'static str> {
    if EMAIL_ADDRESS.is_match(identifier) {
        return Some("an e-mail address");
    }
    let rest = RANDOM.replace_all(identifier, "~");
    let plain = RUNS.find_iter(&rest).find_map(|run| {
        let digits: String = split(run.as_str())
            .into_iter()
            .map(|group| group.digits)
            .collect();
        let local = digits.trim_end_matches('X');
        let local = local
            .strip_prefix("0086")
            .or_else(|| local.strip_prefix("86").filter(|rest| rest.len() == 11))
            .unwrap_or(local);
        if is_mobile(local) {
            Some(PHONE)
        } else if is_id_number(&digits) || is_id_number(digits.trim_end_matches('X')) {
            Some(ID_NUMBER)
        } else {
            None
        }
    });
    let split_up = || {
        SPLIT.find_iter(&rest).find_map(|run| {
            let groups = split(run.as_str());
            (0..groups.len())
                .flat_map(|first| (first..groups.len()).map(move |last| (first, last)))
                .filter_map(|(first, last)| kind(groups.get(first..=last)?))
                .find(|kind| *kind != ACCOUNT)
        })
    };
    match plain.or_else(split_up) {
        Some(PHONE) => Some("a telephone number"),
        Some(_) => Some("an identity number"),
        None => None,
    }
}
