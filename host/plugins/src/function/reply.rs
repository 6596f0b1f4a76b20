//! What a function's answer means: a verdict, the plugin's refusal, or a failure that says what is wrong.
//!
//! A failure's text is kept in the journal, so it never repeats what the answer holds: neither its values
//! nor its words, only our own names of fields and the stable code of a problem document.

use lifecycle::advice::FailureKind;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::settings::ImageHeader;
use crate::answer::{Failure, shorten};

/// Longest code of a problem document that is repeated, in characters.
const CODE_MAX: usize = 40;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// The header that names the image, if it is there.
    pub(super) image: Option<String>,
    pub(super) body: Vec<u8>,
}

/// A problem document (RFC 9457), as far as it is looked at.
#[derive(Default, Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

/// Reads an answer of a function that must answer by this image.
pub(super) fn read<S: DeserializeOwned>(
    answer: &Answer,
    image: &str,
    header: ImageHeader,
) -> Result<Result<S, String>, Failure> {
    match answer.status {
        200 => {
            check_image(answer, image, header)?;
            said(&answer.body).map(Ok)
        }
        422 => {
            let problem = answer.problem();
            if problem.code != "refused" {
                return Err(answer.no_verdict());
            }
            check_image(answer, image, header)?;
            Ok(Err(shorten(&problem.detail)))
        }
        _ => Err(answer.no_verdict()),
    }
}

