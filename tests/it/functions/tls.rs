//! TLS in front of the functions, with and without clients' certificates. The host's own client by mutual
//! TLS is in `placement`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use functions::{Config, Tls, TlsFiles};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::client::request;
use super::{QUESTION, Server, load, spin_toml};

const HOST: &str = "localhost";

/// An authority, and certificates that it gave out to these.
fn authority(folder: &Path, name: &str, holders: &[&str]) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    fs::write(folder.join(format!("{name}.pem")), authority.pem()).unwrap();
    for holder in holders {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        fs::write(folder.join(format!("{holder}.pem")), certificate.pem()).unwrap();
        fs::write(
            folder.join(format!("{holder}-key.pem")),
            key.serialize_pem(),
        )
        .unwrap();
    }
}

fn files(folder: &Path, holder: &str, client_ca: Option<&str>) -> TlsFiles {
    TlsFiles {
        cert: folder.join(format!("{holder}.pem")),
        key: folder.join(format!("{holder}-key.pem")),
        client_ca: client_ca.map(|name| folder.join(format!("{name}.pem"))),
    }
}

/// Asks a question with this certificate; gives the answer's status, or nothing without one.
fn ask(server: &Server, folder: &Path, trusts: &str, holder: Option<&str>) -> Option<u16> {
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(folder.join(format!("{trusts}.pem"))).unwrap();
    roots.add(root).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match holder {
        None => builder.with_no_client_auth(),
        Some(holder) => {
            let files = files(folder, holder, None);
            let certificate = CertificateDer::from_pem_file(files.cert).unwrap();
            let key = PrivateKeyDer::from_pem_file(files.key).unwrap();
            builder
                .with_client_auth_cert(vec![certificate], key)
                .unwrap()
        }
    };
    let name = ServerName::try_from(HOST).unwrap();
    let connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let stream = TcpStream::connect(server.address).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let bytes = request("POST", "/routing/city", "", QUESTION.as_bytes());
    stream.write_all(&bytes).ok()?;
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).ok()?;
    let text = std::str::from_utf8(&begin).unwrap();
    Some(text.strip_prefix("HTTP/1.1 ").unwrap().parse().unwrap())
}

#[test]
fn only_whom_the_authority_knows_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", &["server", "client", "second"]);
    authority(folder, "other-ca", &["stranger"]);
    let service = Arc::new(load(&spin_toml(), Config::STANDARD));

    let tls = Tls::load(files(folder, "server", None)).unwrap();
    assert!(!tls.knows_clients());
    let server = Server::with(service.clone(), Some(Arc::new(tls)));
    assert_eq!(ask(&server, folder, "ca", None), Some(200));
    assert_eq!(ask(&server, folder, "other-ca", None), None);

    let tls = Arc::new(Tls::load(files(folder, "server", Some("ca"))).unwrap());
    assert!(tls.knows_clients());
    let server = Server::with(service, Some(tls.clone()));
    for (holder, status) in [
        (Some("client"), Some(200)),
        (Some("stranger"), None),
        (None, None),
    ] {
        assert_eq!(ask(&server, folder, "ca", holder), status, "{holder:?}");
    }
    // A client that speaks no TLS, and one that says nothing, cost nobody else anything.
    let mut plain = TcpStream::connect(server.address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let silent = TcpStream::connect(server.address).unwrap();
    assert_eq!(ask(&server, folder, "ca", Some("client")), Some(200));
    drop((plain, silent));

    // Certificates change without a restart; those that do not fit leave the old ones.
    fs::copy(folder.join("stranger.pem"), folder.join("server.pem")).unwrap();
    assert!(tls.reload().is_err());
    assert_eq!(ask(&server, folder, "ca", Some("client")), Some(200));
    fs::copy(
        folder.join("stranger-key.pem"),
        folder.join("server-key.pem"),
    )
    .unwrap();
    tls.reload().unwrap();
    assert_eq!(ask(&server, folder, "ca", Some("client")), None);
    assert_eq!(ask(&server, folder, "other-ca", Some("client")), Some(200));
}

#[test]
fn files_that_are_none_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    authority(folder, "ca", &["server"]);
    fs::write(folder.join("empty.pem"), "nothing").unwrap();
    fs::copy(folder.join("server-key.pem"), folder.join("empty-key.pem")).unwrap();
    for (files, named) in [
        (files(folder, "nobody", None), "nobody-key.pem"),
        (files(folder, "empty", None), "empty.pem"),
        (files(folder, "server", Some("empty")), "empty.pem"),
        (files(folder, "server", Some("nowhere")), "nowhere.pem"),
    ] {
        let error = Tls::load(files).err().unwrap().to_string();
        assert!(error.contains(named), "{error}");
    }
}
