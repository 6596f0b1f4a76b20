//! Commands on an order that a unit has: returns, joint handling, coordination, extensions, additions,
//! calls, replies, reports and reviews.

use chrono::TimeDelta;
use contract::types::OrderType;
use lifecycle::command::{
    AssistingUnit, Command, CommandKind, ContactAttempt, ContactResult, Dispute, Extension,
    HandlingConclusion, HandlingReport, Identity, Mediation, MediationOutcome, OpinionRequest,
    Reply, ReplyException, ReplyMethod, ReportContent, RequesterTold, ReturnDecision, ReturnGround,
    ReturnRequest, Review, StatementEffect, StatementJudgement, SuggestionOutcome,
};
use lifecycle::ids::UnitCode;
use lifecycle::order::Stage;

use super::Maker;
use crate::city::{evidence, some_unit};

impl Maker<'_> {
    /// The command of that kind; only for the kinds that it names.
    pub(super) fn handling(&mut self, kind: CommandKind) -> Command {
        use CommandKind as C;
        if kind == C::RequestReturn {
            Command::RequestReturn(self.return_request())
        } else if kind == C::AllowLateReturn {
            Command::AllowLateReturn { reason: self.say() }
        } else if kind == C::DecideReturn {
            Command::DecideReturn(self.decision(75))
        } else if kind == C::NameAssistingUnits {
            let units = (0..self.chance.below(3)).map(|_| AssistingUnit {
                unit: some_unit(&mut self.chance),
                part: self.texts.add("协助取证".to_owned()),
            });
            let units = units.collect();
            Command::NameAssistingUnits { units }
        } else if kind == C::RecordAssistance {
            Command::RecordAssistance {
                content: self.say(),
            }
        } else if kind == C::ObjectToAssisting {
            Command::ObjectToAssisting { reason: self.say() }
        } else if kind == C::DecideObjection {
            Command::DecideObjection {
                unit: self.assisting_unit(),
                decision: self.decision(50),
            }
        } else if kind == C::RequestOpinion {
            Command::RequestOpinion(self.opinion_request())
        } else if kind == C::RecordOpinion {
            Command::RecordOpinion {
                adviser: self.opinion_by(),
                opinion: self.say(),
                document: evidence(&mut self.chance),
            }
        } else if kind == C::Extend {
            Command::Extend(self.extension())
        } else if kind == C::RecordExtensionNotice {
            Command::RecordExtensionNotice(self.told())
        } else if kind == C::AddStatement {
            Command::AddStatement {
                content: self.say(),
                received_at: self.lately(),
                identity: Identity::Other,
            }
        } else if kind == C::JudgeStatement {
            Command::JudgeStatement(self.judgement())
        } else if kind == C::RecordContactAttempt {
            Command::RecordContactAttempt(self.call())
        } else if kind == C::RecordReply {
            Command::RecordReply(self.reply())
        } else if kind == C::Submit {
            Command::Submit(self.report())
        } else if kind == C::ReviewAtDistrict {
            Command::ReviewAtDistrict(self.review())
        } else {
            Command::Review(self.review())
        }
    }

    fn return_request(&mut self) -> ReturnRequest {
        let ground = match self.chance.below(4) {
            0 => ReturnGround::DutyAuthority {
                own_functions: self.say(),
                outside_part: self.say(),
            },
            1 => ReturnGround::FacilityMaintenance {
                own_range: self.chance.percent(80).then(|| self.say()),
                handover: self.chance.maybe(40, evidence),
            },
            2 => ReturnGround::JurisdictionArea {
                own_area: self.say(),
            },
            _ => ReturnGround::ExplicitBasis {
                document: evidence(&mut self.chance),
                duties: self.say(),
            },
        };
        ReturnRequest {
            ground,
            reason: self.say(),
            suggested_unit: self.chance.maybe(30, some_unit),
        }
    }

    fn decision(&mut self, approved_percent: u64) -> ReturnDecision {
        let reason = self.say();
        if self.chance.percent(approved_percent) {
            ReturnDecision::Approve { reason }
        } else {
            ReturnDecision::Reject { reason }
        }
    }

    /// A unit that assists, if there is one.
    fn assisting_unit(&mut self) -> UnitCode {
        let assisting = self.order.assignment().into_iter();
        let units: Vec<UnitCode> = assisting
            .flat_map(|it| &it.assisting)
            .map(|it| it.unit.clone())
            .collect();
        if units.is_empty() {
            some_unit(&mut self.chance)
        } else {
            self.chance.pick(&units).clone()
        }
    }

    fn opinion_request(&mut self) -> OpinionRequest {
        let disputes = [
            Dispute::InterDistrict,
            Dispute::DutyDivision,
            Dispute::LegalApplication,
        ];
        OpinionRequest {
            dispute: *self.chance.pick(&disputes),
            adviser: some_unit(&mut self.chance),
            question: self.say(),
        }
    }

    fn extension(&mut self) -> Extension {
        let limit = self.order.assignment().map(|it| it.limit());
        let wanted = if self.chance.percent(80) { limit } else { None };
        Extension {
            period: wanted.unwrap_or_else(|| self.period()),
            reason: self.say(),
            approval: self.chance.maybe(30, evidence),
        }
    }

    /// The authority that the centre says an opinion came from; it must say one.
    fn opinion_by(&mut self) -> Option<UnitCode> {
        let asked = self.order.coordination.iter().flat_map(|it| &it.opinions);
        let adviser = asked.last().map(|it| it.request.adviser.clone());
        adviser.filter(|_| self.chance.percent(50))
    }

    fn told(&mut self) -> RequesterTold {
        if self.chance.percent(20) {
            return RequesterTold::Unreachable;
        }
        RequesterTold::Told {
            at: if self.chance.percent(85) {
                self.now
            } else {
                self.lately()
            },
            method: ReplyMethod::Sms,
            evidence: evidence(&mut self.chance),
        }
    }

    fn judgement(&mut self) -> StatementJudgement {
        let unjudged = self.order.unjudged_statements().next();
        StatementJudgement {
            statement: unjudged.map_or(1, |it| it.seq),
            effect: *self.chance.pick(&[
                StatementEffect::AffectsHandling,
                StatementEffect::DoesNotAffect,
            ]),
            explanation: self.say(),
            told: self.told(),
        }
    }

    fn call(&mut self) -> ContactAttempt {
        let started_at = self.lately();
        let seconds = self.chance.between(-1, 120);
        ContactAttempt {
            started_at,
            ended_at: (started_at + TimeDelta::seconds(seconds)).min(self.now),
            result: if self.chance.percent(80) {
                ContactResult::Unanswered
            } else {
                ContactResult::Answered
            },
            evidence: evidence(&mut self.chance).reference,
        }
    }

    fn reply(&mut self) -> Reply {
        Reply {
            replied_at: self.lately(),
            method: ReplyMethod::Phone,
            content: self.say(),
            evidence: (0..self.chance.between(0, 3).min(1))
                .map(|_| evidence(&mut self.chance))
                .collect(),
        }
    }

    fn report(&mut self) -> HandlingReport {
        let handled_until = self.lately();
        let replied = self.order.assignment().is_some_and(|it| it.reply.is_some());
        let excused = !replied || self.chance.percent(5);
        let office = format!("街道办 {}", crate::city::PEOPLE[2].1);
        HandlingReport {
            handled_from: handled_until,
            handled_until,
            handling_office: self.chance.maybe(10, |_| office),
            course: self.say(),
            result: self.say(),
            reply_exception: excused.then(|| self.exception()),
            remarks: self.chance.percent(10).then(|| self.say()),
            conclusion: self.conclusion(),
            content: self.chance.percent(96).then(|| self.content()),
        }
    }

    fn exception(&mut self) -> ReplyException {
        if self.chance.percent(25) {
            ReplyException::Unreachable
        } else {
            let evidence = evidence(&mut self.chance);
            ReplyException::NotWanted { evidence }
        }
    }

    fn conclusion(&mut self) -> HandlingConclusion {
        match self.chance.below(20) {
            0 => HandlingConclusion::Unreachable,
            1 => HandlingConclusion::Refused {
                evidence: evidence(&mut self.chance),
            },
            2 => HandlingConclusion::StatutoryDisposition {
                ground: "P11_2_2".to_owned(),
                basis: self.say(),
                guidance: self.say(),
                attachment: self.chance.maybe(60, evidence),
            },
            3 => HandlingConclusion::Repeat {
                earlier: self.other_order(),
                statement: self.chance.maybe(80, evidence),
            },
            4 => HandlingConclusion::LongTermProgress {
                earlier: self.other_order(),
            },
            _ => HandlingConclusion::Handled,
        }
    }

    fn content(&mut self) -> ReportContent {
        let text = self.say();
        match self.order.order_type {
            OrderType::Consultation => ReportContent::Consultation { basis: text },
            OrderType::Complaint | OrderType::Commendation => ReportContent::Complaint {
                handling: text,
                mediation: self.chance.maybe(40, |chance| Mediation {
                    outcome: MediationOutcome::Agreed,
                    document: chance.maybe(50, evidence),
                }),
            },
            OrderType::ViolationReport => ReportContent::ViolationReport {
                measures: text,
                case_opened: self.chance.maybe(30, |_| "穗执〔2026〕9号".to_owned()),
            },
            OrderType::HelpRequest => ReportContent::HelpRequest { measures: text },
            OrderType::Suggestion => ReportContent::Suggestion {
                outcome: if self.chance.percent(50) {
                    SuggestionOutcome::Adopted { measures: text }
                } else {
                    SuggestionOutcome::NotAdopted { reasons: text }
                },
            },
        }
    }

    /// Mostly passed; a report that lies with the district's office is given back more often.
    fn review(&mut self) -> Review {
        let at_district = matches!(self.order.stage, Stage::UnderDistrictReview { .. });
        if self.chance.percent(if at_district { 60 } else { 75 }) {
            Review::Pass
        } else {
            Review::Fail { reason: self.say() }
        }
    }
}
