//! What commands carry.

mod handling;

mod others;

use calendar::Period;
use chrono::TimeDelta;
use contract::escalation::Priority;
use contract::types::{Channel, OrderType};
use lifecycle::command::{
    Command, CommandKind as Kind, ConcealedField, Concealment, ConcealmentScope, DirectAnswer,
    Dispatch, Evidence, EvidenceKind, Identification, Identity, IncompleteGround,
    InformationAssessment, Moment, NoticeReceipt, OrderLink, RealNameGround, Reclassification,
    Registration, SpecialLimit, SupervisionAnswer, SupervisionReview,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::ids::{DistrictCode, OrderId, RequesterId, TextId, UnitCode};
use lifecycle::order::{ProposalState, SupervisionState};
use uuid::Uuid;

use others::{of_units, one_supervision, supervision};

use super::any_unit;
use crate::dice::Dice;
use crate::model::At;
use crate::world::{DISTRICTS, Slot, UNITS, World};

const TYPES: &[OrderType] = &[
    OrderType::Consultation,
    OrderType::Complaint,
    OrderType::ViolationReport,
    OrderType::HelpRequest,
    OrderType::Suggestion,
    OrderType::Commendation,
];

impl World {
    /// Two people file orders.
    pub(crate) fn requester(&self, slot: usize) -> RequesterId {
        let known = self.slots.get(slot).map(|it| it.model.requester);
        known.unwrap_or_else(|| {
            RequesterId(Uuid::from_u128(0xABCD_0000 + u128::from(slot % 3 == 2)))
        })
    }

    /// A command of a kind for an order.
    #[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
    pub(super) fn content(&self, slot: usize, kind: Kind, dice: &mut Dice) -> Command {
        let Some(at) = self.slots.get(slot) else {
            return match kind {
                Kind::Register => Command::Register(self.registration(slot, dice)),
                Kind::Route => Command::Route,
                _ => Command::AcceptDuty,
            };
        };
        match kind {
            Kind::Register => Command::Register(self.registration(slot, dice)),
            Kind::RequestInformation
            | Kind::RecordInformationNotice
            | Kind::SupplyInformation
            | Kind::AssessInformation
            | Kind::CloseIncomplete
            | Kind::Conceal
            | Kind::FlagConduct
            | Kind::SetPriority
            | Kind::Reclassify
            | Kind::ListLongTerm
            | Kind::CountAlike
            | Kind::LinkOrders
            | Kind::AnswerDirectly
            | Kind::Route
            | Kind::Dispatch
            | Kind::DismissProposal => self.at_intake(at, kind, dice),
            Kind::AcceptDuty
            | Kind::RequestReturn
            | Kind::AllowLateReturn
            | Kind::DecideReturn
            | Kind::NameAssistingUnits
            | Kind::RecordAssistance
            | Kind::ObjectToAssisting
            | Kind::DecideObjection
            | Kind::OpenCoordination
            | Kind::RequestOpinion
            | Kind::RecordOpinion => of_units(at, kind, dice),
            Kind::Extend
            | Kind::RecordExtensionNotice
            | Kind::AddStatement
            | Kind::JudgeStatement
            | Kind::RecordContactAttempt
            | Kind::RecordReply
            | Kind::Submit
            | Kind::ReviewAtDistrict
            | Kind::Review
            | Kind::Withdraw
            | Kind::CloseWithdrawn => self.in_handling(slot, at, kind, dice),
            Kind::RecordRatingOffer
            | Kind::RecordDelivery
            | Kind::Rate
            | Kind::RateService
            | Kind::RecordFollowUp
            | Kind::SendBack
            | Kind::CloseDissatisfied
            | Kind::FileDiligenceStatement => self.at_the_end(at, kind, dice),
            Kind::Supervise => Command::Supervise(supervision(dice)),
            Kind::AnswerSupervision => Command::AnswerSupervision(SupervisionAnswer {
                supervision: one_supervision(at, SupervisionState::Open, dice),
                answer: text(dice),
                delay_explanation: dice.percent(75).then(|| text(dice)),
            }),
            Kind::ReviewSupervision => Command::ReviewSupervision(SupervisionReview {
                supervision: one_supervision(at, SupervisionState::Answered, dice),
                rejected: dice.percent(40).then(|| text(dice)),
            }),
            Kind::MarkDue => Command::MarkDue {
                deadline: DeadlineKind::Handling,
                moment: Moment::Passed,
            },
            Kind::RecomputeDeadlines => Command::RecomputeDeadlines,
        }
    }

    fn registration(&self, slot: usize, dice: &mut Dice) -> Registration {
        let real_name = dice.percent(15).then(|| match dice.below(6) {
            0..2 => RealNameGround::OwnInformation,
            2..5 => RealNameGround::Dispute,
            _ => RealNameGround::OtherLaw {
                basis: dice.pick(&["某条例第三条", " "]).to_owned(),
            },
        });
        let given = |dice: &mut Dice| dice.percent(92);
        let identification = Identification {
            name: given(dice),
            id_number: given(dice),
            contact: given(dice),
        };
        let earlier = dice.percent(15) && slot > 0;
        let refiled_from = earlier.then(|| self.other(slot, dice));
        let unknown = dice.percent(2);
        Registration {
            order: OrderId::new(format!("20260918-TESTTEST{slot:02}")),
            order_type: if dice.percent(70) {
                dice.pick(&TYPES[..5])
            } else {
                dice.pick(&TYPES[1..])
            },
            channel: dice.pick(&[Channel::Phone, Channel::Online]),
            district: dice.percent(70).then(|| {
                DistrictCode::new(if unknown {
                    "999999"
                } else {
                    dice.pick(DISTRICTS)
                })
            }),
            street: None,
            category: None,
            requester: self.requester(slot),
            request: text(dice),
            source: None,
            real_name,
            identification,
            concealment: dice.percent(15).then(|| concealment(dice)),
            consumer_mediation: dice.percent(20),
            against_unit: dice.percent(8).then(|| any_unit(dice)),
            contact: None,
            refiled_from,
            missing: dice.percent(25).then(|| text(dice)),
        }
    }

    /// Another order of this life, or none that exists.
    fn other(&self, slot: usize, dice: &mut Dice) -> OrderId {
        let others = self.slots.iter().enumerate().filter(|(n, _)| *n != slot);
        let others: Vec<_> = others.map(|(_, it)| it.core.id.clone()).collect();
        if others.is_empty() || dice.percent(5) {
            return OrderId::new("20250101-NOSUCHNUMB");
        }
        dice.pick(&others)
    }

    fn at_intake(&self, at: &Slot, kind: Kind, dice: &mut Dice) -> Command {
        match kind {
            Kind::RequestInformation => Command::RequestInformation {
                missing: text(dice),
            },
            Kind::RecordInformationNotice => {
                let (sent_at, delivered_at) = self.sending(self.asked_at(at), dice);
                Command::RecordInformationNotice(NoticeReceipt {
                    sent_at,
                    delivered_at,
                })
            }
            Kind::SupplyInformation => Command::SupplyInformation {
                content: text(dice),
                identity: identity(dice),
            },
            Kind::AssessInformation => Command::AssessInformation(if dice.percent(80) {
                InformationAssessment::Sufficient
            } else {
                InformationAssessment::Insufficient { note: text(dice) }
            }),
            Kind::CloseIncomplete => Command::CloseIncomplete {
                ground: if dice.percent(80) {
                    IncompleteGround::Unreachable
                } else {
                    IncompleteGround::Refused {
                        evidence: evidence(dice),
                    }
                },
                note: text(dice),
            },
            Kind::Conceal => Command::Conceal(concealment(dice)),
            Kind::FlagConduct => Command::FlagConduct { note: text(dice) },
            Kind::SetPriority => Command::SetPriority {
                priority: dice.pick(&[Priority::Normal, Priority::High, Priority::Urgent]),
                reason: text(dice),
            },
            Kind::Reclassify => Command::Reclassify(Reclassification {
                order_type: dice.pick(TYPES),
                reason: text(dice),
            }),
            Kind::ListLongTerm => Command::ListLongTerm {
                matter: dice
                    .percent(85)
                    .then(|| dice.pick(&["LT-1", "LT-1", "LT-2", " "]).to_owned()),
            },
            Kind::CountAlike => Command::CountAlike,
            Kind::LinkOrders => Command::LinkOrders(OrderLink {
                other: self.slots[dice.index(self.slots.len())].core.id.clone(),
                same: dice.percent(75),
                reason: dice.percent(85).then(|| text(dice)),
            }),
            Kind::AnswerDirectly => Command::AnswerDirectly(DirectAnswer {
                knowledge_point: dice.pick(&["KP-1", "KP-2", "KP-3", " "]).to_owned(),
                knowledge_version: 1,
                answer: text(dice),
            }),
            Kind::Dispatch => Command::Dispatch(self.dispatch(at, dice)),
            Kind::DismissProposal => {
                let open = at.core.proposals.iter();
                let open = open.filter(|it| it.state == ProposalState::Open || dice.percent(20));
                let open: Vec<_> = open.map(|it| (it.advice, it.proposal)).collect();
                let (advice, proposal) = open.last().copied().unwrap_or((1, 0));
                Command::DismissProposal {
                    advice,
                    proposal,
                    reason: text(dice),
                }
            }
            _ => Command::Route,
        }
    }

    fn asked_at(&self, at: &Slot) -> At {
        let asked = at.core.information.as_ref();
        asked.map_or(at.core.registered_at, |it| it.asked_at)
    }

    fn dispatch(&self, at: &Slot, dice: &mut Dice) -> Dispatch {
        let returned: Vec<_> = at.core.returned_by().map(|it| it.as_str()).collect();
        let fresh: Vec<_> = UNITS.iter().filter(|it| !returned.contains(it)).collect();
        let lead_again = !returned.is_empty() && dice.percent(20);
        let unit = if lead_again {
            UnitCode::new(dice.pick(&returned))
        } else if fresh.is_empty() || dice.percent(10) {
            any_unit(dice)
        } else {
            UnitCode::new(*dice.pick(&fresh))
        };
        let special_limit = dice.percent(15).then(|| SpecialLimit {
            period: match dice.below(8) {
                0..2 => Period::WorkingDays(5),
                2..4 => Period::CalendarDays(5),
                4..6 => Period::Hours(36),
                6 => Period::Until(self.now + TimeDelta::hours(dice.between(-1, 200))),
                _ => Period::CalendarDays(0),
            },
            basis: dice
                .pick(&["省交办〔2026〕3号", "省交办〔2026〕3号", " "])
                .to_owned(),
            attachment: dice.percent(30).then(|| evidence(dice)),
            extensions_max: dice.pick(&[None, Some(0), Some(1)]),
        });
        let joint = if lead_again {
            95
        } else if at.core.assignments.is_empty() {
            4
        } else {
            40
        };
        Dispatch {
            unit,
            special_limit,
            joint: dice.percent(joint),
        }
    }

    /// When something was sent, and perhaps delivered.
    fn sending(&self, since: At, dice: &mut Dice) -> (At, Option<At>) {
        let sent_at = self.past(since, dice);
        let delivered = dice.percent(50);
        (sent_at, delivered.then(|| self.past(sent_at, dice)))
    }

    /// An instant since another one, up to now; rarely an impossible one.
    fn past(&self, since: At, dice: &mut Dice) -> At {
        match dice.below(40) {
            0 => self.now + TimeDelta::seconds(1),
            1 => since - TimeDelta::seconds(1),
            2..6 => since,
            6..12 => {
                let passed = (self.now - since).num_seconds().max(0);
                since + TimeDelta::seconds(dice.between(0, passed))
            }
            _ => self.now,
        }
    }
}

fn concealment(dice: &mut Dice) -> Concealment {
    let fields = [ConcealedField::Phone, ConcealedField::Name];
    Concealment {
        fields: fields.into_iter().take(dice.index(8).min(2)).collect(),
        scope: dice.pick(&[
            ConcealmentScope::ThirdParties,
            ConcealmentScope::HandlingUnits,
            ConcealmentScope::UnitsAndDistricts,
        ]),
        warned: evidence(dice),
    }
}

fn identity(dice: &mut Dice) -> Identity {
    match dice.below(12) {
        0 => Identity::Other,
        1..3 => Identity::Verified { how: text(dice) },
        _ => Identity::SameAccount,
    }
}

fn evidence(dice: &mut Dice) -> Evidence {
    Evidence {
        kind: EvidenceKind::Document,
        reference: if dice.percent(4) { " " } else { "DOC-1" }.to_owned(),
    }
}

fn text(dice: &mut Dice) -> TextId {
    TextId(Uuid::from_u128(u128::from(dice.below(1_000_000))))
}
