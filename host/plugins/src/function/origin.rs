//! One host of functions: the connections to it, and what it needs to see of this host.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use engine::ports::Clock;
use lifecycle::advice::FailureKind;
use rollout::FunctionUrl;
use ureq::Agent;
use ureq::http::Response;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use super::reply::Answer;
use super::settings::{Access, ImageHeader, Secret};
use super::sign::{SIGNATURE, Signer};
use crate::Error;
use crate::answer::Failure;

/// Names the image that an answer was given by: `sha256:<hex>`.
pub(super) const IMAGE_HEADER: &str = "kapok-image";
/// Connections to one host that are kept open while nobody uses them.
const IDLE_CONNECTIONS: usize = 64;
/// Longest head of an answer, in bytes.
const HEAD_BYTES: usize = 16 << 10;

/// A host of functions.
pub(super) struct Origin {
    /// Connects when it is first asked; the certificates are read then.
    agent: OnceLock<Result<Agent, String>>,
    tls: Identity,
    token: Option<Secret>,
    signer: Option<Signer>,
    /// Whether it may be asked without TLS although it is another machine.
    plain: bool,
    image_header: ImageHeader,
}

/// Whom to trust, and who this host is.
#[derive(Default)]
struct Identity {
    /// The system's certificates where there are none.
    roots: Option<Vec<Certificate<'static>>>,
    own: Option<ClientCert>,
}

/// Why an exchange gave no answer.
pub(super) struct Trouble {
    pub(super) failure: Failure,
    /// Whether it may go better next time.
    pub(super) again: bool,
}

impl Origin {
    /// One that no file names: the system's certificates, and no identity.
    pub(super) fn unlisted() -> Self {
        Self {
            agent: OnceLock::new(),
            tls: Identity::default(),
            token: None,
            signer: None,
            plain: false,
            image_header: ImageHeader::Required,
        }
    }

    /// As the file says.
    pub(super) fn new(
        file: &Path,
        origin: &str,
        access: &Access,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let wrong = |field: &str, problem: &str| Error::Functions {
            path: file.to_owned(),
            detail: format!("functions.\"{origin}\"{field}: {problem}"),
        };
        let url = origin
            .parse::<FunctionUrl>()
            .map_err(|error| wrong("", &format!("{error}; write https://HOST[:PORT]")))?;
        if url.origin() != origin {
            return Err(wrong(
                "",
                "it has a path; write scheme, host and port alone",
            ));
        }
        let folder = file.parent().unwrap_or(Path::new(""));
        let tls = Identity::read(access, folder)
            .map_err(|(field, problem)| wrong(&format!(".{field}"), &problem))?;
        if !url.is_tls() && (tls.roots.is_some() || tls.own.is_some()) {
            return Err(wrong("", "certificates go with https"));
        }
        let token = access.token.as_ref().map(|place| place.read(folder));
        let token = token
            .transpose()
            .map_err(|problem| wrong(".token", &problem))?;
        let signer = access.sign.as_ref().map(|sign| {
            let secret = sign.secret.read(folder)?;
            Signer::new(&sign.key, secret, Arc::clone(clock))
        });
        let signer = signer
            .transpose()
            .map_err(|problem| wrong(".sign", &problem))?;
        Ok(Self {
            agent: OnceLock::new(),
            tls,
            token,
            signer,
            plain: access.plain,
            image_header: access.image_header,
        })
    }

    pub(super) const fn image_header(&self) -> ImageHeader {
        self.image_header
    }

    /// A question holds what a requester said, masked though it is, so it leaves the machine by TLS
    /// unless the file says otherwise.
    pub(super) fn may_ask(&self, url: &FunctionUrl) -> Result<(), Failure> {
        let local = url.host() == "localhost"
            || url
                .host()
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback());
        if url.is_tls() || local || self.plain {
            return Ok(());
        }
        Err(Failure::new(
            FailureKind::Unreachable,
            "it would be asked without TLS on another machine; activate its https address, or say \
             `plain = true` for it in the file of --functions",
        ))
    }

    /// Posts a question once.
    pub(super) fn exchange(
        &self,
        url: &FunctionUrl,
        body: &[u8],
        time: Duration,
        answer_bytes: u64,
    ) -> Result<Answer, Trouble> {
        let agent = self.agent.get_or_init(|| self.tls.agent(url.is_tls()));
        let agent = agent.as_ref().map_err(|problem| Trouble {
            failure: Failure::new(FailureKind::Unreachable, problem),
            again: false,
        })?;
        let mut request = agent
            .post(url.as_str())
            .config()
            .timeout_global(Some(time))
            .build()
            .header("content-type", "application/json")
            .header("accept", "application/json");
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {}", token.expose()));
        }
        if let Some(signer) = &self.signer {
            request = request.header(SIGNATURE, signer.sign(url.path(), body));
        }
        let response = request.send(body).map_err(|error| trouble(&error))?;
        answer(response, answer_bytes)
    }
}

