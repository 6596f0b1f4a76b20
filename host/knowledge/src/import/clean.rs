//! Cleaning what was copied from web pages and office documents: odd white space, invisible characters,
//! remnants of HTML. What merely looks like it stays: `<5万元` is no tag.

use std::collections::BTreeSet;

use serde::Serialize;

/// A text after cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The text.
    pub text: String,
    /// What was done to it.
    pub done: BTreeSet<Cleaning>,
}

/// What was cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cleaning {
    /// HTML tags and comments were taken out.
    HtmlTags,
    /// HTML entities were written as the characters that they stand for.
    HtmlEntities,
    /// Invisible and control characters were taken out.
    Invisible,
    /// Odd spaces, repeated ones, and those around lines were set right.
    Spaces,
    /// The text has characters that an earlier conversion has lost; a person must look at them.
    Lost,
}

/// Rounds of tags and entities: a text that was escaped more often than this keeps the rest.
const ROUNDS_MAX: usize = 4;

/// Elements that end a line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "br",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "ol",
    "p",
    "section",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
];

/// Elements within a line.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "body", "button", "caption", "code", "col", "colgroup", "del", "em",
    "font", "head", "html", "i", "iframe", "img", "input", "ins", "label", "link", "meta", "nobr",
    "object", "pre", "s", "small", "span", "strike", "strong", "style", "sub", "sup", "script",
    "td", "th", "title", "tt", "u", "video",
];

/// Elements whose content is no text.
const HIDDEN: &[&str] = &["script", "style"];

/// Entities by name.
const ENTITIES: &[(&str, &str)] = &[
    ("amp", "&"),
    ("apos", "'"),
    ("bull", "•"),
    ("copy", "©"),
    ("deg", "°"),
    ("emsp", " "),
    ("ensp", " "),
    ("ge", "≥"),
    ("gt", ">"),
    ("hellip", "…"),
    ("laquo", "«"),
    ("ldquo", "“"),
    ("le", "≤"),
    ("lsquo", "‘"),
    ("lt", "<"),
    ("mdash", "—"),
    ("middot", "·"),
    ("nbsp", " "),
    ("ndash", "–"),
    ("permil", "‰"),
    ("quot", "\""),
    ("raquo", "»"),
    ("rdquo", "”"),
    ("reg", "®"),
    ("rsquo", "’"),
    ("sect", "§"),
    ("thinsp", " "),
    ("times", "×"),
    ("yen", "¥"),
    ("zwnj", ""),
    ("zwj", ""),
];

