//! Numbers of documents: `穗府规〔2023〕5号`, `国务院令第588号`, `2023年第5号公告`.

use crate::letters::Letters;
use crate::report::{Code, Fault};

/// Most letters of an issuer's sign that are looked at; people write words before it without a gap.
const ISSUER_MAX: usize = 8;
/// Most digits of a year or a serial number; more are no number of a document.
const DIGITS_MAX: usize = 6;
/// The brackets that the year stands in.
const OPEN: char = '〔';
const CLOSE: char = '〕';

/// A document's number.
pub(crate) struct Number {
    /// Where it begins, with what stands before it without a gap.
    pub(crate) start: usize,
    /// Behind `号`.
    pub(crate) end: usize,
    /// Its year, if it has one.
    pub(crate) year: Option<i32>,
    /// As it should be written, with what stands before it without a gap.
    pub(crate) written: String,
}

/// All numbers in order, and what is wrong.
pub(crate) fn read(text: &Letters) -> (Vec<Number>, Vec<Fault>) {
    let mut found = Found::default();
    for (place, letter) in text.iter() {
        match letter {
            OPEN | '[' | '［' | '【' | '(' | '（' => found.bracketed(text, place),
            '令' => found.decree(text, place),
            '年' => found.notice(text, place),
            _ => {}
        }
    }
    (found.numbers, found.faults)
}

#[derive(Default)]
struct Found {
    numbers: Vec<Number>,
    faults: Vec<Fault>,
}

impl Found {
    /// `穗府规〔2023〕5号`, by its opening bracket.
    fn bracketed(&mut self, text: &Letters, open: usize) {
        let issuer = text.skip_back(open, ISSUER_MAX, char::is_alphanumeric);
        let Some((year, close)) = digits(text, open + 1) else {
            return;
        };
        if !matches!(text.at(close), Some(CLOSE | ']' | '］' | '】' | ')' | '）')) {
            return;
        }
        let proper = text.at(open) == Some(OPEN) && text.at(close) == Some(CLOSE);
        let ordinal = text.skip(close + 1, |letter| letter == '第' || letter == ' ');
        let serial = digits(text, ordinal).filter(|(_, end)| text.at(*end) == Some('号'));
        let is_year = close - open - 1 == 4;
        // Other brackets stand around years and list numbers for other reasons.
        let meant = proper || (is_year && serial.is_some() && issuer < open);
        if !meant {
            return;
        }
        let tail = digits(text, ordinal).map_or(ordinal, |(_, end)| end);
        let end = text.skip(tail, |letter| letter == '号').min(tail + 1);
        let words = text.words(issuer, end);
        let mut incomplete = |what: &str| {
            let message = format!("“{words}”{what}，请按“穗府规〔2023〕5号”的格式补全");
            self.faults
                .push(Fault::new(Code::NumberIncomplete, message));
        };
        if !is_year {
            incomplete("的年份不是四位数");
            return;
        }
        let Some((serial, end)) = serial.map(|(serial, end)| (serial, end + 1)) else {
            incomplete("缺少序号或“号”字");
            return;
        };
        if issuer == open {
            incomplete("缺少发文机关代字");
            return;
        }
        let issuer_sign = text.text(issuer, open);
        let written = format!("{issuer_sign}{OPEN}{year}{CLOSE}{serial}号");
        if !proper {
            let brackets = text.words(open, close + 1);
            let message =
                format!("“{words}”的年份应使用六角括号，请将“{brackets}”改为“{OPEN}{year}{CLOSE}”");
            self.faults.push(Fault::new(Code::NumberBrackets, message));
        }
        self.numbers.push(Number {
            start: issuer,
            end,
            year: i32::try_from(year).ok(),
            written,
        });
    }

    /// `国务院令第588号`, by its `令`.
    fn decree(&mut self, text: &Letters, place: usize) {
        let issuer = text.skip_back(place, ISSUER_MAX, char::is_alphanumeric);
        let ordinal = text.skip(place + 1, |letter| letter == '第' || letter == ' ');
        let has_ordinal = ordinal > place + 1;
        if issuer == place {
            return;
        }
        match digits(text, ordinal) {
            Some((serial, end)) if text.at(end) == Some('号') => self.numbers.push(Number {
                start: issuer,
                end: end + 1,
                year: None,
                written: format!("{}令第{serial}号", text.text(issuer, place)),
            }),
            None if has_ordinal && text.at(ordinal) == Some('号') => {
                let words = text.words(issuer, ordinal + 1);
                let message = format!("“{words}”缺少序号，请按“国务院令第588号”的格式补全");
                self.faults
                    .push(Fault::new(Code::NumberIncomplete, message));
            }
            Some(_) | None => {}
        }
    }

    /// `2023年第5号`, as notices are numbered, by its `年`.
    fn notice(&mut self, text: &Letters, place: usize) {
        let Some((year, start)) = text.number_back(place) else {
            return;
        };
        if place - start != 4 || text.at(place + 1) != Some('第') {
            return;
        }
        let Some((serial, end)) = digits(text, place + 2) else {
            return;
        };
        let issuer = text.skip_back(start, ISSUER_MAX, char::is_alphanumeric);
        let named = text.ends_in(start, "公告") || text.text(end + 1, end + 3) == "公告";
        if text.at(end) == Some('号') && named {
            self.numbers.push(Number {
                start: issuer,
                end: end + 1,
                year: i32::try_from(year).ok(),
                written: format!("{}{year}年第{serial}号", text.text(issuer, start)),
            });
        }
    }
}

/// The digits that begin at a place, half or full width, as a number, and where they end.
fn digits(text: &Letters, place: usize) -> Option<(u64, usize)> {
    let (value, end) = text.number(place)?;
    let all_digits = (place..end).all(|place| {
        text.at(place)
            .is_some_and(|letter| letter.is_ascii_digit() || ('０'..='９').contains(&letter))
    });
    (all_digits && end - place <= DIGITS_MAX).then_some((value, end))
}
