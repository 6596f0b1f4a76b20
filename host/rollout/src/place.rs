//! Where an activated image is asked: in the host itself, or behind an HTTP function.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longest address of a function, in characters.
const URL_MAX: usize = 500;

/// Where an image is asked. Whichever it is, the image that was activated is the one that decides: a
/// function names the image that it answered by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "at")]
pub enum Place {
    /// In the host.
    #[default]
    Embedded,
    /// By an HTTP function that runs the same image.
    Function {
        /// Its address.
        url: FunctionUrl,
    },
}

impl Place {
    /// Whether the host asks the image itself.
    #[must_use]
    pub const fn is_embedded(&self) -> bool {
        match self {
            Self::Embedded => true,
            Self::Function { .. } => false,
        }
    }

    /// The function's address, if there is one.
    #[must_use]
    pub const fn function(&self) -> Option<&FunctionUrl> {
        match self {
            Self::Embedded => None,
            Self::Function { url } => Some(url),
        }
    }
}

/// The address of a function: `http` or `https`, a host, and a path. It holds no password, because
/// everybody who may read the log reads it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FunctionUrl {
    text: String,
    /// Where the host begins, after `://`.
    host_at: usize,
    /// Where the path begins, or the end.
    path_at: usize,
}

/// An address that is none of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadUrl(&'static str);

impl FunctionUrl {
    /// The whole address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: `https://tianhe.example.org:8443`.
    #[must_use]
    pub fn origin(&self) -> &str {
        self.text.get(..self.path_at).unwrap_or_default()
    }

    /// Host and port: `tianhe.example.org:8443`.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.text
            .get(self.host_at..self.path_at)
            .unwrap_or_default()
    }

    /// The host alone, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        let (host, _) = split_port(self.authority());
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The path; `/` where the address has none.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.text.get(self.path_at..).unwrap_or_default();
        if path.is_empty() { "/" } else { path }
    }

    /// Whether it is asked by TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.text.starts_with("https://")
    }
}

/// Host and port of an authority; a port begins after the last colon that is in no bracket.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        Some(_) | None => (authority, None),
    }
}

impl FromStr for FunctionUrl {
    type Err = BadUrl;

    fn from_str(text: &str) -> Result<Self, BadUrl> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for FunctionUrl {
    type Error = BadUrl;

    fn try_from(text: String) -> Result<Self, BadUrl> {
        if text.len() > URL_MAX {
            return Err(BadUrl("it is longer than 500 characters"));
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BadUrl(
                "it has characters other than visible ASCII; escape them",
            ));
        }
        let rest = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .ok_or(BadUrl("it does not begin with https:// or http://"))?;
        if rest.contains(['?', '#', '@', '\\']) {
            return Err(BadUrl(
                "it has a query, a fragment, a backslash, or a user or password",
            ));
        }
        let host_at = text.len().saturating_sub(rest.len());
        let authority = rest.split('/').next().unwrap_or_default();
        let path_at = host_at.saturating_add(authority.len());
        let (host, port) = split_port(authority);
        let bare = host
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'));
        let named = match bare {
            Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
            None => {
                !host.is_empty()
                    && host
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
            }
        };
        if !named {
            return Err(BadUrl("it names no host"));
        }
        if port.is_some_and(|port| port.parse::<u16>().is_err()) {
            return Err(BadUrl("its port is no number up to 65535"));
        }
        Ok(Self {
            text,
            host_at,
            path_at,
        })
    }
}

impl From<FunctionUrl> for String {
    fn from(url: FunctionUrl) -> Self {
        url.text
    }
}

impl fmt::Display for FunctionUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Host, authority, origin and path of an address.
    #[track_caller]
    fn check(text: &str, expected: Result<[&str; 4], &str>) {
        match (text.parse::<FunctionUrl>(), expected) {
            (Ok(url), Ok(parts)) => {
                assert_eq!(
                    [url.host(), url.authority(), url.origin(), url.path()],
                    parts,
                    "{text}"
                );
            }
            (Err(error), Err(words)) => {
                assert!(error.to_string().contains(words), "{text}: {error}");
            }
            (got, expected) => panic!("{text}: {got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn addresses() {
        check(
            "https://tianhe.example.org/routing/440106",
            Ok([
                "tianhe.example.org",
                "tianhe.example.org",
                "https://tianhe.example.org",
                "/routing/440106",
            ]),
        );
        check(
            "http://127.0.0.1:3000",
            Ok(["127.0.0.1", "127.0.0.1:3000", "http://127.0.0.1:3000", "/"]),
        );
        check(
            "http://[::1]:3000/x",
            Ok(["::1", "[::1]:3000", "http://[::1]:3000", "/x"]),
        );
        check("http://[::1]/x", Ok(["::1", "[::1]", "http://[::1]", "/x"]));
        check("ftp://a/b", Err("begin with"));
        check("HTTPS://a/b", Err("begin with"));
        check("https://user:secret@a/b", Err("password"));
        check("https://a/b?token=1", Err("query"));
        check("https://a/b#c", Err("fragment"));
        check("https:///b", Err("no host"));
        check("https://a b/", Err("visible ASCII"));
        check("https://天河/", Err("visible ASCII"));
        check("https://a:99999/", Err("port"));
        check("https://a:/", Err("port"));
        check("https://[::g]/", Err("no host"));
        check("https://[::1]x/", Err("no host"));
        check(&format!("https://a/{}", "b".repeat(500)), Err("500"));
    }
}
