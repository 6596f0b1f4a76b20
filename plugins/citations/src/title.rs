//! Titles of documents, `《…》`, and what is wrong with their marks.

use crate::letters::Letters;
use crate::report::{Code, Fault};

/// Letters that a finding shows where a mark has no partner.
const AROUND: usize = 20;
/// Most titles in each other that are read; none has more.
const DEPTH_MAX: usize = 3;
/// Most closing marks without a partner that are told of one text.
const UNOPENED_MAX: usize = 20;
/// Most letters of a title that are looked at; no document has a longer one.
const NAME_MAX: usize = 200;

/// A title. `〈…〉` in it is a part of its name.
pub(crate) struct Title {
    /// Where its `《` stands.
    pub(crate) start: usize,
    /// Behind its `》`.
    pub(crate) end: usize,
    /// What stands between, no more of it than a title can have.
    pub(crate) name: String,
    /// Whether it stands in no other title.
    pub(crate) outermost: bool,
}

/// All titles in the order in which they end, and what is wrong.
pub(crate) fn read(text: &Letters) -> (Vec<Title>, Vec<Fault>) {
    let mut titles = Vec::new();
    let mut faults = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut unopened = 0;
    for (place, letter) in text.iter() {
        match letter {
            '《' => open.push(place),
            '》' => match open.pop() {
                Some(_) if open.len() >= DEPTH_MAX => {}
                Some(start) => {
                    let name = text.text(start + 1, place.min(start + 1 + NAME_MAX));
                    let end = place + 1;
                    // No title goes on over the end of a sentence: two halves of two titles do.
                    if name.contains(['。', '；', ';']) {
                        faults.push(unclosed(text, start));
                        continue;
                    }
                    if name.trim().is_empty() {
                        let message = "书名号内没有文件名称，请补上或删去“《》”";
                        faults.push(Fault::new(Code::TitleEmpty, message));
                    }
                    let outermost = open.is_empty();
                    titles.push(Title {
                        start,
                        end,
                        name,
                        outermost,
                    });
                }
                None if unopened >= UNOPENED_MAX => {}
                None => {
                    unopened += 1;
                    let found = text.words(place.saturating_sub(AROUND), place + 1);
                    let message = format!("“{found}”有右书名号而没有左书名号，请补上“《”");
                    faults.push(Fault::new(Code::TitleUnopened, message));
                }
            },
            _ => {}
        }
    }
    // A text full of opening marks is one mistake.
    if let Some(start) = open.first() {
        faults.push(unclosed(text, *start));
    }
    faults.extend(other_marks(text));
    (titles, faults)
}

/// What is wrong with a `《` at a place that has no `》` of its own.
fn unclosed(text: &Letters, start: usize) -> Fault {
    let found = text.words(start, start + AROUND);
    let message = format!("“{found}”有左书名号而没有右书名号，请补上“》”");
    Fault::new(Code::TitleUnclosed, message)
}

/// Other marks in the place of `《…》`: `<<…>>`, full-width `＜＜…＞＞`, `«…»`, and `〈…〉` outside a title.
fn other_marks(text: &Letters) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut depth = 0_usize;
    let mut place = 0;
    while let Some(letter) = text.at(place) {
        let double = text.at(place + 1) == Some(letter);
        let (marks, close) = match letter {
            '《' => (0, '》'),
            '<' if double => (2, '>'),
            '＜' if double => (2, '＞'),
            '«' => (1, '»'),
            '〈' if depth == 0 => (1, '〉'),
            _ => (0, letter),
        };
        match letter {
            '《' => depth += 1,
            '》' => depth = depth.saturating_sub(1),
            _ => {}
        }
        let begin = place + marks;
        let end = text.skip(begin, |it| it != close && it != letter && it != '\n');
        let closes = (0..marks).all(|n| text.at(end + n) == Some(close));
        if marks > 0 && closes && end > begin {
            let found = text.words(place, end + marks);
            let name = text.words(begin, end);
            let message = format!("“{found}”的书名号不规范，请写作“《{name}》”");
            faults.push(Fault::new(Code::TitleMarks, message));
            place = end + marks;
        } else {
            place += 1.max(marks);
        }
    }
    faults
}
