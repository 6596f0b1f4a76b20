//! Signed questions, for those who ask for no client certificate.
//!
//! The header `Kapok-Signature: key=<id>,t=<unix seconds>,v1=<hex>` holds an HMAC-SHA256 under the shared
//! secret that `key` names, of four lines joined by line feeds without one at the end:
//!
//! ```text
//! POST
//! /routing/440106
//! 1790000000
//! <SHA-256 of the body, in hex>
//! ```
//!
//! Method and path are those of the request line, `t` is the instant of sending. Whoever checks it
//! computes the same with the body that came, compares without regard to where the two differ, and takes
//! nothing whose `t` is minutes away. It is the scheme of the webhooks, with the request's head in it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use engine::ports::Clock;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::settings::Secret;

/// Header of the signature.
pub const SIGNATURE: &str = "Kapok-Signature";
/// Shortest secret, in bytes.
const SECRET_BYTES_MIN: usize = 16;
/// Longest name of a key, in characters.
const KEY_MAX: usize = 64;

/// A key with its name.
pub(super) struct Signer {
    key: String,
    secret: Secret,
    clock: Arc<dyn Clock>,
}

impl Signer {
    /// A key; or what is wrong with it.
    pub(super) fn new(key: &str, secret: Secret, clock: Arc<dyn Clock>) -> Result<Self, String> {
        let named = (1..=KEY_MAX).contains(&key.len())
            && key
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        if !named {
            return Err("the key's name has other characters than letters, digits, -_.".to_owned());
        }
        if secret.expose().len() < SECRET_BYTES_MIN {
            return Err(format!(
                "the secret is shorter than {SECRET_BYTES_MIN} bytes; make a random one of 32 or more"
            ));
        }
        Ok(Self {
            key: key.to_owned(),
            secret,
            clock,
        })
    }

    /// The header's value for a body that is posted now.
    pub(super) fn sign(&self, path: &str, body: &[u8]) -> String {
        let secret = self.secret.expose().as_bytes();
        signature(&self.key, secret, "POST", path, self.clock.now(), body)
    }
}

/// The value of the header [`SIGNATURE`] for a request at this instant.
#[must_use]
pub fn signature(
    key: &str,
    secret: &[u8],
    method: &str,
    path: &str,
    at: DateTime<Utc>,
    body: &[u8],
) -> String {
    let t = at.timestamp();
    let digest = hex::encode(Sha256::digest(body));
    let mut mac = keyed(secret);
    mac.update(format!("{method}\n{path}\n{t}\n{digest}").as_bytes());
    let v1 = hex::encode(mac.finalize().into_bytes());
    format!("key={key},t={t},v1={v1}")
}

#[expect(
    clippy::expect_used,
    reason = "an HMAC takes a key of any length; the error type is for other constructions"
)]
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("a key of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example that the README of an exported application gives, computed by other means:
    /// `printf 'POST\n/routing/440106\n1790000000\n%s' "$(printf '{}' | sha256sum | cut -c1-64)" |
    /// openssl dgst -sha256 -hmac 0123456789abcdef`.
    #[test]
    fn a_signature_is_what_is_documented() {
        let at = DateTime::from_timestamp(1_790_000_000, 0).expect("an instant");
        let got = signature(
            "kapok-2026",
            b"0123456789abcdef",
            "POST",
            "/routing/440106",
            at,
            b"{}",
        );
        assert_eq!(
            got,
            "key=kapok-2026,t=1790000000,v1=e522293af57ad637145ffda3db86be9db366bff30c2b00380b97407af74267ec"
        );
    }
}
