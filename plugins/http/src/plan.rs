//! What a request's head asks for, before any body is read.

use crate::answer::{self, Answer};

/// What to do with a request.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// Read the body and ask the plugin.
    Ask,
    /// Describe the plugin.
    Describe,
    /// Describe the plugin, and send the head of that answer only.
    DescribeHead,
    /// Send this; neither body nor plugin is needed.
    Send(Answer),
}

/// Looks at the method and at the values of all `content-type` headers.
pub fn plan<'a>(method: &str, content_types: impl IntoIterator<Item = &'a [u8]>) -> Plan {
    match method {
        "POST" => {
            let mut content_types = content_types.into_iter();
            match (content_types.next(), content_types.next()) {
                (None, _) => Plan::Ask,
                (Some(value), None) if is_json(value) => Plan::Ask,
                (Some(_), _) => Plan::Send(answer::unsupported_media_type()),
            }
        }
        "GET" => Plan::Describe,
        "HEAD" => Plan::DescribeHead,
        "OPTIONS" => Plan::Send(answer::options()),
        _ => Plan::Send(answer::method_not_allowed()),
    }
}

/// Whether a media type is JSON in UTF-8, such as `Application/JSON; charset="UTF-8"`. Parameters
/// other than `charset` mean nothing for JSON.
fn is_json(value: &[u8]) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    let mut parts = value.split(';');
    let essence = parts.next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => charset
                .trim()
                .trim_matches('"')
                .eq_ignore_ascii_case("utf-8"),
            Some(_) | None => true,
        })
}
