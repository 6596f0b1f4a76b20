//! Ratings, call-backs and what follows from them (Art. 27–30).

use engine::Texts;
use lifecycle::command::{self, Command, RatingChoice};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use super::{IntoCommand, NewEvidence, missing, superfluous};
use crate::dto::{ExclusionGround, FollowUpMethod, Rating, Time, Words};
use crate::problem::{Problem, codes};

/// What the requester chose (Art. 27(3)): one of the five options, or something else, which is kept
/// and counts as no rating.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingGiven {
    /// One of the five options.
    #[schema(value_type = Option<Rating>)]
    pub rating: Option<Choice>,
    /// Something else, in the requester's own words.
    pub other: Option<Words>,
}

/// What stands as a rating. Whatever is none of the five is no malformed request but an answer that the law
/// does not count, so it is read, and refused by the law (Art. 27(3), P8).
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    /// One of the five options.
    Option(Rating),
    /// Something else.
    Else(IgnoredAny),
}

impl IntoCommand for RatingGiven {
    fn check(&self) -> Result<(), Problem> {
        match (&self.rating, &self.other) {
            (Some(Choice::Else(_)), _) => Err(Problem::field(
                codes::INVALID_FIELD,
                "rating",
                "is none of the five options, so it counts as no rating",
            )
            .article("第二十七条第三项")
            .way_out(
                "send the requester's answer in `other` instead; it is kept, and the requester may \
                 still choose one of the five",
            )),
            (None, None) => Err(missing(
                "rating",
                "give one of the five options, or `other`",
            )),
            (Some(Choice::Option(_)), Some(_)) => Err(superfluous(
                "other",
                "stands beside `rating`; give one of them",
            )),
            (Some(Choice::Option(_)), None) | (None, Some(_)) => Ok(()),
        }
    }

    fn into_command(self, texts: &mut Texts) -> Command {
        let other = |text: Option<Words>| text.map(String::from).unwrap_or_default();
        Command::Rate(match self.rating {
            Some(Choice::Option(rating)) => RatingChoice::Option(rating.into()),
            Some(Choice::Else(_)) | None => RatingChoice::Other(texts.add(other(self.other))),
        })
    }
}

/// A call-back to a dissatisfied requester (Art. 28).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// When it took place; not in the future.
    pub contacted_at: Time,
    /// How.
    pub method: FollowUpMethod,
    /// Why the requester is dissatisfied, as he or she said.
    pub reasons: Words,
    /// Which option the requester would choose now, if that was said. By default it is kept and changes
    /// nothing.
    pub rating: Option<Rating>,
    /// Record of the contact.
    pub evidence: Option<NewEvidence>,
}

impl IntoCommand for FollowUp {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::RecordFollowUp(command::FollowUp {
            contacted_at: self.contacted_at.into(),
            method: self.method.into(),
            reasons: texts.add(self.reasons.into()),
            rating: self.rating.map(Into::into),
            evidence: self.evidence.map(Into::into),
        })
    }
}

/// How the requester rates the way in which the hotline took the request (Art. 27(1), R55).
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceRatingGiven {
    /// All in all.
    pub overall: Rating,
    /// Attitude 服务态度.
    pub attitude: Option<Rating>,
    /// Wording 服务用语规范.
    pub wording: Option<Rating>,
    /// Whether the demand was understood 正确理解诉求.
    pub understanding: Option<Rating>,
    /// Competence of the answers 专业性和准确性.
    pub competence: Option<Rating>,
}

impl IntoCommand for ServiceRatingGiven {
    fn into_command(self, _: &mut Texts) -> Command {
        Command::RateService(command::ServiceRating {
            overall: self.overall.into(),
            attitude: self.attitude.map(Into::into),
            wording: self.wording.map(Into::into),
            understanding: self.understanding.map(Into::into),
            competence: self.competence.map(Into::into),
        })
    }
}

one_text! {
    /// That the order goes back to be handled again, once (Art. 29, R59).
    SendBack {
        /// What the requester is dissatisfied with.
        reason
    } = SendBack;

    /// The unit's diligence statement after the second dissatisfied rating (Art. 30(3), R63).
    DiligenceStatement {
        /// What it says.
        statement
    } = FileDiligenceStatement;
}

/// The end of an order whose requester is dissatisfied, without sending it back (Art. 29).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Why it is not sent back.
    pub reason: Words,
    /// Which of the six grounds of Art. 29(3) it is, if one is (R60).
    pub exclusion: Option<NewExclusion>,
}

/// Why a dissatisfied requester's order is not handled again, by law (Art. 29(3), R60).
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewExclusion {
    /// Which of the six.
    pub ground: ExclusionGround,
    /// What proves it.
    pub proof: NewEvidence,
}

impl IntoCommand for Close {
    fn into_command(self, texts: &mut Texts) -> Command {
        Command::CloseDissatisfied {
            reason: texts.add(self.reason.into()),
            exclusion: self.exclusion.map(|exclusion| command::Exclusion {
                ground: exclusion.ground.into(),
                proof: exclusion.proof.into(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse as _;
    use http_body_util::BodyExt as _;
    use serde_json::{Value, json};

    use super::*;

    /// The problem that a body meets before the engine sees it.
    async fn problem(body: Value) -> Option<Value> {
        let given: RatingGiven = serde_json::from_value(body).unwrap();
        let problem = given.check().err()?;
        let body = problem.into_response().into_body().collect().await.unwrap();
        Some(serde_json::from_slice(&body.to_bytes()).unwrap())
    }

    #[tokio::test]
    async fn an_answer_outside_the_five_is_refused_by_the_law() {
        // P8: with its article, and the way in which it is recorded (R57).
        for answer in [
            json!("so-so"),
            json!(""),
            json!(5),
            json!({"stars": 5}),
            json!(true),
        ] {
            let found = problem(json!({"rating": answer})).await.unwrap();
            assert_eq!(found["code"], "invalid-field", "{answer}");
            assert_eq!(found["article"], "第二十七条第三项", "{answer}");
            assert_eq!(found["errors"][0]["field"], "rating", "{answer}");
            let way_out = found["way_out"].as_str().unwrap();
            assert!(way_out.contains("`other`"), "{way_out}");
        }
        assert_eq!(problem(json!({"rating": "very_dissatisfied"})).await, None);
        assert_eq!(problem(json!({"other": "so-so"})).await, None);
        for body in [json!({}), json!({"rating": "satisfied", "other": "so-so"})] {
            assert!(problem(body.clone()).await.is_some(), "{body}");
        }
    }
}
