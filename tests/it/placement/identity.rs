//! Who asks: mutual TLS against the real functions server, tokens, signatures; and files that say it
//! wrongly.

use std::path::Path;
use std::sync::Arc;

use contract::about::Kind;
use engine::ports::Advisor as _;
use functions::{Access, Config, Service, Tls, TlsFiles};
use lifecycle::advice::{FailureKind, Outcome};
use plugins::{Functions, Limits, Runtime, SIGNATURE, signature};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::stub::{Act, Stub};
use super::{CITY, DISTRICT, Files, moody, table};
use crate::artefacts::{NOW, decision, question, root, shipped_rules};

/// The address that certificates are for.
const HOST: &str = "localhost";
/// A token that the server knows.
const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// An authority, and files of certificates that it gave out.
fn certificates(files: &Files) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    files.put("ca.pem", &authority.pem());
    for name in ["server", "kapok", "other"] {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![HOST.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &authority).unwrap();
        files.put(&format!("{name}.pem"), &certificate.pem());
        files.put(&format!("{name}-key.pem"), &key.serialize_pem());
    }
}

/// The shipped functions by TLS, for clients with a certificate and a token. Ends when it is dropped.
struct Server {
    port: u16,
    _runtime: tokio::runtime::Runtime,
    _stop: oneshot::Sender<()>,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let manifest = root().join("spin.toml");
        let access = Access::open().with("city", TOKEN).unwrap();
        let service = Service::load(&manifest, Config::STANDARD, access, &functions::compile);
        let service =
            Arc::new(service.unwrap_or_else(|error| panic!("{error}; run `make images`")));
        let tls = Tls::load(TlsFiles {
            cert: folder.join("server.pem"),
            key: folder.join("server-key.pem"),
            client_ca: Some(folder.join("ca.pem")),
        })
        .unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(TcpListener::bind((HOST, 0))).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(functions::serve(
            service,
            listener,
            Some(Arc::new(tls)),
            async {
                stopped.await.ok();
            },
        ));
        Self {
            port,
            _runtime: runtime,
            _stop: stop,
        }
    }
}

#[test]
fn a_function_decides_by_mutual_tls_as_the_image_does() {
    let files = Files::new();
    certificates(&files);
    files.put("token", &format!("{TOKEN}\n"));
    let server = Server::start(files.0.path());
    let origin = format!("https://{HOST}:{}", server.port);
    let url = format!("{origin}/routing/{DISTRICT}");
    let image = |scope: &str| {
        let mut rules = shipped_rules().into_iter();
        let rule = rules.find(|(of, kind, _)| of == scope && *kind == Kind::Routing);
        rule.expect("a shipped rule").2
    };
    // What the function decides, and the words of its failure where it does not.
    let ask = |settings: &str| {
        let functions = files
            .functions(&format!("[functions.\"{origin}\"]\n{settings}"))
            .unwrap();
        let runtime = Runtime::new(&Limits::shipped(), None)
            .unwrap()
            .with_functions(functions);
        let (city, district) = (
            runtime.load(&image(CITY)).unwrap(),
            runtime.load(&image(DISTRICT)).unwrap(),
        );
        runtime.follow(&table(&city, &district, &url));
        let question = question("工地夜间施工");
        let advice = runtime.route(&decision(7, &[DISTRICT, CITY]), &question);
        let (_, embedded) = runtime.route_with(DISTRICT, &district, &decision(7, &[]), &question);
        match &advice.attempts[0].outcome {
            Outcome::Answered => {
                assert_eq!(advice.verdict, embedded);
                assert_eq!(advice.attempts.len(), 1);
                Ok(())
            }
            Outcome::Failed { kind, detail } => Err((*kind, detail.clone())),
            other @ (Outcome::NoOpinion | Outcome::Refused { .. }) => panic!("{other:?}"),
        }
    };
    let own = "certificate = \"kapok.pem\"\nkey = \"kapok-key.pem\"\n";
    let (ca, token) = ("ca = \"ca.pem\"\n", "token = { file = \"token\" }\n");
    assert_eq!(ask(&format!("{ca}{own}{token}")), Ok(()));
    let refused = |settings: &str, words: &str| {
        let (kind, detail) = ask(settings).unwrap_err();
        assert_eq!(kind, FailureKind::Unreachable, "{detail}");
        assert!(detail.contains(words), "{detail} lacks {words}");
        assert!(!detail.contains(TOKEN), "{detail}");
    };
    refused(&format!("{ca}{own}"), "answered 401 unauthorized");
    // Nobody without a certificate, and not a server that this host has no reason to trust.
    refused(&format!("{ca}{token}"), "not reached");
    refused(&format!("{own}{token}"), "not reached");
}

