//! Signed webhooks: a CloudEvent 1.0 in structured JSON mode, posted to one address.
//!
//! The receiver knows a repetition by the event's `source` and `id`, and the sender by the header
//! `Kapok-Signature: t=<unix seconds>,v1=<hex>`, an HMAC-SHA256 of `t`, a dot and the body under the
//! shared secret; an old `t` gives a replayed request away.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use engine::ports::{Failure, Outgoing, SendError};
use hmac::{Hmac, Mac as _};
use lifecycle::dossier::DossierId;
use lifecycle::ids::OrderId;
use lifecycle::knowledge::Id;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::Sha256;
use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::Error;
use crate::settings::Secret;
use crate::texts::Text;

/// Header of the signature.
pub const SIGNATURE: &str = "Kapok-Signature";
/// Media type of a CloudEvent in structured mode.
const MEDIA_TYPE: &str = "application/cloudevents+json";
/// Shortest secret, in bytes.
const SECRET_BYTES_MIN: usize = 16;
/// So much of an answer is read, in bytes; more is not looked at.
const ANSWER_BYTES_MAX: u64 = 16 * 1024;
/// Longest reference that is kept, in characters.
const REFERENCE_CHARS_MAX: usize = 200;

/// A webhook channel.
#[derive(Debug)]
pub(crate) struct Webhook {
    agent: Agent,
    url: Uri,
    secret: Secret,
}

/// The event. `data` holds what is to be told and to whom.
#[derive(Debug, Serialize)]
struct Event<'a> {
    specversion: &'static str,
    id: String,
    source: &'static str,
    #[serde(rename = "type")]
    kind: String,
    subject: &'a str,
    time: String,
    datacontenttype: &'static str,
    data: Data<'a>,
}

#[derive(Debug, Serialize)]
struct Data<'a> {
    /// Number under which a receipt is given back: `POST /api/v1/deliveries/{delivery}/receipt`.
    delivery: i64,
    channel: &'a str,
    /// Number of the order that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<&'a str>,
    /// Number of the dossier that it is about, where it is no order.
    #[serde(skip_serializing_if = "Option::is_none")]
    dossier: Option<&'a str>,
    /// Number of the entry of the knowledge base that it is about, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    knowledge: Option<&'a str>,
    /// Kind and code of the recipient.
    recipient: Value,
    /// A requester's telephone number or account, or the address in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    notice: &'a str,
    title: &'a str,
    text: &'a str,
}

/// What an answer may say.
#[derive(Deserialize)]
struct Answer {
    reference: Option<String>,
}

impl Webhook {
    pub(crate) fn new(
        field: &str,
        url: &str,
        secret: Secret,
        timeout: Duration,
    ) -> Result<Self, Error> {
        let uri: Uri = url
            .parse()
            .ok()
            .filter(|uri: &Uri| {
                matches!(uri.scheme_str(), Some("http" | "https")) && !url.contains('@')
            })
            .ok_or_else(|| {
                Error::invalid(
                    format!("{field}.webhook"),
                    "it is no address of a web server, or holds a password",
                    "write https://HOST/PATH or http://HOST/PATH",
                )
            })?;
        if secret.expose().len() < SECRET_BYTES_MIN {
            return Err(Error::invalid(
                format!("{field}.secret"),
                format!("the secret is shorter than {SECRET_BYTES_MIN} bytes"),
                "make a random one of 32 bytes or more",
            ));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A receiver that has moved is put right in the file; personal data follow no redirect.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("kapok")
            .timeout_global(Some(timeout));
        let config = if uri.scheme_str() == Some("https") {
            config.tls_config(tls(field)?)
        } else {
            config
        };
        Ok(Self {
            agent: config.build().into(),
            url: uri,
            secret,
        })
    }

    /// Posts a message. Gives the reference that the receiver answered with, if it did.
    pub(crate) fn send(
        &self,
        outgoing: &Outgoing,
        channel: &str,
        to: Option<&str>,
        text: &Text,
    ) -> Result<Option<String>, SendError> {
        let body = body(outgoing, channel, to, text).map_err(|error| SendError {
            failure: Failure::Permanent,
            problem: format!("the event cannot be written: {error}"),
        })?;
        let signed = signature(self.secret.expose().as_bytes(), outgoing.now, &body);
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", MEDIA_TYPE)
            .header(SIGNATURE, signed)
            .send(body);
        let mut answer = answer.map_err(|error| SendError {
            failure: Failure::Unreachable,
            problem: format!("no answer: {error}"),
        })?;
        let status = answer.status().as_u16();
        let failure = match status {
            200..=299 => {
                let read = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX);
                // Taken over it is, whatever else the answer says.
                return Ok(read.read_to_vec().ok().and_then(|bytes| reference(&bytes)));
            }
            // It takes nothing from anybody now.
            429 | 503 => Failure::Unreachable,
            408 | 425 => Failure::Temporary,
            400..=499 => Failure::Permanent,
            _ => Failure::Temporary,
        };
        let problem = format!("answered with status {status}");
        Err(SendError { failure, problem })
    }
}

/// The system's certificates and ring, as mail has them.
fn tls(field: &str) -> Result<TlsConfig, Error> {
    let found = rustls_native_certs::load_native_certs();
    let certificates: Vec<Certificate<'static>> = found
        .certs
        .iter()
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect();
    if certificates.is_empty() {
        return Err(Error::invalid(
            format!("{field}.webhook"),
            "the system has no certificates to check a server by",
            "install ca-certificates, or name a file in SSL_CERT_FILE",
        ));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(provider)
        .build())
}

/// The event of a message. Apart from the signature's instant, every attempt is the same.
fn body(
    outgoing: &Outgoing,
    channel: &str,
    to: Option<&str>,
    text: &Text,
) -> Result<Vec<u8>, serde_json::Error> {
    let message = &outgoing.message;
    // The notice by name alone: what else it holds may be a rule's words.
    let about = serde_json::to_value(&message.notification.about)?;
    let notice = about
        .get("notice")
        .and_then(Value::as_str)
        .unwrap_or_default();
    serde_json::to_vec(&Event {
        specversion: "1.0",
        id: format!("{}/{channel}", message.id),
        source: "/kapok",
        kind: format!("kapok.notice.{notice}"),
        subject: message.subject.number(),
        time: message.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        datacontenttype: "application/json",
        data: Data {
            delivery: outgoing.delivery,
            channel,
            order: message.subject.order().map(OrderId::as_str),
            dossier: message.subject.dossier().map(DossierId::as_str),
            knowledge: message.subject.knowledge().map(Id::as_str),
            recipient: serde_json::to_value(&message.notification.to)?,
            to,
            notice,
            title: &text.subject,
            text: &text.body,
        },
    })
}

/// The value of the header [`SIGNATURE`] for a body that is sent at this instant.
#[must_use]
pub fn signature(secret: &[u8], at: DateTime<Utc>, body: &[u8]) -> String {
    let t = at.timestamp();
    let mut mac = keyed(secret);
    mac.update(t.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    format!("t={t},v1={}", hex::encode(mac.finalize().into_bytes()))
}

#[expect(
    clippy::expect_used,
    reason = "an HMAC takes a key of any length; the error type is for other constructions"
)]
fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("a key of any length")
}

/// The reference in an answer, if it is JSON with one.
fn reference(answer: &[u8]) -> Option<String> {
    let answer: Answer = serde_json::from_slice(answer).ok()?;
    let reference = answer.reference?;
    (reference.chars().count() <= REFERENCE_CHARS_MAX).then_some(reference)
}
