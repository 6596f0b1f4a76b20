//! Random lives of orders, each from its seed, committed step by step as the engine does.

use calendar::{Calendar, Period};
use chrono::{DateTime, TimeDelta, Utc};
use contract::types::{Channel, OrderType, Rating};
use engine::ports::{Commit, Store as _};
use lifecycle::assessment::Assessment;
use lifecycle::command::{
    Command, Dispatch, Evidence, EvidenceKind, Extension, FollowUp, FollowUpMethod,
    HandlingConclusion, HandlingReport, Identification, Identity, RatingChoice, RatingOffer,
    Registration, Reply, ReplyMethod, ReportContent, RequesterTold, ReturnDecision, ReturnGround,
    ReturnRequest, Review, ServiceRating, StatementEffect, StatementJudgement, SuggestionOutcome,
    Withdrawal,
};
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, Role, TextId, UnitCode};
use lifecycle::order::{Stage, WorkOrder};
use lifecycle::ruleset::RuleBook;
use lifecycle::{Context, Facts, decide};
use store::SqliteStore;
use uuid::Uuid;

use crate::fixture::at;

const UNITS: [&str; 3] = ["GZ-D106", "GZ-ZJJ", "GZ-CGJ"];
const TYPES: [OrderType; 6] = [
    OrderType::Consultation,
    OrderType::Complaint,
    OrderType::ViolationReport,
    OrderType::HelpRequest,
    OrderType::Suggestion,
    OrderType::Commendation,
];
const RATINGS: [Rating; 5] = [
    Rating::VerySatisfied,
    Rating::Satisfied,
    Rating::BasicallySatisfied,
    Rating::Dissatisfied,
    Rating::VeryDissatisfied,
];
/// Seconds that pass between two steps.
const PAUSES: [i64; 6] = [1, 600, 3600, 86_400, 2 * 86_400, 9 * 86_400];

/// A life, told by its seed.
pub(super) struct Lives {
    seed: u64,
    state: u64,
    now: DateTime<Utc>,
    calendar: Calendar,
    rules: RuleBook,
    directory: Directory,
    order: Option<WorkOrder>,
}

impl Lives {
    pub(super) fn new(seed: u64) -> Self {
        let district = |code: &str| District {
            code: DistrictCode::new(code),
            name: code.to_owned(),
            office: code.to_owned(),
            reviews: false,
        };
        let unit = |code: &str| Unit {
            code: UnitCode::new(code),
            name: code.to_owned(),
            kind: None,
            district: None,
            by_reference: false,
        };
        let districts = ["440106", "440115"].map(district);
        let start = i64::try_from(seed).unwrap() * 86_400;
        Self {
            seed,
            state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            now: at("2026-05-01T09:00:00+08:00") + TimeDelta::seconds(start),
            calendar: Calendar::shipped(),
            rules: RuleBook::default(),
            directory: Directory::new(districts, UNITS.map(unit)).unwrap(),
            order: None,
        }
    }

    /// Lives on until it has ended, or for so long; what was refused did not happen.
    pub(super) fn live(mut self, store: &SqliteStore) -> WorkOrder {
        let registration = self.registration();
        self.give(&registration, &actor(Role::Operator), store);
        for _ in 0..self.below(40) {
            let pause = TimeDelta::seconds(self.one(&PAUSES));
            self.now += pause;
            if self.below(4) > 0 {
                self.pass_time(store);
            }
            if let Some((command, by)) = self.next() {
                self.give(&command, &by, store);
            }
        }
        self.order.unwrap()
    }