#[test]
fn a_question_is_signed_and_carries_its_token() {
    let files = Files::new();
    files.put("token", TOKEN);
    files.put("secret", "0123456789abcdef\r\n");
    let stub = Stub::start(vec![Act::Answer(
        200,
        String::new(),
        r#"{"verdict":"no_opinion"}"#.to_owned(),
    )]);
    let origin = stub.url.strip_suffix("/routing").unwrap();
    let settings = format!(
        "[functions.\"{origin}\"]\nimage_header = \"absent\"\ntoken = {{ file = \"token\" }}\n\
         sign = {{ key = \"kapok-1\", secret = {{ file = \"secret\" }} }}"
    );
    let runtime = Runtime::new(&Limits::shipped(), None)
        .unwrap()
        .with_functions(files.functions(&settings).unwrap());
    let (city, district) = (moody(&runtime, "city"), moody(&runtime, "district"));
    runtime.follow(&table(&city, &district, &stub.url));
    let asked = question("夜间施工");
    let advice = runtime.route(&decision(7, &[DISTRICT]), &asked);
    assert_eq!(advice.attempts[0].outcome, Outcome::NoOpinion);
    let seen = stub.seen().remove(0);
    let (head, body) = seen.split_once("\n\n").unwrap();
    assert_eq!(body, serde_json::to_string(&asked).unwrap());
    assert!(head.starts_with("POST /routing HTTP/1.1"), "{head}");
    let header = |name: &str| {
        head.lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
    };
    assert_eq!(header("content-type").as_deref(), Some("application/json"));
    assert_eq!(header("authorization"), Some(format!("Bearer {TOKEN}")));
    let at = chrono::DateTime::from_timestamp_millis(NOW.unix_ms).unwrap();
    let expected = signature(
        "kapok-1",
        b"0123456789abcdef",
        "POST",
        "/routing",
        at,
        body.as_bytes(),
    );
    assert_eq!(header(SIGNATURE), Some(expected));
}

#[test]
fn a_file_that_is_wrong_is_told_with_field_and_way_out() {
    let files = Files::new();
    certificates(&files);
    files.put("empty", "\n");
    files.put("short", "0123456789");
    let https = "[functions.\"https://a.example.org\"]\n";
    let rows = [
        ("budget = 1", "unknown field `budget`"),
        ("budget_ms = 0", "budget_ms"),
        ("attempts_max = 0", "attempts_max"),
        ("[functions.\"ftp://a\"]", "https://HOST[:PORT]"),
        ("[functions.\"https://a/path\"]", "it has a path"),
        (&format!("{https}cert = \"x\""), "unknown field `cert`"),
        (&format!("{https}ca = \"absent.pem\""), ".ca: "),
        (
            &format!("{https}ca = \"kapok-key.pem\""),
            "no PEM certificate",
        ),
        (
            &format!("{https}certificate = \"kapok.pem\""),
            "needs its `key`",
        ),
        (
            &format!("{https}key = \"kapok-key.pem\""),
            "needs its `certificate`",
        ),
        (
            &format!("{https}certificate = \"kapok.pem\"\nkey = \"kapok.pem\""),
            "no PEM key",
        ),
        (
            &format!("{https}certificate = \"kapok.pem\"\nkey = \"other-key.pem\""),
            "does not go with the certificate",
        ),
        (
            "[functions.\"http://127.0.0.1:1\"]\nca = \"ca.pem\"",
            "certificates go with https",
        ),
        (&format!("{https}token = {{}}"), "names no place"),
        (
            &format!("{https}token = {{ file = \"empty\" }}"),
            "secret is empty",
        ),
        (
            &format!("{https}token = {{ env = \"KAPOK_NOT_SET_AT_ALL\" }}"),
            "set it before",
        ),
        (
            &format!("{https}sign = {{ key = \"k\", secret = {{ file = \"short\" }} }}"),
            "shorter than 16 bytes",
        ),
        (
            &format!("{https}sign = {{ key = \"a b\", secret = {{ file = \"short\" }} }}"),
            "the key's name",
        ),
        (
            &format!("{https}image_header = \"maybe\""),
            "unknown variant `maybe`",
        ),
    ];
    for (text, words) in rows {
        let error = files.functions(text).unwrap_err().to_string();
        assert!(error.contains(words), "{text}\n{error}\nlacks {words}");
        assert!(error.contains("functions.toml"), "{error}");
        assert!(!error.contains("0123456789"), "{error}");
    }
    let shown = format!("{:?}", files.functions(https).unwrap());
    assert!(shown.contains("https://a.example.org"), "{shown}");
    let _: Functions = files.functions("").unwrap();
}