/// Reads an answer, or says that it is worth asking again.
fn answer(mut response: Response<ureq::Body>, bytes_max: u64) -> Result<Answer, Trouble> {
    let status = response.status().as_u16();
    let image = response.headers().get(IMAGE_HEADER).map(|value| {
        // What is no text names no image.
        value.to_str().unwrap_or_default().to_owned()
    });
    let body = response.body_mut().with_config().limit(bytes_max);
    let body = match (status, body.read_to_vec()) {
        (_, Ok(body)) => body,
        (200, Err(ureq::Error::BodyExceedsLimit(_))) => {
            let detail = format!("the answer has more than {bytes_max} bytes");
            return Err(Trouble {
                failure: Failure::new(FailureKind::ResultTooLarge, &detail),
                again: false,
            });
        }
        (200, Err(error)) => return Err(trouble(&error)),
        // The status says enough.
        (_, Err(_)) => Vec::new(),
    };
    let answer = Answer {
        status,
        image,
        body,
    };
    if matches!(status, 502..=504) {
        return Err(Trouble {
            failure: answer.no_verdict(),
            again: true,
        });
    }
    Ok(answer)
}

/// What an error of the connection means. A question that was sent on a kept connection which the other
/// side had just closed ends as an input error, too, so these are worth another try.
fn trouble(error: &ureq::Error) -> Trouble {
    let unreached = || format!("the function is not reached: {error}");
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the library may tell more apart; what is not known to help is not repeated"
    )]
    let (kind, detail, again) = match error {
        ureq::Error::Timeout(_) => (FailureKind::TimedOut, late(), false),
        ureq::Error::Io(io) if io.kind() == io::ErrorKind::TimedOut => {
            (FailureKind::TimedOut, late(), false)
        }
        // A certificate that does not hold is no better the next time.
        ureq::Error::Io(io) => (FailureKind::Unreachable, unreached(), !is_tls(io)),
        ureq::Error::ConnectionFailed | ureq::Error::HostNotFound => {
            (FailureKind::Unreachable, unreached(), true)
        }
        ureq::Error::Protocol(_) | ureq::Error::LargeResponseHeader(..) => {
            let detail = "what came back is no HTTP answer";
            (FailureKind::InvalidAnswer, detail.to_owned(), false)
        }
        _ => (FailureKind::Unreachable, unreached(), false),
    };
    Trouble {
        failure: Failure::new(kind, &detail),
        again,
    }
}

fn late() -> String {
    "the function did not answer in time".to_owned()
}

fn is_tls(error: &io::Error) -> bool {
    let inner = error.get_ref();
    inner.is_some_and(|inner| inner.is::<rustls::Error>())
}

impl Identity {
    /// The certificates that the file names; or the field at fault and what is wrong.
    fn read(access: &Access, folder: &Path) -> Result<Self, (&'static str, String)> {
        let roots = match &access.ca {
            Some(path) => Some(certificates(&folder.join(path)).map_err(|error| ("ca", error))?),
            None => None,
        };
        let own = match (&access.certificate, &access.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => {
                let chain = certificates(&folder.join(certificate))
                    .map_err(|error| ("certificate", error))?;
                let key = private_key(&folder.join(key)).map_err(|error| ("key", error))?;
                check_pair(&chain, &key).map_err(|error| ("key", error))?;
                Some(ClientCert::new_with_certs(&chain, key))
            }
            (Some(_), None) => return Err(("certificate", "it needs its `key`".to_owned())),
            (None, Some(_)) => return Err(("key", "it needs its `certificate`".to_owned())),
        };
        Ok(Self { roots, own })
    }

    /// Who connects; or why nobody can.
    fn agent(&self, tls: bool) -> Result<Agent, String> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A function that has moved is activated anew; questions follow no redirect.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent("kapok")
            .max_response_header_size(HEAD_BYTES)
            .max_idle_connections(IDLE_CONNECTIONS)
            .max_idle_connections_per_host(IDLE_CONNECTIONS);
        if !tls {
            return Ok(config.build().into());
        }
        let roots = match &self.roots {
            Some(roots) => roots.clone(),
            None => system_certificates()?,
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&roots))
            .client_cert(self.own.clone())
            .unversioned_rustls_crypto_provider(provider)
            .build();
        Ok(config.tls_config(tls).build().into())
    }
}

fn system_certificates() -> Result<Vec<Certificate<'static>>, String> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(
            "the system has no certificates to check a function by; install ca-certificates, or \
             name a `ca` in the file of --functions"
                .to_owned(),
        );
    }
    let certificates = found.certs.iter();
    Ok(certificates
        .map(|certificate| Certificate::from_der(certificate).to_owned())
        .collect())
}

fn certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let mut found = Vec::new();
    for item in parse_pem(&read(path)?) {
        let item = item.map_err(|error| format!("{}: {error}", path.display()))?;
        if let PemItem::Certificate(certificate) = item {
            found.push(certificate);
        }
    }
    if found.is_empty() {
        return Err(format!("{} holds no PEM certificate", path.display()));
    }
    Ok(found)
}

fn private_key(path: &Path) -> Result<PrivateKey<'static>, String> {
    PrivateKey::from_pem(&read(path)?)
        .map_err(|error| format!("{} holds no PEM key: {error}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
}

/// Whether the key is the certificate's, so that a mistake shows at the start and not at the first
/// question.
fn check_pair(chain: &[Certificate<'static>], key: &PrivateKey<'static>) -> Result<(), String> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    let words = |error: rustls::Error| format!("it does not go with the certificate: {error}");
    let chain = chain
        .iter()
        .map(|certificate| CertificateDer::from(certificate.der().to_vec()))
        .collect();
    let key = PrivateKeyDer::try_from(key.der().to_vec())
        .map_err(|error| format!("it is no private key: {error}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(words)?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_client_auth_cert(chain, key)
        .map(drop)
        .map_err(words)
}