    /// A number below `n`, by xorshift.
    fn below(&mut self, n: u64) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) % n
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let count = u64::try_from(of.len()).unwrap();
        of[usize::try_from(self.below(count)).unwrap()]
    }

    /// Timers whose instant has come.
    fn pass_time(&mut self, store: &SqliteStore) {
        for _ in 0..20 {
            let order = self.order.as_ref().unwrap();
            let due = lifecycle::timers(order);
            let Some(timer) = due.into_iter().find(|timer| timer.at < self.now) else {
                return;
            };
            let (deadline, moment) = (timer.deadline, timer.moment);
            let command = Command::MarkDue { deadline, moment };
            if !self.give(&command, &Actor::system(), store) {
                return;
            }
        }
    }

    /// Decides and commits; whether it was accepted.
    fn give(&mut self, command: &Command, by: &Actor, store: &SqliteStore) -> bool {
        let context = Context {
            now: self.now,
            calendar: &self.calendar,
            rules: &self.rules,
            directory: &self.directory,
        };
        let facts = Facts {
            routing: None,
            escalation: None,
            related: None,
            alike: None,
        };
        let before = self.order.as_ref();
        let Ok(decision) = decide(before, command, by, &facts, &context) else {
            return false;
        };
        let expected_version = before.map_or(0, |order| order.version);
        let events: Vec<Recorded> = (expected_version + 1..)
            .zip(decision.events)
            .map(|(seq, event)| Recorded {
                seq,
                at: self.now,
                by: by.clone(),
                event,
            })
            .collect();
        let after = events.iter().fold(self.order.take(), |order, event| {
            Some(lifecycle::apply(order, event).unwrap())
        });
        let order = after.unwrap();
        let commit = Commit {
            expected_version,
            events,
            timers: lifecycle::timers(&order),
            assessment: Assessment::of(&order, &self.calendar),
            order: order.clone(),
            effects: Vec::new(),
            requester: None,
            texts: Vec::new(),
            questions: Vec::new(),
            idempotency: None,
            completes: None,
            message: None,
        };
        store.commit(commit).unwrap();
        self.order = Some(order);
        true
    }

    fn registration(&mut self) -> Command {
        let n = u128::from(self.seed);
        let district = self.one(&[Some("440106"), Some("440115"), None]);
        Command::Register(Registration {
            order: OrderId::new(format!("20260501-{n:010}")),
            order_type: self.one(&TYPES),
            channel: Channel::Online,
            district: district.map(DistrictCode::new),
            street: None,
            category: None,
            requester: RequesterId(Uuid::from_u128(n)),
            request: text(),
            source: None,
            real_name: None,
            identification: Identification::default(),
            concealment: None,
            consumer_mediation: false,
            against_unit: None,
            contact: None,
            refiled_from: None,
            missing: (self.below(10) == 0).then(text),
        })
    }

    /// Something that leads on from where the order stands, and who does it.
    #[expect(clippy::too_many_lines, reason = "a table with a row for each stage")]
    fn next(&mut self) -> Option<(Command, Actor)> {
        let order = self.order.clone().unwrap();
        let operator = actor(Role::Operator);
        let channel = actor(Role::Channel);
        if self.below(20) == 0 {
            return Some((self.beside(), channel));
        }
        let unit = order.assignment().map(|it| Role::Unit(it.unit.clone()));
        Some(match &order.stage {
            Stage::AwaitingInformation { .. } => {
                (Command::RequestInformation { missing: text() }, operator)
            }
            Stage::AwaitingDispatch { .. } if order.order_type == OrderType::Consultation => {
                let answer = lifecycle::command::DirectAnswer {
                    knowledge_point: "KP-1".to_owned(),
                    knowledge_version: 1,
                    answer: text(),
                };
                match self.below(2) {
                    0 => (Command::AnswerDirectly(answer), operator),
                    _ => (self.dispatch(), operator),
                }
            }
            Stage::AwaitingDispatch { .. } | Stage::InCoordination => (self.dispatch(), operator),
            Stage::AwaitingVerification | Stage::InHandling => {
                (self.with_unit(&order), actor(unit?))
            }
            Stage::ReturnRequested => {
                let reason = text();
                let decision = self.one(&[
                    ReturnDecision::Approve { reason },
                    ReturnDecision::Reject { reason },
                ]);
                (Command::DecideReturn(decision), operator)
            }
            Stage::UnderReview { .. } | Stage::UnderDistrictReview { .. } => match self.below(3) {
                0 => (Command::Review(Review::Fail { reason: text() }), operator),
                _ => (Command::Review(Review::Pass), operator),
            },
            Stage::Withdrawn => {
                let (note, goes_on) = (text(), false);
                (Command::CloseWithdrawn { note, goes_on }, actor(unit?))
            }
            Stage::AwaitingRatingOffer { .. } => {
                let (sent_at, delivered_at) = (self.now, None);
                let offer = RatingOffer {
                    sent_at,
                    delivered_at,
                };
                (Command::RecordRatingOffer(offer), Actor::system())
            }
            Stage::AwaitingRating { .. } => {
                let rating = RatingChoice::Option(self.one(&RATINGS));
                (Command::Rate(rating), channel)
            }
            Stage::AwaitingFollowUp { followed_up: false } => {
                let follow_up = FollowUp {
                    contacted_at: self.now,
                    method: FollowUpMethod::Phone,
                    reasons: text(),
                    rating: None,
                    evidence: None,
                };
                (Command::RecordFollowUp(follow_up), operator)
            }
            Stage::AwaitingFollowUp { .. } => match self.below(4) {
                0 => {
                    let (reason, exclusion) = (text(), None);
                    (Command::CloseDissatisfied { reason, exclusion }, operator)
                }
                _ => (Command::SendBack { reason: text() }, operator),
            },
            Stage::AwaitingStatement { .. } => (
                Command::FileDiligenceStatement { statement: text() },
                actor(unit?),
            ),
            Stage::Closed { .. } => return None,
        })
    }

    fn dispatch(&mut self) -> Command {
        Command::Dispatch(Dispatch {
            unit: UnitCode::new(self.one(&UNITS)),
            special_limit: None,
            joint: false,
        })
    }

    fn with_unit(&mut self, order: &WorkOrder) -> Command {
        if let Some(statement) = order.unjudged_statements().next() {
            return Command::JudgeStatement(StatementJudgement {
                statement: statement.seq,
                effect: StatementEffect::AffectsHandling,
                explanation: text(),
                told: self.told(),
            });
        }
        let extended = order.assignment().and_then(|it| it.extensions.last());
        if extended.is_some_and(|extension| extension.told.is_none()) {
            return Command::RecordExtensionNotice(self.told());
        }
        match self.below(10) {
            0 | 1 => Command::AcceptDuty,
            2 => Command::RequestReturn(ReturnRequest {
                ground: ReturnGround::JurisdictionArea { own_area: text() },
                reason: text(),
                suggested_unit: None,
            }),
            3 => Command::Extend(Extension {
                period: Period::WorkingDays(2),
                reason: text(),
                approval: None,
            }),
            4..=6 => Command::RecordReply(Reply {
                replied_at: self.now,
                method: ReplyMethod::Sms,
                content: text(),
                evidence: vec![evidence()],
            }),
            _ => Command::Submit(HandlingReport {
                handled_from: self.now,
                handled_until: self.now,
                handling_office: None,
                course: text(),
                result: text(),
                reply_exception: None,
                remarks: None,
                conclusion: HandlingConclusion::Handled,
                content: content(order.order_type),
            }),
        }
    }

    /// What the requester does beside the stages.
    fn beside(&mut self) -> Command {
        let overall = self.one(&RATINGS);
        match self.below(3) {
            0 => Command::Withdraw(Withdrawal {
                identity: Identity::SameAccount,
                evidence: evidence(),
            }),
            1 => Command::AddStatement {
                content: text(),
                received_at: self.now,
                identity: Identity::SameAccount,
            },
            _ => Command::RateService(ServiceRating {
                overall,
                attitude: None,
                wording: None,
                understanding: None,
                competence: None,
            }),
        }
    }

    fn told(&self) -> RequesterTold {
        RequesterTold::Told {
            at: self.now,
            method: ReplyMethod::Sms,
            evidence: evidence(),
        }
    }
}

fn actor(role: Role) -> Actor {
    Actor {
        role,
        name: "somebody".to_owned(),
    }
}

const fn text() -> TextId {
    TextId(Uuid::from_u128(1))
}

fn evidence() -> Evidence {
    Evidence {
        kind: EvidenceKind::Recording,
        reference: "REC-1".to_owned(),
    }
}

/// What Art. 22 wants of the type.
fn content(order_type: OrderType) -> Option<ReportContent> {
    let measures = text();
    Some(match order_type {
        OrderType::Consultation => ReportContent::Consultation { basis: text() },
        OrderType::Complaint => ReportContent::Complaint {
            handling: text(),
            mediation: None,
        },
        OrderType::ViolationReport => ReportContent::ViolationReport {
            measures,
            case_opened: None,
        },
        OrderType::HelpRequest => ReportContent::HelpRequest { measures },
        OrderType::Suggestion => ReportContent::Suggestion {
            outcome: SuggestionOutcome::Adopted { measures },
        },
        OrderType::Commendation => return None,
    })
}
