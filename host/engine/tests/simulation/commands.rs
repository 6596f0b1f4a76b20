//! Commands as people and systems give them on an order as it stands: mostly plausible, at times not.
//! What is made depends on the order, the instant and the stream of chance alone, so that a repeated
//! request is the same request.

pub(crate) mod dossiers;
mod handling;
pub(crate) mod knowledge;

use calendar::Period;
use chrono::{DateTime, TimeDelta, Utc};
use contract::escalation::Priority;
use contract::types::{Channel, Rating};
use engine::{IdentityClaim, Texts};
use knowledge_base::ids::PointId;
use lifecycle::command::{
    Command, CommandKind, DirectAnswer, Dispatch, Exclusion, ExclusionGround, FollowUp,
    FollowUpMethod, Identification, Identity, IncompleteGround, InformationAssessment, Moment,
    NoticeReceipt, RatingChoice, RatingOffer, Reclassification, Registration, ServiceRating,
    SpecialLimit, SupervisionAnswer, SupervisionCase, SupervisionOrder, SupervisionReview,
    Withdrawal,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::ids::{OrderId, RequesterId, TextId, UnitCode};
use lifecycle::order::WorkOrder;

use crate::chance::Chance;
use crate::city::{self, PEOPLE, evidence, some_type, some_unit};

const RATINGS: [Rating; 5] = [
    Rating::VerySatisfied,
    Rating::Satisfied,
    Rating::BasicallySatisfied,
    Rating::Dissatisfied,
    Rating::VeryDissatisfied,
];

/// Makes one command.
pub(crate) struct Maker<'a> {
    pub(crate) order: &'a WorkOrder,
    pub(crate) now: DateTime<Utc>,
    /// The other orders that there are.
    pub(crate) orders: &'a [OrderId],
    /// The knowledge points that there are.
    pub(crate) points: &'a [(PointId, UnitCode)],
    pub(crate) chance: Chance,
    pub(crate) texts: &'a mut Texts,
}

/// How somebody shows that a request is his or hers: mostly by the requester's own number.
pub(crate) fn claim(chance: &mut Chance, phone: Option<&String>) -> Option<IdentityClaim> {
    match (chance.below(10), phone) {
        (0, _) => None,
        (1, _) => Some(IdentityClaim::Phone("13700000000".to_owned())),
        (2, _) => Some(IdentityClaim::Verified("核对身份证".to_owned())),
        (_, Some(phone)) => Some(IdentityClaim::Phone(phone.clone())),
        (_, None) => Some(IdentityClaim::Account("wx-1".to_owned())),
    }
}