/// Cleans a text of several lines: at most one blank line between others, none at the ends, no spaces
/// around a line.
#[must_use]
pub fn clean_text(text: &str) -> Cleaned {
    let mut done = BTreeSet::new();
    let text = without_html(text, &mut done);
    let mut lines: Vec<String> = Vec::new();
    for line in text.split('\n') {
        let line = line.split(' ').filter(|word| !word.is_empty());
        let line = line.collect::<Vec<_>>().join(" ");
        let follows_text = lines.last().is_some_and(|last| !last.is_empty());
        if !line.is_empty() || follows_text {
            lines.push(line);
        }
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let lines = lines.join("\n");
    if lines != text {
        done.insert(Cleaning::Spaces);
    }
    Cleaned { text: lines, done }
}

/// Cleans what must be one line; line ends become spaces.
#[must_use]
pub fn clean_line(text: &str) -> Cleaned {
    let mut cleaned = clean_text(text);
    if cleaned.text.contains('\n') {
        let lines = cleaned.text.lines().filter(|line| !line.is_empty());
        cleaned.text = lines.collect::<Vec<_>>().join(" ");
        cleaned.done.insert(Cleaning::Spaces);
    }
    cleaned
}

/// Characters, then tags, then entities, and again, because much was escaped more than once and what is
/// invisible can part a tag.
fn without_html(text: &str, done: &mut BTreeSet<Cleaning>) -> String {
    let mut text = plain_characters(text, done);
    for _ in 0..ROUNDS_MAX {
        let stripped = without_tags(&text);
        if stripped != text {
            done.insert(Cleaning::HtmlTags);
        }
        let decoded = without_entities(&stripped);
        if decoded != stripped {
            done.insert(Cleaning::HtmlEntities);
        }
        if decoded == text {
            break;
        }
        text = plain_characters(&decoded, done);
    }
    text
}

fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        if let Some((_, end)) = after
            .strip_prefix("!--")
            .and_then(|it| it.split_once("-->"))
        {
            rest = end;
            continue;
        }
        match tag(after) {
            Some((name, is_end, end)) => {
                if is_among(BLOCKS, &name) {
                    out.push('\n');
                }
                rest = if is_among(HIDDEN, &name) && !is_end {
                    after_end_tag(end, &name)
                } else {
                    end
                };
            }
            None => {
                out.push('<');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Reads a tag after its `<`: its name, whether it is an end tag, and what follows it.
fn tag(after: &str) -> Option<(String, bool, &str)> {
    let (is_end, inner) = match after.strip_prefix('/') {
        Some(inner) => (true, inner),
        None => (false, after),
    };
    let (inner, rest) = inner.split_once('>')?;
    if inner.contains('<') {
        return None;
    }
    let end_of_name = |letter: char| !(letter.is_ascii_alphanumeric() || letter == ':');
    let name = inner.split(end_of_name).next()?.to_ascii_lowercase();
    let follows = inner.get(name.len()..).unwrap_or_default().chars().next();
    let ends_well = follows.is_none_or(|it| it.is_ascii_whitespace() || it == '/');
    // Office documents bring elements such as `o:p`.
    let is_known = is_among(BLOCKS, &name)
        || is_among(INLINE, &name)
        || name.split_once(':').is_some_and(|(space, local)| {
            matches!(space, "o" | "v" | "w" | "st1") && !local.is_empty()
        });
    (is_known && ends_well).then_some((name, is_end, rest))
}

fn after_end_tag<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        let found = after.get(..name.len());
        if found.is_some_and(|it| it.eq_ignore_ascii_case(name)) {
            return after.split_once('>').map_or("", |(_, end)| end);
        }
        rest = after;
    }
    ""
}

fn is_among(names: &[&str], name: &str) -> bool {
    names.contains(&name)
}

fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        // The longest name is short; a `;` far away ends a sentence, not an entity.
        let entity = after
            .split_once(';')
            .filter(|(name, _)| name.len() <= 8)
            .and_then(|(name, end)| Some((character(name)?, end)));
        match entity {
            Some((character, end)) => {
                out.push_str(&character);
                rest = end;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    let named = ENTITIES.iter().find(|(known, _)| *known == name);
    named.map(|(_, character)| (*character).to_owned())
}

/// Spaces are spaces, line ends are line ends, and nothing is invisible.
fn plain_characters(text: &str, done: &mut BTreeSet<Cleaning>) -> String {
    let mut out = String::with_capacity(text.len());
    let text = text.replace("\r\n", "\n");
    for letter in text.chars() {
        match letter {
            '\n' => out.push('\n'),
            '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                done.insert(Cleaning::Spaces);
                out.push('\n');
            }
            ' ' => out.push(' '),
            letter if letter == '\t' || letter.is_whitespace() => {
                done.insert(Cleaning::Spaces);
                out.push(' ');
            }
            // Zero width, soft hyphen, marks of direction, byte order marks, the rest of the controls.
            '\u{ad}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {
                done.insert(Cleaning::Invisible);
            }
            letter if letter.is_control() => {
                done.insert(Cleaning::Invisible);
            }
            letter => {
                if matches!(letter, '\u{fffd}' | '\u{e000}'..='\u{f8ff}') {
                    done.insert(Cleaning::Lost);
                }
                out.push(letter);
            }
        }
    }
    out
}
