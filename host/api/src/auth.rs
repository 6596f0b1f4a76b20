//! Who is asking: bearer tokens and the actors behind them.
//!
//! The list is given by the caller of the crate and holds digests only, so neither a heap dump nor a
//! configuration file gives a token away.

use std::fmt;
use std::hint::black_box;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use lifecycle::ids::{Actor, Role};
use sha2::{Digest as _, Sha256};

use crate::Error;
use crate::problem::{Problem, codes};
use crate::state::AppState;

/// SHA-256 of a bearer token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The digest of a token.
    #[must_use]
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    /// Reads a digest written as 64 hexadecimal digits.
    ///
    /// # Errors
    /// [`Error::TokenHash`] when it is anything else.
    pub fn from_hex(text: &str) -> Result<Self, Error> {
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(|source| Error::TokenHash { source })?;
        Ok(Self(digest))
    }

    /// Whether both are the same, in a time that does not depend on where they differ.
    fn same_as(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        black_box(pairs.fold(0, |difference, (a, b)| difference | (a ^ b))) == 0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

/// The tokens that are known. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Auth {
    tokens: Arc<[(TokenHash, Arc<Actor>)]>,
}

impl Auth {
    /// Takes the list of tokens with the actor that each stands for.
    ///
    /// # Errors
    /// [`Error::DuplicateToken`] when two actors share a token, [`Error::SystemToken`] when one
    /// stands for Kapok itself.
    pub fn new(tokens: impl IntoIterator<Item = (TokenHash, Actor)>) -> Result<Self, Error> {
        let mut known: Vec<(TokenHash, Arc<Actor>)> = Vec::new();
        for (hash, actor) in tokens {
            if actor.role == Role::System {
                return Err(Error::SystemToken { name: actor.name });
            }
            if let Some((_, other)) = known.iter().find(|(other, _)| *other == hash) {
                return Err(Error::DuplicateToken {
                    first: other.name.clone(),
                    second: actor.name,
                });
            }
            known.push((hash, Arc::new(actor)));
        }
        Ok(Self {
            tokens: known.into(),
        })
    }

    /// The actor behind a token. Every known token is compared, whether or not one matched before.
    fn actor(&self, token: &str) -> Option<Arc<Actor>> {
        let hash = TokenHash::of(token);
        self.tokens.iter().fold(None, |found, (known, actor)| {
            let same = known.same_as(&hash);
            if same { Some(actor.clone()) } else { found }
        })
    }
}

/// The actor who sent the request.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Arc<Actor>);

impl Caller {
    /// Name under which the caller's idempotency keys are kept.
    pub(crate) fn principal(&self) -> String {
        let (role, code) = role_and_code(&self.0.role);
        format!("{role}/{}/{}", code.unwrap_or_default(), self.0.name)
    }
}

/// A role's stable name, and the unit or district that it is bound to.
pub(crate) fn role_and_code(role: &Role) -> (&'static str, Option<&str>) {
    match role {
        Role::System => ("system", None),
        Role::Admin => ("admin", None),
        Role::Operator => ("operator", None),
        Role::Unit(unit) => ("unit", Some(unit.as_str())),
        Role::Leader(unit) => ("leader", Some(unit.as_str())),
        Role::District(district) => ("district", Some(district.as_str())),
        Role::Channel => ("channel", None),
        Role::Auditor => ("auditor", None),
    }
}

/// Middleware: lets a request pass only with a known token, and leaves the [`Caller`] in it.
pub(crate) async fn authenticate(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let token = bearer(request.headers())?;
    let actor = state.auth.actor(token).ok_or_else(|| {
        Problem::new(codes::BAD_TOKEN, "the bearer token is not known").header(
            header::WWW_AUTHENTICATE,
            "Bearer realm=\"kapok\", error=\"invalid_token\"",
        )
    })?;
    tracing::Span::current().record("role", role_and_code(&actor.role).0);
    request.extensions_mut().insert(Caller(actor));
    Ok(next.run(request).await)
}

/// The token of the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let missing = || {
        Problem::new(codes::TOKEN_MISSING, "this route needs a bearer token")
            .header(header::WWW_AUTHENTICATE, "Bearer realm=\"kapok\"")
    };
    let value = headers.get(header::AUTHORIZATION).ok_or_else(missing)?;
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|value| value.split_once(' '))
        .ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(missing())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Set by `authenticate`; a route outside it has no caller.
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| Problem::new(codes::TOKEN_MISSING, "this route needs a bearer token"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, name: &str) -> Actor {
        Actor {
            role,
            name: name.to_owned(),
        }
    }

    #[test]
    fn tokens_lead_to_their_actors() {
        let auth = Auth::new([
            (TokenHash::of("a"), actor(Role::Operator, "op-1")),
            (TokenHash::of("b"), actor(Role::Auditor, "au-1")),
        ])
        .unwrap();
        for (token, expected) in [
            ("a", Some("op-1")),
            ("b", Some("au-1")),
            ("", None),
            ("A", None),
        ] {
            let found = auth.actor(token).map(|actor| actor.name.clone());
            assert_eq!(found.as_deref(), expected, "token {token:?}");
        }
    }

    #[test]
    fn a_bad_list_of_tokens_is_refused() {
        let twice = Auth::new([
            (TokenHash::of("a"), actor(Role::Operator, "op-1")),
            (TokenHash::of("a"), actor(Role::Auditor, "au-1")),
        ]);
        assert!(matches!(twice, Err(Error::DuplicateToken { .. })));
        let system = Auth::new([(TokenHash::of("a"), Actor::system())]);
        assert!(matches!(system, Err(Error::SystemToken { .. })));
        assert!(TokenHash::from_hex("12").is_err());
        let digest = hex::encode(Sha256::digest(b"a"));
        assert!(TokenHash::from_hex(&digest).unwrap() == TokenHash::of("a"));
    }

    #[test]
    fn a_digest_is_never_printed() {
        let auth = Auth::new([(TokenHash::of("a"), actor(Role::Operator, "op-1"))]).unwrap();
        let digest = hex::encode(Sha256::digest(b"a"));
        assert!(!format!("{auth:?}").contains(&digest[..8]));
    }

    #[test]
    fn the_scheme_must_be_bearer() {
        for (value, expected) in [
            (Some("Bearer a"), Some("a")),
            (Some("bearer  a "), Some("a")),
            (Some("Basic a"), None),
            (Some("a"), None),
            (None, None),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            }
            assert_eq!(bearer(&headers).ok(), expected, "{value:?}");
        }
    }
}