impl Maker<'_> {
    /// A text in somebody's own words; at times with a number in it, hardly ever empty.
    fn say(&mut self) -> TextId {
        let text = match self.chance.below(40) {
            0 => " ".to_owned(),
            1 | 2 => format!("请联系 {} 电话 {}", PEOPLE[1].0, PEOPLE[1].1),
            n => format!("说明第{n}条"),
        };
        self.texts.add(text)
    }

    /// Mostly from the first version of a point that there is.
    fn direct_answer(&mut self) -> DirectAnswer {
        let known = !self.points.is_empty() && self.chance.percent(90);
        let point = known.then(|| self.chance.pick(self.points).0.to_string());
        DirectAnswer {
            knowledge_point: point.unwrap_or_else(|| "K-20260901-NIEMAND000".to_owned()),
            knowledge_version: if self.chance.percent(80) { 1 } else { 2 },
            answer: self.say(),
        }
    }

    /// An instant between the order's last dispatch, or its registration, and now; at times one that
    /// cannot be.
    fn lately(&mut self) -> DateTime<Utc> {
        let assignment = self.order.assignment();
        let since = assignment.map_or(self.order.registered_at, |it| it.dispatched_at);
        let passed = (self.now - since).num_seconds().max(0);
        match self.chance.below(40) {
            0 => self.now + TimeDelta::hours(1),
            1 => since - TimeDelta::seconds(1),
            2..20 => self.now,
            _ => self.now - TimeDelta::seconds(self.chance.between(0, passed.min(5000))),
        }
    }

    fn period(&mut self) -> Period {
        match self.chance.below(8) {
            0 => Period::Hours(36),
            1 => Period::CalendarDays(u16::try_from(self.chance.between(0, 9)).unwrap()),
            2 => Period::Months(1),
            3 => Period::Until(self.now + TimeDelta::hours(self.chance.between(-2, 200))),
            _ => Period::WorkingDays(u16::try_from(self.chance.between(1, 10)).unwrap()),
        }
    }

    fn other_order(&mut self) -> OrderId {
        if self.orders.is_empty() || self.chance.percent(5) {
            return OrderId::new("20260101-0000000000");
        }
        self.chance.pick(self.orders).clone()
    }

    fn rating(&mut self) -> Rating {
        *self.chance.pick(&RATINGS)
    }

    /// The command of that kind.
    #[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
    pub(crate) fn make(&mut self, kind: CommandKind) -> Command {
        use CommandKind as C;
        match kind {
            C::Register => Command::Register(self.registration()),
            C::RequestInformation => Command::RequestInformation {
                missing: self.say(),
            },
            C::RecordInformationNotice => Command::RecordInformationNotice(NoticeReceipt {
                sent_at: self.lately(),
                delivered_at: None,
            }),
            C::SupplyInformation => Command::SupplyInformation {
                content: self.say(),
                identity: Identity::Other,
            },
            C::AssessInformation => Command::AssessInformation(if self.chance.percent(75) {
                InformationAssessment::Sufficient
            } else {
                InformationAssessment::Insufficient { note: self.say() }
            }),
            C::CloseIncomplete => Command::CloseIncomplete {
                ground: if self.chance.percent(50) {
                    IncompleteGround::Unreachable
                } else {
                    let evidence = evidence(&mut self.chance);
                    IncompleteGround::Refused { evidence }
                },
                note: self.say(),
            },
            C::Conceal => Command::Conceal(city::concealment(&mut self.chance)),
            C::FlagConduct => Command::FlagConduct { note: self.say() },
            C::SetPriority => Command::SetPriority {
                priority: *self.chance.pick(&[Priority::Normal, Priority::High]),
                reason: self.say(),
            },
            C::Reclassify => Command::Reclassify(Reclassification {
                order_type: some_type(&mut self.chance),
                reason: self.say(),
            }),
            C::ListLongTerm => Command::ListLongTerm {
                matter: self.chance.maybe(70, |_| "逾期交楼".to_owned()),
            },
            C::CountAlike => Command::CountAlike,
            C::LinkOrders => Command::LinkOrders(lifecycle::command::OrderLink {
                other: self.other_order(),
                same: self.chance.percent(70),
                reason: Some(self.say()),
            }),
            C::AnswerDirectly => Command::AnswerDirectly(self.direct_answer()),
            C::Route => Command::Route,
            C::Dispatch => Command::Dispatch(self.dispatch()),
            C::AcceptDuty => Command::AcceptDuty,
            C::OpenCoordination => Command::OpenCoordination { reason: self.say() },
            C::RecordDelivery => Command::RecordDelivery {
                delivered_at: self.lately(),
            },
            C::Withdraw => Command::Withdraw(Withdrawal {
                identity: Identity::Other,
                evidence: evidence(&mut self.chance),
            }),
            C::CloseWithdrawn => Command::CloseWithdrawn {
                note: self.say(),
                goes_on: self.chance.percent(20),
            },
            C::RecordRatingOffer => Command::RecordRatingOffer(RatingOffer {
                sent_at: self.lately(),
                delivered_at: None,
            }),
            C::Rate => Command::Rate(if self.chance.percent(10) {
                RatingChoice::Other(self.say())
            } else {
                RatingChoice::Option(self.rating())
            }),
            C::RateService => Command::RateService(self.service_rating()),
            C::RecordFollowUp => Command::RecordFollowUp(self.follow_up()),
            C::SendBack => Command::SendBack { reason: self.say() },
            C::CloseDissatisfied => Command::CloseDissatisfied {
                reason: self.say(),
                exclusion: self.exclusion(),
            },
            C::FileDiligenceStatement => Command::FileDiligenceStatement {
                statement: self.say(),
            },
            C::Supervise => Command::Supervise(self.supervision()),
            C::AnswerSupervision => Command::AnswerSupervision(self.supervision_answer()),
            C::ReviewSupervision => Command::ReviewSupervision(SupervisionReview {
                supervision: self.supervision_seq(),
                rejected: self.chance.percent(30).then(|| self.say()),
            }),
            C::DismissProposal => self.dismissal(),
            C::MarkDue => self.mark_due(),
            C::RecomputeDeadlines => Command::RecomputeDeadlines,
            C::RequestReturn
            | C::AllowLateReturn
            | C::DecideReturn
            | C::NameAssistingUnits
            | C::RecordAssistance
            | C::ObjectToAssisting
            | C::DecideObjection
            | C::RequestOpinion
            | C::RecordOpinion
            | C::Extend
            | C::RecordExtensionNotice
            | C::AddStatement
            | C::JudgeStatement
            | C::RecordContactAttempt
            | C::RecordReply
            | C::Submit
            | C::ReviewAtDistrict
            | C::Review => self.handling(kind),
        }
    }

    /// Of an order that exists, which no order is made from.
    fn registration(&mut self) -> Registration {
        Registration {
            order: self.order.id.clone(),
            order_type: some_type(&mut self.chance),
            channel: Channel::Phone,
            district: None,
            street: None,
            category: None,
            requester: RequesterId(self.order.requester.0),
            request: self.say(),
            source: None,
            real_name: None,
            identification: Identification::default(),
            concealment: None,
            consumer_mediation: false,
            against_unit: None,
            contact: None,
            refiled_from: None,
            missing: None,
        }
    }

    fn dispatch(&mut self) -> Dispatch {
        Dispatch {
            unit: some_unit(&mut self.chance),
            special_limit: if self.chance.percent(15) {
                let basis = *self.chance.pick(&["穗府办〔2026〕12号", " "]);
                Some(SpecialLimit {
                    period: self.period(),
                    basis: basis.to_owned(),
                    attachment: None,
                    extensions_max: self.chance.maybe(30, |_| 0),
                })
            } else {
                None
            },
            joint: self.chance.percent(25),
        }
    }

    fn service_rating(&mut self) -> ServiceRating {
        let rating = self.rating();
        ServiceRating {
            overall: rating,
            attitude: self.chance.maybe(50, |_| rating),
            wording: None,
            understanding: None,
            competence: None,
        }
    }

    fn follow_up(&mut self) -> FollowUp {
        let reasons = self.say();
        FollowUp {
            contacted_at: if self.chance.percent(90) {
                self.now
            } else {
                self.lately()
            },
            method: FollowUpMethod::Phone,
            reasons,
            rating: self.chance.maybe(20, |chance| *chance.pick(&RATINGS)),
            evidence: self.chance.maybe(50, evidence),
        }
    }

    fn exclusion(&mut self) -> Option<Exclusion> {
        let grounds = [
            ExclusionGround::StatutoryDisposition,
            ExclusionGround::RequesterUnavailable,
            ExclusionGround::Mediated,
            ExclusionGround::ForceMajeure,
            ExclusionGround::Repeat,
        ];
        self.chance.maybe(40, |chance| Exclusion {
            ground: *chance.pick(&grounds),
            proof: evidence(chance),
        })
    }

    fn supervision(&mut self) -> SupervisionOrder {
        let case = match self.chance.below(6) {
            0 => SupervisionCase::Overdue,
            1 => SupervisionCase::FeedbackInadequate,
            2 => SupervisionCase::LongTerm,
            3 => SupervisionCase::StatementObjection,
            _ => SupervisionCase::Other {
                period: self.period(),
            },
        };
        let guided = case == SupervisionCase::StatementObjection || self.chance.percent(5);
        SupervisionOrder {
            case,
            requirement: self.say(),
            guidance_unit: guided.then(|| some_unit(&mut self.chance)),
        }
    }

    /// Position in the journal of one of the order's supervisions.
    fn supervision_seq(&mut self) -> u64 {
        let all: Vec<u64> = self.order.supervisions.iter().map(|it| it.seq).collect();
        if all.is_empty() {
            1
        } else {
            *self.chance.pick(&all)
        }
    }

    fn supervision_answer(&mut self) -> SupervisionAnswer {
        SupervisionAnswer {
            supervision: self.supervision_seq(),
            answer: self.say(),
            delay_explanation: self.chance.percent(70).then(|| self.say()),
        }
    }

    fn dismissal(&mut self) -> Command {
        let (advice, proposal) = match self.order.proposals.as_slice() {
            [] => (1, 0),
            proposals => {
                let proposed = self.chance.pick(proposals);
                (proposed.advice, proposed.proposal)
            }
        };
        Command::DismissProposal {
            advice,
            proposal,
            reason: self.say(),
        }
    }

    fn mark_due(&mut self) -> Command {
        let mut kinds = vec![DeadlineKind::Handling, DeadlineKind::Rating];
        kinds.extend(self.order.running_deadlines().iter().map(|it| it.kind));
        Command::MarkDue {
            deadline: *self.chance.pick(&kinds),
            moment: *self
                .chance
                .pick(&[Moment::DueSoon, Moment::Passed, Moment::StillOverdue]),
        }
    }
}
