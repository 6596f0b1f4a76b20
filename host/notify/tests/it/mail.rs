//! Mail: a whole conversation, and what each refusal means.

use engine::ports::{Failure, Notifier as _, Sent};
use lifecycle::effect::{Notice, Recipient};

use crate::server::Server;
use crate::world::{SECRET, outgoing, senders, unit};

fn file(url: &str, login: &str) -> String {
    format!(
        r#"
        [channels.mail]
        smtp = "{url}"
        from = "广州12345热线 <hotline@example.org>"
        timeout_seconds = 5
        {login}
        [routes.units]
        "GZ-D106" = [{{ channel = "mail", to = "值班 <duty@example.org>, second@example.org" }}]
        "#
    )
}

#[test]
fn a_mail_is_handed_over_whole() {
    let server = Server::mail(&[""]);
    let login = "user = \"hotline\"\npassword = { file = \"secret\" }";
    let senders = senders(&file(&format!("smtp://{}", server.address), login)).unwrap();
    let sent = senders.send(&outgoing("mail", unit(), Notice::Dispatched));
    let expected = Sent {
        channel: "mail".to_owned(),
        reference: Some("2.0.0 queued as 4B7".to_owned()),
    };
    assert_eq!(sent, Ok(expected));
    drop(senders);
    let seen = server.seen();
    for part in [
        "MAIL FROM:<hotline@example.org>",
        "RCPT TO:<duty@example.org>",
        "RCPT TO:<second@example.org>",
        "Message-ID: <42.17.kapok@example.org>",
        "Date: Fri, 18 Sep 2026 08:00:01 +0000",
        "Content-Type: text/plain; charset=utf-8",
    ] {
        assert!(seen.contains(part), "{part}\n{seen}");
    }
    assert!(seen.contains("AUTH PLAIN"), "{seen}");
    assert!(!seen.contains(SECRET), "the password goes encoded: {seen}");
}

#[test]
fn refusals_mean_later_or_never() {
    for (deviation, failure) in [
        ("RCPT 550", Failure::Permanent),
        ("DATA 554", Failure::Permanent),
        ("MAIL 451", Failure::Temporary),
        ("RCPT 450", Failure::Temporary),
        ("DATA 452", Failure::Temporary),
        ("HELLO 421", Failure::Unreachable),
        ("MAIL 530", Failure::Unreachable),
    ] {
        let server = Server::mail(&[deviation]);
        let senders = senders(&file(&format!("smtp://{}", server.address), "")).unwrap();
        let outgoing = outgoing("mail", unit(), Notice::Closed);
        let error = senders.send(&outgoing).unwrap_err();
        assert_eq!(error.failure, failure, "{deviation}: {}", error.problem);
        // What the server says may repeat an address.
        assert!(!error.problem.contains("test@"), "{}", error.problem);
    }
}

#[test]
fn a_wrong_password_is_the_channels_fault() {
    let server = Server::mail(&["AUTH 535"]);
    let login = "user = \"hotline\"\npassword = { file = \"secret\" }";
    let senders = senders(&file(&format!("smtp://{}", server.address), login)).unwrap();
    let outgoing = outgoing("mail", unit(), Notice::Closed);
    let error = senders.send(&outgoing).unwrap_err();
    assert_eq!(error.failure, Failure::Unreachable, "{}", error.problem);
}

#[test]
fn nobody_listening_is_unreachable() {
    for url in [
        "smtp://127.0.0.1:9",
        "smtps://127.0.0.1:9",
        "smtp://127.0.0.1:9?tls=required",
    ] {
        let outgoing = outgoing("mail", unit(), Notice::Closed);
        let error = senders(&file(url, ""))
            .unwrap()
            .send(&outgoing)
            .unwrap_err();
        assert_eq!(error.failure, Failure::Unreachable, "{}", error.problem);
    }
}

/// Who demands STARTTLS gets it or nothing: no word of a mail goes out before.
#[test]
fn tls_that_is_required_is_not_gone_without() {
    let server = Server::mail(&[""]);
    let url = format!("smtp://{}?tls=required", server.address);
    let outgoing = outgoing("mail", unit(), Notice::Closed);
    let error = senders(&file(&url, ""))
        .unwrap()
        .send(&outgoing)
        .unwrap_err();
    assert_eq!(error.failure, Failure::Unreachable, "{}", error.problem);
    assert!(!server.seen().contains("MAIL"));
}

#[test]
fn requesters_and_strangers_have_no_mail_channel() {
    let senders = senders(&file("smtp://127.0.0.1:9", "")).unwrap();
    assert_eq!(senders.channels(&unit()), ["mail"]);
    for nobody in [Recipient::Requester, Recipient::Center] {
        assert_eq!(senders.channels(&nobody), Vec::<String>::new());
    }
}
