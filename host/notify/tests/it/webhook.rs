//! Webhooks: the event, its signature, and what each answer means.

use engine::ports::{Failure, ForRequester, Notifier as _, Outgoing, SendError, Sent, Subject};
use lifecycle::dossier::{DossierId, DossierNotice, Occasion};
use lifecycle::effect::{Notice, Recipient};
use notify::{SIGNATURE, Senders, signature};
use serde_json::{Value, json};

use crate::server::Server;
use crate::world::{ACCOUNT, PHONE, SECRET, at, outgoing, senders, unit};

fn hooks(server: &Server) -> Senders {
    let address = &server.address;
    senders(&format!(
        r#"
        [channels.sms]
        webhook = "http://{address}/sms"
        secret = {{ file = "secret" }}
        timeout_seconds = 5
        [channels.site]
        webhook = "http://{address}/site"
        secret = {{ file = "secret" }}
        [routes]
        requester = {{ phone = "sms", account = "site" }}
        units."GZ-D106" = [{{ channel = "site" }}]
        center = [{{ channel = "sms", to = "13900000000" }}]
        "#
    ))
    .unwrap()
}

fn rating() -> Outgoing {
    outgoing("sms", Recipient::Requester, Notice::RatingOffered)
}

fn sent(channel: &str, reference: Option<&str>) -> Result<Sent, SendError> {
    Ok(Sent {
        channel: channel.to_owned(),
        reference: reference.map(str::to_owned),
    })
}

/// Head and body of a request.
fn parts(seen: &str) -> (&str, &str) {
    seen.split_once("\r\n\n").unwrap()
}

#[test]
fn an_event_says_who_is_told_what_and_is_signed() {
    let server = Server::web(&["202\n{\"reference\": \"gw-9\"}"]);
    let result = hooks(&server).send(&rating());
    assert_eq!(result, sent("sms", Some("gw-9")));
    let seen = server.seen();
    let (head, body) = parts(&seen);
    assert!(head.starts_with("POST /sms HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/cloudevents+json\r\n"));
    let text = "【广州12345热线】您好，您的诉求已办理，请评价办理情况：非常满意、满意、基本满意、\
                不满意、非常不满意。工单号20260918-K7Q2M4X9PA。评价期限至2026-10-09 24:00。\
                可拨打12345或通过原渠道查询。";
    let expected = json!({
        "specversion": "1.0",
        "id": "42/sms",
        "source": "/kapok",
        "type": "kapok.notice.rating_offered",
        "subject": "20260918-K7Q2M4X9PA",
        "time": "2026-09-18T08:00:00.000Z",
        "datacontenttype": "application/json",
        "data": {
            "delivery": 17,
            "channel": "sms",
            "order": "20260918-K7Q2M4X9PA",
            "recipient": {"recipient": "requester"},
            "to": PHONE,
            "notice": "rating_offered",
            "title": "请您评价 20260918-K7Q2M4X9PA",
            "text": text,
        },
    });
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), expected);
    let header = format!("{}: ", SIGNATURE.to_lowercase());
    let line = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix(&header).map(str::to_owned))
        .unwrap();
    let now = at("2026-09-18T16:00:01+08:00");
    assert_eq!(line, signature(SECRET.as_bytes(), now, body.as_bytes()));
    assert!(line.starts_with("t=1789718401,v1="), "{line}");
}

/// A message about a dossier goes the same way; its event names the dossier, and no order.
#[test]
fn an_event_about_a_dossier_names_it() {
    let server = Server::web(&["202\n"]);
    let dossier = DossierId::new("D-20261124-K7Q2M4X9PA");
    let about = Notice::Dossier(DossierNotice {
        dossier: dossier.clone(),
        occasion: Occasion::Listed,
    });
    let mut outgoing = outgoing("site", unit(), about);
    outgoing.message.subject = Subject::Dossier(dossier);
    (outgoing.order_type, outgoing.deadlines) = (None, Vec::new());
    assert_eq!(hooks(&server).send(&outgoing), sent("site", None));
    let seen = server.seen();
    let event: Value = serde_json::from_str(parts(&seen).1).unwrap();
    assert_eq!(event["subject"], "D-20261124-K7Q2M4X9PA");
    assert_eq!(event["data"]["dossier"], "D-20261124-K7Q2M4X9PA");
    assert_eq!(event["data"].get("order"), None);
    assert_eq!(
        event["data"]["text"],
        "长期推进事项D-20261124-K7Q2M4X9PA已列入台账。请登录热线平台查看并办理。"
    );
}

