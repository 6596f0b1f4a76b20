//! Personal data of requesters as it is shown: numbers masked unless revealed (Art. 43).

use engine::ports::PersonalData;
use serde::Serialize;
use utoipa::ToSchema;

/// At least so many characters of a masked number are hidden.
const HIDDEN_MIN: usize = 4;

/// A requester's personal data (Art. 43). Every look at it is logged.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RequesterData {
    /// Name.
    pub name: Option<String>,
    /// Telephone number, masked unless revealed.
    #[schema(example = "138****5678")]
    pub phone: Option<String>,
    /// Identity document number, masked unless revealed.
    #[schema(example = "4401**********1234")]
    pub id_number: Option<String>,
    /// Account or handle at the channel, masked unless revealed.
    pub account: Option<String>,
    /// Door-level address.
    pub address: Option<String>,
    /// Whether numbers are shown in full.
    pub revealed: bool,
}

impl RequesterData {
    /// Personal data with numbers in full or masked.
    pub fn new(data: PersonalData, revealed: bool) -> Self {
        let number = |number: Option<String>, head, tail| {
            number.map(|number| {
                if revealed {
                    number
                } else {
                    masked(&number, head, tail)
                }
            })
        };
        Self {
            name: data.name,
            phone: number(data.phone, 3, 4),
            id_number: number(data.id_number, 4, 4),
            account: number(data.account, 2, 2),
            address: data.address,
            revealed,
        }
    }
}

/// Head and tail of a number with stars between; all stars where too little would be hidden.
fn masked(number: &str, head: usize, tail: usize) -> String {
    let count = number.chars().count();
    let hidden = match count.checked_sub(head + tail) {
        Some(between) if between >= HIDDEN_MIN => head..head + between,
        Some(_) | None => 0..count,
    };
    let digit = |(place, digit)| if hidden.contains(&place) { '*' } else { digit };
    number.chars().enumerate().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_masked_unless_revealed() {
        let text = |text: &str| Some(text.to_owned());
        let data = || PersonalData {
            name: text("某某"),
            phone: text("13800005678"),
            id_number: text("440100000000001234"),
            account: text("wx_abcdef"),
            address: None,
        };
        let masked = RequesterData::new(data(), false);
        assert_eq!(masked.name.as_deref(), Some("某某"));
        assert_eq!(masked.phone.as_deref(), Some("138****5678"));
        assert_eq!(masked.id_number.as_deref(), Some("4401**********1234"));
        assert_eq!(masked.account.as_deref(), Some("wx*****ef"));
        let revealed = RequesterData::new(data(), true);
        assert_eq!(revealed.phone, data().phone);
        assert_eq!(revealed.id_number, data().id_number);
    }

    #[test]
    fn a_short_number_is_hidden_whole() {
        for (number, shown) in [
            ("", ""),
            ("1234", "****"),
            ("1234567", "*******"),
            ("号码", "**"),
        ] {
            assert_eq!(masked(number, 3, 4), shown);
        }
        assert_eq!(masked("123456789012", 3, 4), "123*****9012");
    }
}
