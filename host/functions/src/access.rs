//! Who may ask: bearer tokens.

use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use sha2::{Digest as _, Sha256};
use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};

use crate::Error;

/// Bytes that a token has at least: half as many as a random one that is written in hex would need.
const TOKEN_BYTES_MIN: usize = 16;

/// The tokens that are known. Only their digests are kept.
#[derive(Default)]
pub struct Access {
    tokens: Vec<(Arc<str>, [u8; 32])>,
}

/// The token of a request is none, or not known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unknown;

impl Access {
    /// Anybody may ask.
    #[must_use]
    pub fn open() -> Self {
        Self::default()
    }

    /// Reads a list of tokens: a name and a token on each line, such as `tianhe 3f9a…`. The name is what
    /// the log calls whoever sends the token. Empty lines and lines that begin with `#` mean nothing.
    ///
    /// # Errors
    /// [`Error::Tokens`] for a line that is none of these, a token that is too short, one that is there
    /// twice, and for a list without tokens.
    pub fn read(text: &str) -> Result<Self, Error> {
        let mut access = Self::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |problem| Error::Tokens {
                line: index + 1,
                problem,
            };
            let mut words = line.split_ascii_whitespace();
            let (Some(name), Some(token), None) = (words.next(), words.next(), words.next()) else {
                return Err(wrong("a line has a name and a token: `tianhe 3f9a…`"));
            };
            if token.len() < TOKEN_BYTES_MIN {
                return Err(wrong(
                    "the token is shorter than 16 characters; take a random one: `openssl rand -hex 32`",
                ));
            }
            let digest = digest(token);
            if access.tokens.iter().any(|(_, other)| *other == digest) {
                return Err(wrong("the token is there already, under another name"));
            }
            access.tokens.push((name.into(), digest));
        }
        if access.tokens.is_empty() {
            return Err(Error::Tokens {
                line: 1,
                problem: "there is no token in the list",
            });
        }
        Ok(access)
    }

    /// Adds a token under a name.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn with(mut self, name: &str, token: &str) -> Result<Self, Error> {
        let one = Self::read(&format!("{name} {token}"))?;
        self.tokens.extend(one.tokens);
        Ok(self)
    }

    /// Whether anybody may ask.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.tokens.is_empty()
    }

    /// The name of who asks, where tokens are known. Every one is compared in the same time, whether or
    /// not another one matched before.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Option<Arc<str>>, Unknown> {
        if self.is_open() {
            return Ok(None);
        }
        let digest = digest(bearer(headers).ok_or(Unknown)?);
        let (mut found, mut place) = (Choice::from(0), 0);
        for (index, (_, known)) in (0_u32..).zip(&self.tokens) {
            let same = known.ct_eq(&digest);
            place.conditional_assign(&index, same);
            found |= same;
        }
        if !bool::from(found) {
            return Err(Unknown);
        }
        let place = usize::try_from(place).map_err(|_too_many| Unknown)?;
        Ok(self.tokens.get(place).map(|(name, _)| name.clone()))
    }
}

/// The token of the one `authorization` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return None;
    };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(token.trim())
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use hyper::HeaderMap;
    use hyper::header::{AUTHORIZATION, HeaderValue};

    use super::{Access, Unknown};

    const LIST: &str = "# districts\ntianhe  0123456789abcdef\n\nnansha fedcba9876543210\n";

    #[test]
    fn only_a_known_token_names_its_caller() {
        let access = Access::read(LIST).unwrap();
        let rows: [(&[&str], Result<&str, Unknown>); 8] = [
            (&["Bearer 0123456789abcdef"], Ok("tianhe")),
            (&["bearer fedcba9876543210"], Ok("nansha")),
            (&["Bearer 0123456789abcdeF"], Err(Unknown)),
            (&["Bearer 0123456789abcde"], Err(Unknown)),
            (&["Basic 0123456789abcdef"], Err(Unknown)),
            (&["0123456789abcdef"], Err(Unknown)),
            (&[], Err(Unknown)),
            (
                &["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"],
                Err(Unknown),
            ),
        ];
        for (values, expected) in rows {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_static(value));
            }
            let found = access.caller(&headers);
            let found = found.as_ref().map(|name| name.as_deref().unwrap());
            assert_eq!(found, expected.as_ref().map(|name| *name), "{values:?}");
        }
        assert!(matches!(Access::open().caller(&HeaderMap::new()), Ok(None)));
    }

    #[test]
    fn lists_that_protect_nothing_are_refused() {
        for (list, named) in [
            ("", "no token"),
            ("# nobody\n", "no token"),
            ("tianhe", "line 1"),
            ("\ntianhe short", "line 2"),
            ("a 0123456789abcdef\nb 0123456789abcdef", "already"),
            ("a b 0123456789abcdef", "a name and a token"),
        ] {
            let error = Access::read(list).err().unwrap().to_string();
            assert!(error.contains(named), "{list}: {error}");
        }
    }
}