/// The worked example of RFC 4231 does not sign instants, so this value was computed independently.
#[test]
fn a_signature_covers_instant_and_body() {
    let sign = |at_: &str, body: &str| signature(b"key", at(at_), body.as_bytes());
    let (one, other) = ("1970-01-01T00:00:01Z", "1970-01-01T00:00:02Z");
    assert_eq!(sign(one, "body"), SIGNED);
    assert_ne!(sign(one, "body"), sign(one, "bodY"));
    assert_ne!(sign(one, "body"), sign(other, "body"));
}

const SIGNED: &str = "t=1,v1=91b5374b153842ad05b2c4eab9349b8321b14703165bd3fb8b034dfb8be98ae5";

/// The telephone goes first; whoever left nothing is told nothing, and never over another's address.
#[test]
fn a_requester_is_reached_by_what_they_left() {
    let (phone, account) = (Some(PHONE.to_owned()), Some(ACCOUNT.to_owned()));
    for (phone, account, expected) in [
        (phone.clone(), account.clone(), Some(("sms", PHONE))),
        (phone, None, Some(("sms", PHONE))),
        (None, account, Some(("site", ACCOUNT))),
        (None, None, None),
    ] {
        let server = Server::web(&["200"]);
        let mut outgoing = rating();
        outgoing.requester = Some(ForRequester {
            phone,
            account,
            words: None,
        });
        let result = hooks(&server).send(&outgoing);
        match expected {
            Some((channel, to)) => {
                assert_eq!(result, sent(channel, None));
                let seen = server.seen();
                let event: Value = serde_json::from_str(parts(&seen).1).unwrap();
                assert_eq!(event["data"]["to"], json!(to));
                assert_eq!(event["id"], json!(format!("42/{channel}")));
            }
            None => assert_eq!(result.unwrap_err().failure, Failure::Permanent),
        }
    }
}

#[test]
fn answers_mean_accepted_later_or_never() {
    for (answer, expected) in [
        ("200", None),
        ("202\nnot json", None),
        ("204", None),
        ("301", Some(Failure::Temporary)),
        ("400", Some(Failure::Permanent)),
        ("401", Some(Failure::Permanent)),
        ("404", Some(Failure::Permanent)),
        ("408", Some(Failure::Temporary)),
        ("422", Some(Failure::Permanent)),
        ("425", Some(Failure::Temporary)),
        ("429", Some(Failure::Unreachable)),
        ("500", Some(Failure::Temporary)),
        ("503", Some(Failure::Unreachable)),
    ] {
        let server = Server::web(&[answer]);
        let result = hooks(&server).send(&outgoing("site", unit(), Notice::Dispatched));
        match expected {
            None => assert_eq!(result, sent("site", None), "{answer}"),
            Some(failure) => {
                let error = result.unwrap_err();
                assert_eq!(error.failure, failure, "{answer}");
                assert!(error.problem.contains(answer), "{}", error.problem);
            }
        }
    }
}

#[test]
fn nobody_listening_is_unreachable() {
    for url in ["http://127.0.0.1:9/x", "https://127.0.0.1:9/x"] {
        let senders = senders(&format!(
            r#"
            channels.site = {{ webhook = "{url}", secret = {{ file = "secret" }} }}
            routes.units."GZ-D106" = [{{ channel = "site" }}]
            "#
        ));
        let outgoing = outgoing("site", unit(), Notice::Dispatched);
        let error = senders.unwrap().send(&outgoing).unwrap_err();
        assert_eq!(error.failure, Failure::Unreachable, "{}", error.problem);
    }
}

/// TLS is spoken, and a server that does not speak it is sent nothing.
#[test]
fn a_server_without_tls_is_told_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let senders = senders(&format!(
        r#"
        channels.site = {{ webhook = "https://{address}/x", secret = {{ file = "secret" }} }}
        routes.units."GZ-D106" = [{{ channel = "site" }}]
        "#
    ))
    .unwrap();
    let seen = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        let (mut stream, _) = listener.accept().unwrap();
        let mut first = [0; 5];
        stream.read_exact(&mut first).unwrap();
        stream.write_all(b"HTTP/1.1 200 x\r\n\r\n").unwrap();
        first
    });
    let error = senders
        .send(&outgoing("site", unit(), Notice::Dispatched))
        .unwrap_err();
    assert_eq!(error.failure, Failure::Unreachable, "{}", error.problem);
    // A TLS handshake record, not a request.
    assert_eq!(seen.join().unwrap()[..2], [22, 3]);
}

#[test]
fn a_way_that_the_file_has_no_more_is_refused() {
    let server = Server::web(&[]);
    let gone = outgoing("mail", unit(), Notice::Dispatched);
    let error = hooks(&server).send(&gone).unwrap_err();
    assert_eq!(error.failure, Failure::Permanent);
    assert!(error.problem.contains("`mail`"), "{}", error.problem);
}
