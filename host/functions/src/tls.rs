//! TLS in front of the server, with clients' certificates where an authority for them is named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::Error;

/// Where certificates and keys are, in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificate, and after it those between it and its authority.
    pub cert: PathBuf,
    /// The key of the server's certificate.
    pub key: PathBuf,
    /// The authority that clients' certificates must come from. Without it, clients need none.
    pub client_ca: Option<PathBuf>,
}

/// TLS as the files say.
pub struct Tls {
    files: TlsFiles,
    config: ArcSwap<ServerConfig>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`Error::Pem`] for a file that is not what it should be, [`Error::Tls`] for files that do not fit
    /// together.
    pub fn load(files: TlsFiles) -> Result<Self, Error> {
        Ok(Self {
            config: ArcSwap::from_pointee(config(&files)?),
            files,
        })
    }

    /// Reads the files anew, for the connections that come after; whatever is wrong leaves TLS as it was.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub fn reload(&self) -> Result<(), Error> {
        self.config.store(Arc::new(config(&self.files)?));
        Ok(())
    }

    /// Whether clients need a certificate.
    #[must_use]
    pub fn knows_clients(&self) -> bool {
        self.files.client_ca.is_some()
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.load_full())
    }
}

fn config(files: &TlsFiles) -> Result<ServerConfig, Error> {
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(wrong)?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate).map_err(wrong)?;
            }
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(wrong)?)
        }
    };
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|source| pem(&files.key, "a private key", source))?;
    let mut config = builder
        .with_single_cert(certificates(&files.cert)?, key)
        .map_err(wrong)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates of a file, of which there must be one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let wanted = "one certificate or more";
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
        .map_err(|source| pem(path, wanted, source))?
        .collect();
    let certificates = certificates.map_err(|source| pem(path, wanted, source))?;
    if certificates.is_empty() {
        return Err(pem(
            path,
            wanted,
            rustls::pki_types::pem::Error::NoItemsFound,
        ));
    }
    Ok(certificates)
}

fn pem(
    path: &Path,
    wanted: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> Error {
    Error::Pem {
        path: path.to_owned(),
        wanted,
        source: Box::new(source),
    }
}

fn wrong(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Tls(Box::new(error))
}
