//! What units, ratings and supervisions carry.

use calendar::Period;
use chrono::TimeDelta;
use contract::types::Rating;
use lifecycle::command::{
    AssistingUnit, Command, CommandKind as Kind, Dispute, Exclusion, ExclusionGround, FollowUp,
    FollowUpMethod, OpinionRequest, RatingChoice, RatingOffer, ReturnDecision, ReturnGround,
    ReturnRequest, ServiceRating, SupervisionCase, SupervisionOrder,
};
use lifecycle::order::SupervisionState;

use super::{evidence, text};
use crate::author::any_unit;
use crate::dice::Dice;
use crate::world::{Slot, World};

impl World {
    pub(super) fn at_the_end(&self, at: &Slot, kind: Kind, dice: &mut Dice) -> Command {
        match kind {
            Kind::RecordRatingOffer => {
                let passed = at.core.assignment().and_then(|it| it.completed_at);
                let since = passed.unwrap_or(at.core.registered_at);
                let (sent_at, delivered_at) =
                    self.sending(since.max(self.now - TimeDelta::hours(1)), dice);
                Command::RecordRatingOffer(RatingOffer {
                    sent_at,
                    delivered_at,
                })
            }
            Kind::RecordDelivery => Command::RecordDelivery {
                delivered_at: self.past(self.now - TimeDelta::hours(2), dice),
            },
            Kind::Rate => Command::Rate(match dice.below(10) {
                0 => RatingChoice::Other(text(dice)),
                1..4 => RatingChoice::Option(dice.pick(&[
                    Rating::VerySatisfied,
                    Rating::Satisfied,
                    Rating::BasicallySatisfied,
                ])),
                _ => RatingChoice::Option(
                    dice.pick(&[Rating::Dissatisfied, Rating::VeryDissatisfied]),
                ),
            }),
            Kind::RateService => Command::RateService(ServiceRating {
                overall: Rating::Satisfied,
                attitude: None,
                wording: None,
                understanding: None,
                competence: None,
            }),
            Kind::RecordFollowUp => {
                let rated = at
                    .core
                    .ratings
                    .last()
                    .map_or(at.core.registered_at, |it| it.at);
                Command::RecordFollowUp(FollowUp {
                    rating: None,
                    contacted_at: self.past(rated, dice),
                    method: FollowUpMethod::Phone,
                    reasons: text(dice),
                    evidence: dice.percent(50).then(|| evidence(dice)),
                })
            }
            Kind::SendBack => Command::SendBack { reason: text(dice) },
            Kind::CloseDissatisfied => Command::CloseDissatisfied {
                reason: text(dice),
                exclusion: dice.percent(60).then(|| Exclusion {
                    ground: dice.pick(&[
                        ExclusionGround::StatutoryDisposition,
                        ExclusionGround::RequesterUnavailable,
                        ExclusionGround::SuggestionNotAdopted,
                        ExclusionGround::Mediated,
                        ExclusionGround::ForceMajeure,
                        ExclusionGround::Repeat,
                    ]),
                    proof: evidence(dice),
                }),
            },
            _ => Command::FileDiligenceStatement {
                statement: text(dice),
            },
        }
    }
}

pub(super) fn of_units(at: &Slot, kind: Kind, dice: &mut Dice) -> Command {
    match kind {
        Kind::RequestReturn => Command::RequestReturn(return_request(dice)),
        Kind::AllowLateReturn => Command::AllowLateReturn { reason: text(dice) },
        Kind::DecideReturn => Command::DecideReturn(decision(80, dice)),
        Kind::NameAssistingUnits => Command::NameAssistingUnits {
            units: (0..dice.pick(&[0, 1, 1, 1, 2, 2]))
                .map(|_| AssistingUnit {
                    unit: any_unit(dice),
                    part: text(dice),
                })
                .collect(),
        },
        Kind::RecordAssistance => Command::RecordAssistance {
            content: text(dice),
        },
        Kind::ObjectToAssisting => Command::ObjectToAssisting { reason: text(dice) },
        Kind::DecideObjection => {
            let assisting = at.core.assignment().map_or(&[][..], |it| &it.assisting);
            let mut objecting = assisting.iter().filter(|it| it.objection.is_some());
            let unit = objecting
                .next()
                .map_or_else(|| any_unit(dice), |it| it.unit.clone());
            Command::DecideObjection {
                unit,
                decision: decision(50, dice),
            }
        }
        Kind::OpenCoordination => Command::OpenCoordination { reason: text(dice) },
        Kind::RequestOpinion => Command::RequestOpinion(OpinionRequest {
            dispute: dice.pick(&[
                Dispute::InterDistrict,
                Dispute::DutyDivision,
                Dispute::LegalApplication,
            ]),
            adviser: any_unit(dice),
            question: text(dice),
        }),
        Kind::RecordOpinion => Command::RecordOpinion {
            adviser: match dice.below(10) {
                0 => None,
                1 => Some(any_unit(dice)),
                _ => open_question(at).or_else(|| Some(any_unit(dice))),
            },
            opinion: text(dice),
            document: evidence(dice),
        },
        _ => Command::AcceptDuty,
    }
}

/// Whoever has not answered yet.
fn open_question(at: &Slot) -> Option<lifecycle::ids::UnitCode> {
    let opinions = at.core.coordination.iter().flat_map(|it| &it.opinions);
    let mut open = opinions.filter(|it| it.given.is_none());
    open.next().map(|it| it.request.adviser.clone())
}

fn return_request(dice: &mut Dice) -> ReturnRequest {
    let ground = match dice.below(4) {
        0 => ReturnGround::DutyAuthority {
            own_functions: text(dice),
            outside_part: text(dice),
        },
        1 => ReturnGround::FacilityMaintenance {
            own_range: dice.percent(60).then(|| text(dice)),
            handover: dice.percent(60).then(|| evidence(dice)),
        },
        2 => ReturnGround::JurisdictionArea {
            own_area: text(dice),
        },
        _ => ReturnGround::ExplicitBasis {
            document: evidence(dice),
            duties: text(dice),
        },
    };
    ReturnRequest {
        ground,
        reason: text(dice),
        suggested_unit: dice.percent(30).then(|| any_unit(dice)),
    }
}

fn decision(approved: u64, dice: &mut Dice) -> ReturnDecision {
    let reason = text(dice);
    if dice.percent(approved) {
        ReturnDecision::Approve { reason }
    } else {
        ReturnDecision::Reject { reason }
    }
}

pub(super) fn supervision(dice: &mut Dice) -> SupervisionOrder {
    let case = dice.pick(&[
        SupervisionCase::Overdue,
        SupervisionCase::FeedbackInadequate,
        SupervisionCase::LongTerm,
        SupervisionCase::StatementObjection,
        SupervisionCase::Other {
            period: Period::WorkingDays(3),
        },
        SupervisionCase::Other {
            period: Period::Hours(0),
        },
    ]);
    let both = if case == SupervisionCase::StatementObjection {
        80
    } else {
        5
    };
    SupervisionOrder {
        case,
        requirement: text(dice),
        guidance_unit: dice.percent(both).then(|| any_unit(dice)),
    }
}

/// A supervision that waits for this, or a position where none is.
pub(super) fn one_supervision(at: &Slot, state: SupervisionState, dice: &mut Dice) -> u64 {
    let all = at.core.supervisions.iter();
    let waiting = all.filter(|it| it.state == state || dice.percent(10));
    let positions: Vec<_> = waiting.map(|it| it.seq).collect();
    if positions.is_empty() {
        2
    } else {
        dice.pick(&positions)
    }
}
