//! Why a point was found, and where to look in it. Works on the folded text of one hit, without the
//! index: a needle either stands there or it does not.

use crate::normal::{fold, is_han};
use crate::pinyin::readings;
use crate::query::{Highlighted, Part, Reason, Snippet, Span, Why};
use crate::schema::Stored;

/// Characters of one part that are looked through.
const LOOKED_AT: usize = 20_000;
/// Characters of a snippet.
const SNIPPET: usize = 90;
/// Characters of a snippet before its first match.
const LEAD: usize = 18;
/// Reasons that one hit gives.
const REASONS: usize = 8;

/// Something that explains a hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Needle {
    pub(crate) reason: Reason,
    pub(crate) asked: String,
    pub(crate) form: Form,
}

/// What stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// These characters.
    Text(String),
    /// Characters that are read so, without gaps.
    Pinyin(String),
    /// Characters whose readings begin so.
    Initials(String),
}

/// A needle in a part.
#[derive(Debug, Clone)]
struct Match {
    span: Span,
    reason: Reason,
    asked: String,
}

/// Title, snippet and reasons of a hit.
pub(crate) fn show(stored: &Stored, needles: &[Needle]) -> (Highlighted, Snippet, Vec<Why>) {
    let mut why = Vec::new();
    let title = find(&stored.title, needles, true);
    explain(&mut why, Part::Title, &stored.title, &title);
    let head = Highlighted {
        text: stored.title.clone(),
        spans: merged(title.iter().map(|found| found.span)),
    };
    let parts = stored
        .questions
        .iter()
        .map(|text| (Part::Question, text))
        .chain(stored.answers.iter().map(|text| (Part::Answer, text)))
        .chain(std::iter::once((Part::Body, &stored.body)));
    let mut best: Option<(usize, Snippet)> = None;
    for (part, text) in parts {
        let matches = find(text, needles, part == Part::Question);
        explain(&mut why, part, text, &matches);
        let (worth, snippet) = cut(part, text, &matches);
        // Of equal worth: the first, but rather an answer than a question without any match.
        let is_better = best.as_ref().is_none_or(|(old, shown)| {
            worth > *old
                || worth == 0 && *old == 0 && shown.part == Part::Question
                || worth == *old && shown.shown.text.is_empty()
        });
        if is_better {
            best = Some((worth, snippet));
        }
    }
    let snippet = best.map_or_else(|| cut(Part::Body, "", &[]).1, |(_, snippet)| snippet);
    why.sort_by_key(|why: &Why| (why.reason, why.part));
    why.truncate(REASONS);
    (head, snippet, why)
}

/// The matches in a text, by place. Sounds are looked for where the index has them too.
fn find(text: &str, needles: &[Needle], with_sounds: bool) -> Vec<Match> {
    let chars = fold(text, LOOKED_AT);
    let mut found = Vec::new();
    for needle in needles {
        let wanted: Vec<char> = match &needle.form {
            Form::Text(text) => text.chars().collect(),
            Form::Pinyin(_) | Form::Initials(_) => Vec::new(),
        };
        let mut place = 0;
        while place < chars.len() {
            let rest = chars.get(place..).unwrap_or_default();
            let length = match &needle.form {
                Form::Text(_) => stands(&chars, place, &wanted),
                Form::Pinyin(letters) if with_sounds => sounds(rest, letters, false),
                Form::Initials(letters) if with_sounds => sounds(rest, letters, true),
                Form::Pinyin(_) | Form::Initials(_) => break,
            };
            let Some(length) = length.filter(|length| *length > 0) else {
                place += 1;
                continue;
            };
            let here: String = rest.iter().take(length).collect();
            if needle.reason != Reason::Homophone || here != needle.asked {
                found.push(Match {
                    span: Span {
                        start: place,
                        end: place + length,
                    },
                    reason: needle.reason,
                    asked: needle.asked.clone(),
                });
            }
            place += length;
        }
    }
    found.sort_by_key(|found| (found.span, found.reason));
    found
}

