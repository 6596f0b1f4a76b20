//! What plugins advise in a script.

use contract::escalation::{Action, Audience, Priority, Proposal};
use contract::routing::Candidate;
use lifecycle::advice::{Advice, Attempt, FailureKind, Outcome, RuleImage};
use uuid::Uuid;

/// `GZ-CGJ:900,GZ-GAJ:700`, or `no_rule`, `no_opinion`, `failed`, `empty`.
pub(crate) fn routing(text: &str) -> Advice<Vec<Candidate>> {
    let candidate = |part: &str| {
        let (unit, score) = part.split_once(':').expect("UNIT:SCORE");
        Candidate {
            unit: unit.to_owned(),
            score_permille: score.parse().unwrap(),
            reason: "关键词：占道经营".to_owned(),
        }
    };
    let failed = Outcome::Failed {
        kind: FailureKind::OutOfFuel,
        detail: String::new(),
    };
    match text {
        "no_rule" => advice(Vec::new(), None),
        "no_opinion" => advice(vec![Outcome::NoOpinion, Outcome::NoOpinion], None),
        "failed" => advice(vec![Outcome::NoOpinion, failed], None),
        "empty" => advice(vec![Outcome::Answered], Some(Vec::new())),
        ranked => {
            let candidates = ranked.split(',').map(candidate).collect();
            advice(vec![Outcome::Answered], Some(candidates))
        }
    }
}

/// `notify_unit,notify_leader,supervise`, `nothing`, or `failed`.
pub(crate) fn escalation(text: &str) -> Advice<Vec<Proposal>> {
    let proposal = |name: &str| Proposal {
        action: match name {
            "notify_unit" => Action::Notify(Audience::HandlingUnit),
            "notify_leader" => Action::Notify(Audience::LeaderInCharge),
            "notify_district" => Action::Notify(Audience::DistrictOffice),
            "notify_center" => Action::Notify(Audience::HotlineCenter),
            "supervise" => Action::Supervise,
            "coordinate" => Action::OpenCoordination,
            "list" => Action::ListLongTerm,
            "high" => Action::RaisePriority(Priority::High),
            "urgent" => Action::RaisePriority(Priority::Urgent),
            other => panic!("`{other}` is no action"),
        },
        reason: "即将到期".to_owned(),
    };
    match text {
        "failed" => advice(
            vec![Outcome::Refused {
                detail: String::new(),
            }],
            None,
        ),
        "nothing" => advice(vec![Outcome::Answered], Some(Vec::new())),
        names => {
            let proposals = names.split(',').map(proposal).collect();
            advice(vec![Outcome::Answered], Some(proposals))
        }
    }
}

fn advice<V>(outcomes: Vec<Outcome>, verdict: Option<V>) -> Advice<V> {
    let attempt = |outcome| Attempt {
        scope: "440100".to_owned(),
        rule: RuleImage {
            image: "11".to_owned(),
            component: "22".to_owned(),
            settings: "33".to_owned(),
            name: "routing 0.1.0".to_owned(),
            engine: "wasmtime 48.0.8".to_owned(),
        },
        outcome,
        fuel: 1000,
        duration_us: 20,
        canary: false,
        function: None,
    };
    Advice {
        decision: Uuid::from_u128(7),
        question: "44".to_owned(),
        attempts: outcomes.into_iter().map(attempt).collect(),
        verdict,
    }
}
