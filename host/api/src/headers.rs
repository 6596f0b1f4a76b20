//! Request headers with a meaning of their own: `If-Match` and `Idempotency-Key`; and `ETag`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::{Problem, codes};

/// Longest idempotency key that is accepted, in bytes.
const KEY_BYTES_MAX: usize = 255;

/// Name of the header that says that a request was carried out before.
pub(crate) const IDEMPOTENT_REPLAYED: &str = "idempotent-replayed";

/// What a command may be made against (RFC 9110 §13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IfMatch {
    /// The version that the order must have; nothing when any will do.
    pub(crate) version: Option<u64>,
}

impl IfMatch {
    /// No order has this version, so it never matches.
    pub(crate) const NEVER: u64 = 0;

    fn parse(headers: &HeaderMap) -> Result<Self, Problem> {
        let malformed = || {
            Problem::new(
                codes::MALFORMED_IF_MATCH,
                "If-Match takes one entity tag or `*`",
            )
            .way_out("send the ETag of the order as it was read, such as `\"7\"`, with its quotes")
        };
        let mut values = headers.get_all(header::IF_MATCH).iter();
        let Some(value) = values.next() else {
            return Ok(Self { version: None });
        };
        if values.next().is_some() {
            return Err(malformed());
        }
        let text = value.to_str().ok().map(str::trim).ok_or_else(malformed)?;
        if text == "*" {
            return Ok(Self { version: None });
        }
        // If-Match compares strongly, so a weak tag is well formed and matches nothing.
        let (weak, tag) = match text.strip_prefix("W/") {
            Some(tag) => (true, tag),
            None => (false, text),
        };
        let opaque = tag
            .strip_prefix('"')
            .and_then(|tag| tag.strip_suffix('"'))
            .filter(|tag| !tag.contains(['"', ' ']))
            .ok_or_else(malformed)?;
        let canonical = |version: &u64| version.to_string() == opaque && !weak;
        let version = opaque.parse().ok().filter(canonical).unwrap_or(Self::NEVER);
        Ok(Self {
            version: Some(version),
        })
    }
}

/// The key under which a repeated request is recognised, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdempotencyHeader(pub(crate) Option<String>);

impl IdempotencyHeader {
    fn parse(headers: &HeaderMap) -> Result<Self, Problem> {
        let malformed = |detail: &str| {
            Problem::new(codes::MALFORMED_IDEMPOTENCY_KEY, detail)
                .way_out("send one random value per request, such as a UUID")
        };
        let mut values = headers.get_all("idempotency-key").iter();
        let Some(value) = values.next() else {
            return Ok(Self(None));
        };
        if values.next().is_some() {
            return Err(malformed("Idempotency-Key stands twice"));
        }
        let key = value.to_str().map(str::trim).unwrap_or_default();
        if key.is_empty() || key.len() > KEY_BYTES_MAX {
            return Err(malformed(
                "Idempotency-Key takes 1 to 255 visible ASCII characters",
            ));
        }
        Ok(Self(Some(key.to_owned())))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyHeader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::parse(&parts.headers)
    }
}

/// Both, as commands take them.
#[derive(Debug)]
pub(crate) struct Conditions {
    /// Which version the command is made against.
    pub(crate) if_match: IfMatch,
    /// Under which key it is recognised when repeated.
    pub(crate) idempotency: IdempotencyHeader,
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self {
            if_match: IfMatch::parse(&parts.headers)?,
            idempotency: IdempotencyHeader::parse(&parts.headers)?,
        })
    }
}

/// The entity tag of an order of this version: strong, such as `"7"`.
pub(crate) fn etag(version: u64) -> HeaderValue {
    // Digits and quotes are always a valid header value.
    HeaderValue::try_from(format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    #[test]
    fn if_match_takes_one_strong_tag_or_a_star() {
        let rows: &[(&[&str], Option<Option<u64>>)] = &[
            (&[], Some(None)),
            (&["*"], Some(None)),
            (&["\"7\""], Some(Some(7))),
            (&[" \"7\" "], Some(Some(7))),
            // Well formed, and the tag of no order.
            (&["W/\"7\""], Some(Some(0))),
            (&["\"abc\""], Some(Some(0))),
            (&["\"07\""], Some(Some(0))),
            (&["\"\""], Some(Some(0))),
            // Malformed.
            (&["7"], None),
            (&["\"7"], None),
            (&["\"6\", \"7\""], None),
            (&["\"6\"", "\"7\""], None),
            (&[""], None),
            (&["第七"], None),
        ];
        for (values, expected) in rows {
            let parsed = IfMatch::parse(&headers("if-match", values)).ok();
            assert_eq!(parsed.map(|tag| tag.version), *expected, "{values:?}");
        }
    }

    #[test]
    fn an_idempotency_key_is_short_and_stands_once() {
        let long = "k".repeat(256);
        let rows: &[(&[&str], Option<Option<&str>>)] = &[
            (&[], Some(None)),
            (&["a-1"], Some(Some("a-1"))),
            (&[""], None),
            (&["键"], None),
            (&["a", "b"], None),
            (&[&long], None),
            (&[&long[..255]], Some(Some(&long[..255]))),
        ];
        for (values, expected) in rows {
            let parsed = IdempotencyHeader::parse(&headers("idempotency-key", values)).ok();
            let parsed = parsed.as_ref().map(|key| key.0.as_deref());
            assert_eq!(parsed, *expected, "{values:?}");
        }
    }

    #[test]
    fn an_etag_is_strong_and_comes_back_as_it_was() {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, etag(7));
        assert_eq!(IfMatch::parse(&headers).unwrap().version, Some(7));
    }
}