/// Whether characters stand at a place, letters as a whole word only.
fn stands(chars: &[char], place: usize, wanted: &[char]) -> Option<usize> {
    let here = chars.get(place..place + wanted.len())?;
    if here != wanted {
        return None;
    }
    let joined = |a: Option<&char>, b: Option<&char>| {
        [a, b]
            .iter()
            .all(|c| c.is_some_and(|c| c.is_alphanumeric() && !is_han(*c)))
    };
    let before = place.checked_sub(1).and_then(|at| chars.get(at));
    let after = chars.get(place + wanted.len());
    (!joined(before, wanted.first()) && !joined(wanted.last(), after)).then_some(wanted.len())
}

/// How many characters are read as these letters (or begin with them), if any are.
fn sounds(chars: &[char], letters: &str, initials: bool) -> Option<usize> {
    if letters.is_empty() {
        return Some(0);
    }
    let (first, rest) = chars.split_first()?;
    readings(*first).iter().find_map(|reading| {
        let read = if initials {
            reading.get(..1)?
        } else {
            *reading
        };
        let letters = letters.strip_prefix(read)?;
        Some(sounds(rest, letters, initials)? + 1)
    })
}

/// Adds the reasons of a part. Neighbouring characters are one reason, and none where they belong to a
/// stronger match.
fn explain(why: &mut Vec<Why>, part: Part, text: &str, matches: &[Match]) {
    let is_weak = |found: &&Match| matches!(found.reason, Reason::Characters | Reason::Homophone);
    let strong = merged(
        matches
            .iter()
            .filter(|found| !is_weak(found))
            .map(|found| found.span),
    );
    let mut add = |reason: Reason, asked: Option<&str>, span: Span| {
        let found: String = text
            .chars()
            .skip(span.start)
            .take(span.end - span.start)
            .collect();
        let asked = asked.map_or_else(|| fold(&found, usize::MAX).iter().collect(), str::to_owned);
        let is_new = !why
            .iter()
            .any(|old| old.reason == reason && old.asked == asked);
        if is_new {
            why.push(Why {
                reason,
                asked,
                found,
                part,
            });
        }
    };
    for found in matches.iter().filter(|found| !is_weak(found)) {
        let within = |other: &Match| {
            other.reason == found.reason
                && other.span != found.span
                && other.span.start <= found.span.start
                && found.span.end <= other.span.end
        };
        if !matches.iter().any(within) {
            add(found.reason, Some(&found.asked), found.span);
        }
    }
    let covered = |span: &Span| {
        strong
            .iter()
            .any(|strong| strong.start <= span.start && span.end <= strong.end)
    };
    for found in matches
        .iter()
        .filter(|found| found.reason == Reason::Homophone)
    {
        if !covered(&found.span) {
            add(found.reason, Some(&found.asked), found.span);
        }
    }
    let characters = matches
        .iter()
        .filter(|found| found.reason == Reason::Characters);
    for span in merged(characters.map(|found| found.span)) {
        if !covered(&span) {
            add(Reason::Characters, None, span);
        }
    }
}

/// The window of a text with the most in it, and how much that is.
fn cut(part: Part, text: &str, matches: &[Match]) -> (usize, Snippet) {
    let length = text.chars().count();
    let spans = merged(matches.iter().map(|found| found.span));
    let worth = |start: usize| -> usize {
        spans
            .iter()
            .filter(|span| start <= span.start && span.end <= start + SNIPPET)
            .map(|span| span.end - span.start)
            .sum()
    };
    let latest = length.saturating_sub(SNIPPET);
    let mut best = (0, 0);
    for span in &spans {
        let start = span.start.saturating_sub(LEAD).min(latest);
        let worth = worth(start);
        if worth > best.0 {
            best = (worth, start);
        }
    }
    let (worth, start) = best;
    let shown: String = text.chars().skip(start).take(SNIPPET).collect();
    let end = (start + SNIPPET).min(length);
    let spans = spans
        .iter()
        .filter(|span| span.start < end && span.end > start)
        .map(|span| Span {
            start: span.start.saturating_sub(start),
            end: span.end.min(end) - start,
        })
        .collect();
    let snippet = Snippet {
        part,
        shown: Highlighted { text: shown, spans },
        cut_before: start > 0,
        cut_after: end < length,
    };
    (worth, snippet)
}

/// Spans in order, those joined that touch or overlap.
fn merged(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    let mut sorted: Vec<Span> = spans.collect();
    sorted.sort();
    let mut apart: Vec<Span> = Vec::new();
    for span in sorted {
        match apart.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => apart.push(span),
        }
    }
    apart
}
