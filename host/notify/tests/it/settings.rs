//! What can be wrong with the file: every error names the key and the way out.

use crate::world::senders;

const HOOK: &str =
    "channels.h = { webhook = \"http://127.0.0.1:9/\", secret = { file = \"secret\" } }";
const MAIL: &str = "channels.m = { smtp = \"smtp://127.0.0.1:9\", from = \"a@example.org\" }";

fn check(file: &str, parts: &[&str]) {
    let error = senders(file).unwrap_err();
    let mut said = vec![error.to_string()];
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        said.push(cause.to_string());
        source = cause.source();
    }
    let said = said.join(": ");
    for part in parts {
        assert!(said.contains(part), "{file}\n{said}\nlacks {part}");
    }
}

#[test]
fn an_empty_file_and_a_full_one_are_good() {
    senders("").unwrap();
    let full = format!(
        r#"
        {HOOK}
        {MAIL}
        [routes]
        requester = {{ phone = "h" }}
        center = [{{ channel = "h" }}, {{ channel = "m", to = "c@example.org" }}]
        leaders."GZ-D106" = [{{ channel = "h", to = "13900000000" }}]
        districts.440106 = [{{ channel = "m", to = "d@example.org" }}]
        "#
    );
    let senders = senders(&full).unwrap();
    assert_eq!(senders.names().collect::<Vec<_>>(), ["h", "m"]);
}

#[test]
fn unknown_keys_and_wrong_forms_are_named() {
    check("chanels = 1", &["notify.toml", "chanels"]);
    check("channels.x = { webhok = \"\" }", &["webhok"]);
    check("routes.operators = []", &["operators"]);
    check(
        &format!("{HOOK}\nroutes.center = [{{ chanel = \"h\" }}]"),
        &["chanel"],
    );
    check("channels = 3", &["invalid type"]);
}

#[test]
fn a_channel_is_whole_or_refused() {
    for (channel, parts) in [
        ("{}", &["channels.x", "neither"][..]),
        (r#"{ smtp = "smtp://h" }"#, &["`from`"]),
        (r#"{ webhook = "http://h/" }"#, &["`secret`"]),
        (
            r#"{ smtp = "http://h", from = "a@b.org" }"#,
            &["channels.x.smtp"],
        ),
        (
            r#"{ smtp = "smtp://u:p@h", from = "a@b.org" }"#,
            &["channels.x.smtp", "holds a password"],
        ),
        (
            r#"{ smtp = "smtp://h?tls=maybe", from = "a@b.org" }"#,
            &["tls"],
        ),
        (
            r#"{ smtp = "smtp://h", from = "nobody" }"#,
            &["channels.x.from"],
        ),
        (
            r#"{ smtp = "smtp://h", from = "a@b.org", user = "u" }"#,
            &["`password`"],
        ),
        (
            r#"{ webhook = "ftp://h/", secret = { file = "secret" } }"#,
            &["channels.x.webhook"],
        ),
        (
            r#"{ webhook = "http://h/", secret = { file = "secret" }, timeout_seconds = 0 }"#,
            &["channels.x.timeout_seconds", "between 1 and 120"],
        ),
    ] {
        check(&format!("channels.x = {channel}"), parts);
    }
}

#[test]
fn a_secret_stands_in_one_place_and_is_one() {
    for (secret, parts) in [
        ("\"inline\"", &["invalid type"][..]),
        ("{}", &["channels.x.secret", "{ env"]),
        (r#"{ env = "A", file = "b" }"#, &["or two"]),
        (r#"{ file = "nowhere" }"#, &["channels.x.secret", "nowhere"]),
        (r#"{ file = "empty" }"#, &["empty"]),
        (r#"{ file = "short" }"#, &["shorter than 16"]),
        (
            r#"{ env = "KAPOK_NO_SUCH_VARIABLE" }"#,
            &["KAPOK_NO_SUCH_VARIABLE", "set it"],
        ),
    ] {
        let file = format!("channels.x = {{ webhook = \"http://h/\", secret = {secret} }}");
        check(&file, parts);
    }
}

#[test]
fn routes_lead_to_what_there_is() {
    let with = |routes: &str| format!("{HOOK}\n{MAIL}\n[routes]\n{routes}");
    for (routes, parts) in [
        (
            "requester = { phone = \"sms\" }",
            &["routes.requester.phone", "no channel `sms`"][..],
        ),
        ("requester = { account = \"m\" }", &["sends mail"]),
        ("center = [{ channel = \"m\" }]", &["needs an address"]),
        ("center = [{ channel = \"m\", to = \"duty\" }]", &["`duty`"]),
        ("center = [{ channel = \"x\" }]", &["routes.center", "`x`"]),
        (
            "center = [{ channel = \"h\" }, { channel = \"h\" }]",
            &["stands twice"],
        ),
        (
            "units.\"GZ-X\" = [{ channel = \"h\" }]",
            &["routes.units.GZ-X", "no unit"],
        ),
        (
            "leaders.\"GZ-X\" = [{ channel = \"h\" }]",
            &["routes.leaders.GZ-X"],
        ),
        (
            "districts.440199 = [{ channel = \"h\" }]",
            &["routes.districts.440199", "no district"],
        ),
    ] {
        check(&with(routes), parts);
    }
}