/// Whether the answer was given by the image that was activated.
fn check_image(answer: &Answer, image: &str, header: ImageHeader) -> Result<(), Failure> {
    let wrong = |detail: &str| Err(Failure::new(FailureKind::WrongImage, detail));
    match (&answer.image, header) {
        (Some(named), _) => match named.trim().strip_prefix("sha256:") {
            Some(digest) if digest.eq_ignore_ascii_case(image) => Ok(()),
            Some(digest) if is_digest(digest) => wrong(&format!(
                "the function answered by image {digest}, but {image} is activated; deploy that one, \
                 or activate the one that is deployed"
            )),
            Some(_) | None => wrong("its header `kapok-image` is not `sha256:` and 64 hex digits"),
        },
        (None, ImageHeader::Absent) => Ok(()),
        (None, ImageHeader::Required) => wrong(
            "the answer does not name its image in the header `kapok-image`; where the function \
             cannot, say `image_header = \"absent\"` for it in the file of --functions",
        ),
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The verdict in the contract's JSON form.
fn said<S: DeserializeOwned>(body: &[u8]) -> Result<S, Failure> {
    let invalid = |detail: &str| Failure::new(FailureKind::InvalidAnswer, detail);
    let Ok(text) = std::str::from_utf8(body) else {
        return Err(invalid("the answer is not UTF-8"));
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let said = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.inner();
        if inner.classify() != serde_json::error::Category::Data {
            return invalid("the answer is not one JSON document");
        }
        invalid(&misfit(&path, &inner.to_string()))
    })?;
    deserializer
        .end()
        .map_err(|_more| invalid("the answer is not one JSON document"))?;
    Ok(said)
}

/// What is wrong at a path. Of serde's message only our own field's name is repeated.
fn misfit(path: &str, message: &str) -> String {
    let named = |start: &str| {
        let rest = message.strip_prefix(start)?;
        rest.split_once("`, expected")
            .or_else(|| rest.split_once('`'))
            .map(|(name, _)| name)
    };
    let unknown = named("unknown field `");
    // The path ends with the field that the contract does not have.
    let place = unknown
        .and_then(|name| path.strip_suffix(name))
        .unwrap_or(path)
        .trim_end_matches('.');
    let place = if place.is_empty() { "." } else { place };
    let problem = if let Some(name) = named("missing field `") {
        format!("field `{name}` is missing")
    } else if unknown.is_some() {
        "a field that the contract does not have".to_owned()
    } else if message.starts_with("unknown variant `") {
        "a word that the contract does not have".to_owned()
    } else if message.starts_with("duplicate field `") {
        "a field stands there twice".to_owned()
    } else {
        "not what the contract says".to_owned()
    };
    format!("{place}: {problem}")
}

impl Answer {
    fn problem(&self) -> Problem {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The failure behind an answer that is none.
    pub(super) fn no_verdict(&self) -> Failure {
        let code = self.problem().code;
        let is_code = (1..=CODE_MAX).contains(&code.len())
            && code
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let code = if is_code { code } else { String::new() };
        let (kind, words) = match (self.status, code.as_str()) {
            (500, "function_out_of_memory") => (
                FailureKind::OutOfMemory,
                "it wanted more memory than it has",
            ),
            (500, "answer_too_large") => (FailureKind::ResultTooLarge, "its answer is too large"),
            (500, _) => (FailureKind::Trapped, "the function failed"),
            (504, _) => (FailureKind::TimedOut, "the function took too long"),
            (502 | 503, _) => (
                FailureKind::Unreachable,
                "it has no room now, or is stopping",
            ),
            (401 | 403, _) => (
                FailureKind::Unreachable,
                "it does not let this host ask; mend token, certificate or signature in the file of \
                 --functions",
            ),
            (404 | 410, _) => (FailureKind::Unreachable, "no function has this address"),
            (300..=399, _) => (
                FailureKind::Unreachable,
                "it points to another address; activate that one",
            ),
            (400 | 405 | 413 | 415 | 422, _) => (
                FailureKind::InvalidAnswer,
                "it does not take the question; does it speak this contract?",
            ),
            _ => (FailureKind::Unreachable, "no function answers so"),
        };
        let status = self.status;
        let code = if code.is_empty() {
            code
        } else {
            format!(" {code}")
        };
        Failure::new(kind, &format!("answered {status}{code}: {words}"))
    }
}

#[cfg(test)]
mod tests {
    use contract::routing::Verdict;

    use super::*;

    const IMAGE: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    fn answer(status: u16, image: Option<&str>, body: &str) -> Answer {
        Answer {
            status,
            image: image.map(str::to_owned),
            body: body.as_bytes().to_vec(),
        }
    }

    #[track_caller]
    fn check(
        answer: &Answer,
        header: ImageHeader,
        expected: Result<Result<(), &str>, (FailureKind, &str)>,
    ) {
        match (read::<Verdict>(answer, IMAGE, header), expected) {
            (Ok(Ok(_)), Ok(Ok(()))) => {}
            (Ok(Err(refusal)), Ok(Err(words))) => assert_eq!(refusal, words),
            (Err(failure), Err((kind, words))) => {
                assert_eq!(failure.kind, kind, "{}", failure.detail);
                assert!(
                    failure.detail.contains(words),
                    "{} lacks {words}",
                    failure.detail
                );
                assert!(!failure.detail.contains("SECRET"), "{}", failure.detail);
            }
            (got, expected) => panic!("{got:?}, expected {expected:?}"),
        }
    }

    #[test]
    fn an_answer_names_the_activated_image() {
        use FailureKind::WrongImage;
        use ImageHeader::{Absent, Required};
        let none = r#"{"verdict":"no_opinion"}"#;
        let named = format!("sha256:{IMAGE}");
        let upper = format!("sha256:{}", IMAGE.to_uppercase());
        let other = format!("sha256:{}", "b".repeat(64));
        check(&answer(200, Some(&named), none), Required, Ok(Ok(())));
        check(&answer(200, Some(&upper), none), Required, Ok(Ok(())));
        check(&answer(200, None, none), Absent, Ok(Ok(())));
        check(
            &answer(200, None, none),
            Required,
            Err((WrongImage, "does not name")),
        );
        for header in [Required, Absent] {
            check(
                &answer(200, Some(&other), none),
                header,
                Err((WrongImage, "bbbb")),
            );
            check(
                &answer(200, Some(IMAGE), none),
                header,
                Err((WrongImage, "64 hex")),
            );
            check(
                &answer(200, Some("SECRET"), none),
                header,
                Err((WrongImage, "64 hex")),
            );
        }
        let refused = r#"{"code":"refused","detail":"没有意见"}"#;
        check(
            &answer(422, Some(&named), refused),
            Required,
            Ok(Err("没有意见")),
        );
        check(
            &answer(422, Some(&other), refused),
            Required,
            Err((WrongImage, "bbbb")),
        );
    }

    #[test]
    fn a_malformed_answer_names_its_field_and_repeats_nothing() {
        let rows = [
            ("", "one JSON document"),
            ("SECRET", "one JSON document"),
            (r#"{"verdict":"no_opinion"} SECRET"#, "one JSON document"),
            ("[]", "not what the contract says"),
            ("{}", "field `verdict` is missing"),
            (
                r#"{"verdict":"SECRET"}"#,
                "a word that the contract does not have",
            ),
            (r#"{"verdict":"ranked"}"#, "field `candidates` is missing"),
            (
                r#"{"verdict":"ranked","candidates":[{"unit":"A","score_permille":1}]}"#,
                "candidates[0]: field `reason` is missing",
            ),
            (
                r#"{"verdict":"ranked","candidates":[{"unit":"A","score_permille":"SECRET","reason":"r"}]}"#,
                "candidates[0].score_permille: not what the contract says",
            ),
            (
                r#"{"verdict":"ranked","candidates":[{"unit":"A","score_permille":70000,"reason":"r"}]}"#,
                "candidates[0].score_permille",
            ),
            (
                r#"{"verdict":"ranked","candidates":[{"unit":"A","score_permille":1,"reason":"r","SECRET 一":1}]}"#,
                "a field that the contract does not have",
            ),
        ];
        for (body, words) in rows {
            let answer = answer(200, None, body);
            check(
                &answer,
                ImageHeader::Absent,
                Err((FailureKind::InvalidAnswer, words)),
            );
        }
        let bytes = Answer {
            status: 200,
            image: None,
            body: vec![0xff],
        };
        check(
            &bytes,
            ImageHeader::Absent,
            Err((FailureKind::InvalidAnswer, "UTF-8")),
        );
    }

    #[test]
    fn every_other_status_is_a_failure_of_its_kind() {
        use FailureKind::{
            InvalidAnswer, OutOfMemory, ResultTooLarge, TimedOut, Trapped, Unreachable,
        };
        let rows = [
            (500, "function_failed", Trapped),
            (500, "function_out_of_memory", OutOfMemory),
            (500, "answer_too_large", ResultTooLarge),
            (502, "", Unreachable),
            (503, "overloaded", Unreachable),
            (504, "function_timeout", TimedOut),
            (401, "unauthorized", Unreachable),
            (404, "not_found", Unreachable),
            (307, "", Unreachable),
            (400, "invalid_question", InvalidAnswer),
            (422, "else", InvalidAnswer),
            (204, "", Unreachable),
        ];
        for (status, code, kind) in rows {
            let body = format!(r#"{{"code":"{code}","detail":"SECRET"}}"#);
            let words = format!("answered {status}");
            check(
                &answer(status, None, &body),
                ImageHeader::Absent,
                Err((kind, &words)),
            );
        }
        let odd = answer(500, None, r#"{"code":"SECRET CODE"}"#);
        check(
            &odd,
            ImageHeader::Absent,
            Err((Trapped, "answered 500: the function failed")),
        );
    }
}
