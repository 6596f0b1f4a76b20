//! What commands carry into the journal, which is never changed again: identifiers and names of bodies
//! and documents, without personal data (Art. 43). The one place that sees to it.

mod fields;

use lifecycle::command::Command;

use crate::ports::PersonalData;
use crate::redact::Redactor;
use crate::request::no_longer;
use crate::{Engine, Error};
use fields::{identifiers, names};

/// Longest identifier, in characters.
const IDENTIFIER_CHARS_MAX: usize = 128;
/// Longest name of a body or a document, in characters.
const NAME_CHARS_MAX: usize = 200;

impl Engine {
    /// Refuses identifiers that are none, and masks names. `personal` is asked for only where a name
    /// is to be masked. What is empty is left to the rules, which know whether it may be.
    pub(crate) fn fit_for_journal(
        &self,
        command: &mut Command,
        personal: impl FnOnce() -> Result<PersonalData, Error>,
    ) -> Result<(), Error> {
        for (field, value) in identifiers(command) {
            self.identifier(field, value)?;
        }
        mask(&self.redactor, names(command), personal)
    }

    fn identifier(&self, field: &'static str, value: &str) -> Result<(), Error> {
        if value.trim().is_empty() {
            return Ok(());
        }
        no_longer(field, value, IDENTIFIER_CHARS_MAX)?;
        let way_out = match field {
            "source" => {
                "give the message's own number where it comes from, without spaces; not a telephone \
                 number, an identity number or an e-mail address"
            }
            "knowledge_point" => "give the knowledge point's own identifier, without spaces",
            _ => {
                "give the identifier in the recording system, without spaces; not a telephone \
                 number, an identity number or an e-mail address"
            }
        };
        if value.chars().any(is_unprintable) {
            return Err(Error::InvalidInput {
                field,
                problem: "it has a space or a character that cannot be printed".to_owned(),
                way_out,
            });
        }
        match self.redactor.personal_part(value) {
            None => Ok(()),
            // The value itself goes nowhere, and into no log either.
            Some(found) => Err(Error::InvalidInput {
                field,
                problem: format!("it looks like {found}, and it would be kept for ever"),
                way_out,
            }),
        }
    }
}

fn mask(
    redactor: &Redactor,
    names: Vec<(&'static str, &mut String)>,
    personal: impl FnOnce() -> Result<PersonalData, Error>,
) -> Result<(), Error> {
    if names.is_empty() {
        return Ok(());
    }
    let personal = personal()?;
    for (field, name) in names {
        no_longer(field, name, NAME_CHARS_MAX)?;
        *name = redactor.mask(name, &personal);
    }
    Ok(())
}

/// Spaces, control characters, and what is invisible or turns the writing round.
fn is_unprintable(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        )
}
