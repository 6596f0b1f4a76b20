//! A line of a script, and the command that it stands for. What the law wants of a command is there by
//! default; words leave it out or say it otherwise.

use chrono::{DateTime, Utc};
use contract::types::{Channel, OrderType};
use lifecycle::command::{
    AssistingUnit, Command, Concealment, ContactAttempt, DirectAnswer, Dispatch, Exclusion,
    Extension, FollowUp, FollowUpMethod, HandlingConclusion, HandlingReport, Identification,
    Identity, IncompleteGround, InformationAssessment, Mediation, Moment, NoticeReceipt,
    OpinionRequest, OrderLink, RatingOffer, RealNameGround, Reclassification, Registration, Reply,
    ReplyException, ReplyMethod, ReportContent, RequesterTold, ReturnDecision, ReturnGround,
    ReturnRequest, Review, ServiceRating, SpecialLimit, StatementEffect, StatementJudgement,
    SuggestionOutcome, SupervisionAnswer, SupervisionCase, SupervisionOrder, SupervisionReview,
    Withdrawal,
};
use lifecycle::event::CloseCode;
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, UnitCode};
use lifecycle::order::{ProposalState, WorkOrder};
use lifecycle::{Alike, Facts, Related};
use uuid::Uuid;

use super::advice;
use super::values::{actor, evidence, instant, kind, named, order_type, period, rating, text};

/// A line, taken apart.
pub(super) struct Line<'a> {
    pub(super) at: DateTime<Utc>,
    name: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    pub(super) fn parse(line: &'a str) -> Self {
        let mut words = line.split_whitespace();
        let date = words.next().expect("a date");
        let time = words.next().expect("a time");
        let name = words.next().expect("a command");
        Self {
            at: instant(date, time),
            name,
            words: words.collect(),
        }
    }

    /// The value of `key=value`.
    pub(super) fn word(&self, key: &str) -> Option<&'a str> {
        self.words
            .iter()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
    }

    fn is(&self, key: &str, value: &str) -> bool {
        self.word(key) == Some(value)
    }

    fn owned(&self, key: &str) -> Option<String> {
        self.word(key).map(str::to_owned)
    }

    /// The n-th word without a key.
    fn plain(&self, n: usize) -> Option<&'a str> {
        self.words
            .iter()
            .copied()
            .filter(|word| !word.contains('='))
            .nth(n)
    }

    fn first(&self) -> &'a str {
        self.plain(0)
            .unwrap_or_else(|| panic!("`{}` needs a word", self.name))
    }

    /// `HH:MM[:SS]` on the day of the line, or `DATEtTIME`, or the line's own instant.
    fn time(&self, key: &str) -> DateTime<Utc> {
        self.word(key).map_or(self.at, |text| self.instant(text))
    }

    fn instant(&self, text: &str) -> DateTime<Utc> {
        match text.split_once('t') {
            Some((date, time)) => instant(date, time),
            None => instant(&calendar::local_date(self.at).to_string(), text),
        }
    }

    /// Who usually gives the command; of units, the one that has the order.
    pub(super) fn actor(&self, order: Option<&WorkOrder>) -> Actor {
        let assignment = order.and_then(WorkOrder::assignment);
        let unit = assignment.map_or("GZ-CGJ", |it| it.unit.as_str());
        // R7: what complains of a unit's staff is its leader's.
        let of_staff =
            order.is_some_and(|it| it.against_unit.as_ref() == Some(&UnitCode::new(unit)));
        let unit = format!("{}:{unit}", if of_staff { "leader" } else { "unit" });
        let usual = match self.name {
            "accept" | "return" | "assist" | "extend" | "told" | "judge" | "call" | "reply"
            | "submit" | "close_withdrawn" | "statement" | "answer_supervision" => unit.as_str(),
            "assisted" | "object" => "unit:GZ-GAJ",
            "district_pass" | "district_fail" => "district:440115",
            "notice" | "offer" | "delivered" | "due" | "recompute" | "list" | "count" => "system",
            "supply" | "add" | "withdraw" | "rate" | "service" => "channel",
            _ => "operator",
        };
        actor(self.word("as").unwrap_or(usual))
    }

    /// `alike=20/5` tells of twenty open orders about the same thing, of which one was asked about when
    /// there were five. `related=same,finished,listed,CR02` tells of the order named by `earlier`, `refiled` or `to`.
    pub(super) fn facts(&self) -> Facts {
        let keys = ["earlier", "refiled", "to"].into_iter();
        let earlier = keys.filter_map(|key| self.word(key)).next();
        let related = self.word("related").map(|known| {
            let has = |word| known.split(',').any(|one| one == word);
            let code = known.split(',').find(|one| one.starts_with("CR"));
            let closed: Option<CloseCode> = code.map(named);
            Related {
                order: OrderId::new(self.word("told_of").or(earlier).unwrap_or_default()),
                same_requester: has("same"),
                closed,
                ended_for_information: has("unavailable")
                    || closed.is_some_and(CloseCode::is_for_information),
                lawfully_finished: has("finished"),
                long_term: has("listed").then(|| "LT-1".to_owned()),
            }
        });
        Facts {
            routing: self.word("advice").map(advice::routing),
            escalation: self.word("escalate").map(advice::escalation),
            related,
            alike: self.word("alike").map(alike),
        }
    }

    /// The command of the line; some point at something on the order.
    pub(super) fn command(&self, order: Option<&WorkOrder>) -> Command {
        let intake = self.intake().or_else(|| self.returning(order));
        let command = intake.or_else(|| self.handling(order));
        let command = command.or_else(|| self.rating());
        let command = command.or_else(|| self.beside(order));
        command.unwrap_or_else(|| panic!("`{}` is no command of a script", self.name))
    }

    /// From the contact to the first dispatch.
    fn intake(&self) -> Option<Command> {
        Some(match self.name {
            "register" => Command::Register(self.registration()),
            "request_information" => Command::RequestInformation { missing: text(11) },
            "notice" => Command::RecordInformationNotice(NoticeReceipt {
                sent_at: self.time("sent"),
                delivered_at: self.word("delivered").map(|text| self.instant(text)),
            }),
            "supply" => Command::SupplyInformation {
                content: text(12),
                identity: self.identity(),
            },
            "assess" => Command::AssessInformation(match self.first() {
                "sufficient" => InformationAssessment::Sufficient,
                _ => InformationAssessment::Insufficient { note: text(13) },
            }),
            "close_incomplete" => Command::CloseIncomplete {
                ground: match self.first() {
                    "refused" => IncompleteGround::Refused {
                        evidence: evidence(self.word("evidence").unwrap_or("REC-3")),
                    },
                    _ => IncompleteGround::Unreachable,
                },
                note: text(14),
            },
            "conceal" => Command::Conceal(self.concealment(self.first())),
            "flag" => Command::FlagConduct { note: text(15) },
            "priority" => Command::SetPriority {
                priority: named(self.first()),
                reason: text(16),
            },
            "reclassify" => Command::Reclassify(Reclassification {
                order_type: order_type(self.first()),
                reason: text(17),
            }),
            "list" => Command::ListLongTerm {
                matter: Some(self.first().replace('_', " ")).filter(|matter| matter != "off"),
            },
            "count" => Command::CountAlike,
            "link" => Command::LinkOrders(OrderLink {
                other: OrderId::new(self.word("to").expect("to=ORDER")),
                same: !self.is("same", "no"),
                reason: (!self.is("reason", "none")).then(|| text(18)),
            }),
            "answer" => Command::AnswerDirectly(DirectAnswer {
                knowledge_point: self.word("point").unwrap_or("KP-1").to_owned(),
                knowledge_version: self.word("version").map_or(1, |text| text.parse().unwrap()),
                answer: text(2),
            }),
            "route" => Command::Route,
            "dispatch" => Command::Dispatch(Dispatch {
                unit: UnitCode::new(self.first()),
                special_limit: self.word("limit").map(|limit| SpecialLimit {
                    period: period(limit),
                    basis: self.word("basis").unwrap_or_default().to_owned(),
                    attachment: None,
                    extensions_max: self.word("extensions").map(|max| max.parse().unwrap()),
                }),
                joint: self.is("joint", "yes"),
            }),
            _ => return None,
        })
    }

    /// Returns, joint handling and hard cases.
    fn returning(&self, order: Option<&WorkOrder>) -> Option<Command> {
        let decision = |approve: bool| {
            if approve {
                ReturnDecision::Approve { reason: text(21) }
            } else {
                ReturnDecision::Reject { reason: text(21) }
            }
        };
        Some(match self.name {
            "return" => Command::RequestReturn(ReturnRequest {
                ground: self.return_ground(),
                reason: text(20),
                suggested_unit: self.word("suggested").map(UnitCode::new),
            }),
            "allow_late" => Command::AllowLateReturn { reason: text(22) },
            "approve" => Command::DecideReturn(decision(true)),
            "reject" => Command::DecideReturn(decision(false)),
            "assist" => Command::NameAssistingUnits {
                units: self
                    .first()
                    .split(',')
                    .filter(|unit| *unit != "nobody")
                    .map(|unit| AssistingUnit {
                        unit: UnitCode::new(unit),
                        part: text(23),
                    })
                    .collect(),
            },
            "assisted" => Command::RecordAssistance { content: text(24) },
            "object" => Command::ObjectToAssisting { reason: text(25) },
            "release" | "keep" => Command::DecideObjection {
                unit: UnitCode::new(self.first()),
                decision: decision(self.name == "release"),
            },
            "coordinate" => Command::OpenCoordination { reason: text(26) },
            "ask_opinion" => Command::RequestOpinion(OpinionRequest {
                dispute: named(self.first()),
                adviser: UnitCode::new(self.plain(1).unwrap_or("GZ-BB")),
                question: text(27),
            }),
            "opinion" => Command::RecordOpinion {
                adviser: self.adviser(order),
                opinion: text(28),
                document: evidence(self.word("document").unwrap_or("DOC-1")),
            },
            _ => return None,
        })
    }

    /// Whom the centre names: `adviser=…`, or whoever has not answered yet; a unit names nobody.
    fn adviser(&self, order: Option<&WorkOrder>) -> Option<UnitCode> {
        let coordination = order.and_then(|order| order.coordination.as_ref());
        let mut opinions = coordination.into_iter().flat_map(|it| &it.opinions);
        let open = opinions.find(|it| it.given.is_none());
        match (self.word("adviser"), self.word("as")) {
            (Some("none"), _) => None,
            (Some(adviser), _) => Some(UnitCode::new(adviser)),
            (None, Some(unit)) if unit.starts_with("unit:") => None,
            (None, _) => Some(open.map_or(UnitCode::new("GZ-BB"), |it| it.request.adviser.clone())),
        }
    }

    /// With the unit.
    fn handling(&self, order: Option<&WorkOrder>) -> Option<Command> {
        let unjudged = order.and_then(|order| order.unjudged_statements().next());
        Some(match self.name {
            "accept" => Command::AcceptDuty,
            "extend" => Command::Extend(Extension {
                period: period(self.first()),
                reason: text(30),
                approval: self.word("approval").map(evidence),
            }),
            "told" => Command::RecordExtensionNotice(self.told()),
            "add" => Command::AddStatement {
                content: text(31),
                received_at: self.time("at"),
                identity: self.identity(),
            },
            "judge" => Command::JudgeStatement(StatementJudgement {
                statement: match self.word("statement") {
                    Some(seq) => seq.parse().unwrap(),
                    None => unjudged.map_or(0, |it| it.seq),
                },
                effect: match self.first() {
                    "affects" => StatementEffect::AffectsHandling,
                    _ => StatementEffect::DoesNotAffect,
                },
                explanation: text(32),
                told: self.told(),
            }),
            "call" => Command::RecordContactAttempt(self.call()),
            "reply" => Command::RecordReply(Reply {
                replied_at: self.time("at"),
                method: ReplyMethod::Phone,
                content: text(3),
                evidence: match self.word("evidence") {
                    Some("none") => Vec::new(),
                    Some(reference) => vec![evidence(reference)],
                    None => vec![evidence("REC-1")],
                },
            }),
            "submit" => Command::Submit(self.report(order)),
            "district_pass" => Command::ReviewAtDistrict(Review::Pass),
            "district_fail" => Command::ReviewAtDistrict(Review::Fail { reason: text(6) }),
            "pass" => Command::Review(Review::Pass),
            "fail" => Command::Review(Review::Fail { reason: text(6) }),
            "withdraw" => Command::Withdraw(Withdrawal {
                identity: self.identity(),
                evidence: evidence(self.word("evidence").unwrap_or("REC-4")),
            }),
            "close_withdrawn" => Command::CloseWithdrawn {
                note: text(33),
                goes_on: self.is("goes_on", "yes"),
            },
            _ => return None,
        })
    }

    /// From the rating offer to the end.
    fn rating(&self) -> Option<Command> {
        Some(match self.name {
            "offer" => Command::RecordRatingOffer(RatingOffer {
                sent_at: self.time("sent"),
                delivered_at: self.word("delivered").map(|text| self.instant(text)),
            }),
            "delivered" => Command::RecordDelivery {
                delivered_at: self.time("at"),
            },
            "rate" => Command::Rate(rating(self.first())),
            "service" => Command::RateService(ServiceRating {
                overall: named(self.first()),
                attitude: None,
                wording: None,
                understanding: None,
                competence: None,
            }),
            "follow_up" => Command::RecordFollowUp(FollowUp {
                contacted_at: self.time("at"),
                method: FollowUpMethod::Phone,
                reasons: text(8),
                rating: self.word("rating").map(named),
                evidence: self.word("evidence").map(evidence),
            }),
            "send_back" => Command::SendBack { reason: text(40) },
            "close" => Command::CloseDissatisfied {
                reason: text(9),
                exclusion: self.word("exclusion").map(|ground| Exclusion {
                    ground: named(ground),
                    proof: evidence(self.word("proof").unwrap_or("DOC-2")),
                }),
            },
            "statement" => Command::FileDiligenceStatement {
                statement: text(41),
            },
            _ => return None,
        })
    }

    /// Beside the stages: supervision, proposals, timers, calendars.
    fn beside(&self, order: Option<&WorkOrder>) -> Option<Command> {
        let last = order.and_then(|order| order.supervisions.last());
        let supervision = match self.word("supervision") {
            Some(seq) => seq.parse().unwrap(),
            None => last.map_or(0, |it| it.seq),
        };
        Some(match self.name {
            "supervise" => Command::Supervise(SupervisionOrder {
                case: match self.first() {
                    "overdue" => SupervisionCase::Overdue,
                    "feedback" => SupervisionCase::FeedbackInadequate,
                    "long_term" => SupervisionCase::LongTerm,
                    "objection" => SupervisionCase::StatementObjection,
                    limit => SupervisionCase::Other {
                        period: period(limit),
                    },
                },
                requirement: text(50),
                guidance_unit: self.word("guidance").map(UnitCode::new),
            }),
            "answer_supervision" => Command::AnswerSupervision(SupervisionAnswer {
                supervision,
                answer: text(51),
                delay_explanation: (!self.is("explained", "no")).then(|| text(52)),
            }),
            "accept_answer" | "reject_answer" => Command::ReviewSupervision(SupervisionReview {
                supervision,
                rejected: (self.name == "reject_answer").then(|| text(53)),
            }),
            "dismiss" => {
                let mut proposals = order.into_iter().flat_map(|order| &order.proposals);
                let open = proposals.find(|it| it.state == ProposalState::Open);
                Command::DismissProposal {
                    advice: open.map_or(0, |it| it.advice),
                    proposal: open.map_or(0, |it| it.proposal),
                    reason: text(54),
                }
            }
            "due" => Command::MarkDue {
                deadline: kind(self.first()),
                moment: match self.plain(1) {
                    Some("soon") => Moment::DueSoon,
                    Some("still") => Moment::StillOverdue,
                    Some(_) | None => Moment::Passed,
                },
            },
            "recompute" => Command::RecomputeDeadlines,
            _ => return None,
        })
    }

    /// `who=same` (the default), `who=verified`, `who=other`.
    fn identity(&self) -> Identity {
        match self.word("who") {
            None | Some("same") => Identity::SameAccount,
            Some("verified") => Identity::Verified { how: text(60) },
            Some(_) => Identity::Other,
        }
    }

    /// `conceal=phone,name scope=handling_units warned=REC-5`; `nothing` names no field.
    fn concealment(&self, fields: &str) -> Concealment {
        let fields = fields.split(',').filter(|field| *field != "nothing");
        Concealment {
            fields: fields.map(named).collect(),
            scope: named(self.word("scope").unwrap_or("handling_units")),
            warned: evidence(self.word("warned").unwrap_or("REC-5")),
        }
    }

    fn told(&self) -> RequesterTold {
        if self.words.contains(&"unreachable") {
            return RequesterTold::Unreachable;
        }
        RequesterTold::Told {
            at: self.time("at"),
            method: ReplyMethod::Sms,
            evidence: evidence(self.word("evidence").unwrap_or("SMS-1")),
        }
    }

    fn registration(&self) -> Registration {
        let given = |field| {
            let mut given = self.word("given").unwrap_or_default().split(',');
            given.any(|one| one == field)
        };
        let real_name = self.word("real_name").map(|ground| match ground {
            "own" => RealNameGround::OwnInformation,
            "dispute" => RealNameGround::Dispute,
            basis => RealNameGround::OtherLaw {
                basis: basis.replace('_', " "),
            },
        });
        Registration {
            order: OrderId::new("20260918-TESTTESTTE"),
            order_type: order_type(self.first()),
            channel: self.word("channel").map_or(Channel::Phone, named),
            district: self.word("district").map(DistrictCode::new),
            street: self.owned("street"),
            category: self.owned("category"),
            requester: RequesterId(Uuid::from_u128(1)),
            request: text(1),
            source: self.owned("source"),
            real_name,
            identification: Identification {
                name: given("name"),
                id_number: given("id"),
                contact: given("contact"),
            },
            concealment: self.word("conceal").map(|fields| self.concealment(fields)),
            consumer_mediation: self.is("mediation", "yes"),
            against_unit: self.word("against").map(UnitCode::new),
            contact: self.owned("contact"),
            refiled_from: self.word("refiled").map(OrderId::new),
            missing: self.is("missing", "yes").then(|| text(11)),
        }
    }

    /// `proof=none` leaves out what must prove the ground, `proof=_` gives it blank.
    fn return_ground(&self) -> ReturnGround {
        let proof = self.word("proof").unwrap_or("DOC-3");
        match self.plain(0).unwrap_or("duty") {
            "duty" => ReturnGround::DutyAuthority {
                own_functions: text(70),
                outside_part: text(71),
            },
            "facility" => ReturnGround::FacilityMaintenance {
                own_range: self.is("proof", "range").then(|| text(72)),
                handover: Some(evidence(proof)).filter(|_| proof != "range" && proof != "none"),
            },
            "area" => ReturnGround::JurisdictionArea { own_area: text(73) },
            "basis" => ReturnGround::ExplicitBasis {
                document: evidence(proof),
                duties: text(74),
            },
            other => panic!("`{other}` is no ground of a return"),
        }
    }

    /// `call 16:00..16:01 unanswered`
    fn call(&self) -> ContactAttempt {
        let (start, end) = self.first().split_once("..").expect("START..END");
        ContactAttempt {
            started_at: self.instant(start),
            ended_at: self.instant(end),
            result: named(self.plain(1).unwrap_or("unanswered")),
            evidence: self.word("evidence").unwrap_or("CALL-1").to_owned(),
        }
    }

    fn report(&self, order: Option<&WorkOrder>) -> HandlingReport {
        let exception = self.plain(0).map(|exception| match exception {
            "unreachable" => ReplyException::Unreachable,
            "not_wanted" => ReplyException::NotWanted {
                evidence: evidence(self.word("evidence").unwrap_or("REC-2")),
            },
            other => panic!("`{other}` is no exception"),
        });
        HandlingReport {
            handled_from: self.time("from"),
            handled_until: self.time("until"),
            handling_office: self.word("office").map(|office| office.replace('_', " ")),
            course: text(4),
            result: text(5),
            reply_exception: exception,
            remarks: None,
            conclusion: self.conclusion(),
            content: match self.word("content") {
                Some("none") => None,
                Some(of_type) => self.content(order_type(of_type)),
                None => order.and_then(|order| self.content(order.order_type)),
            },
        }
    }

    /// `end=unreachable`, `end=refused`, `end=statutory ground=P11_2_2`, `end=repeat earlier=…`,
    /// `end=progress earlier=…`.
    fn conclusion(&self) -> HandlingConclusion {
        let earlier = || OrderId::new(self.word("earlier").unwrap_or("20260101-EARLIERXXX"));
        match self.word("end") {
            None => HandlingConclusion::Handled,
            Some("unreachable") => HandlingConclusion::Unreachable,
            Some("refused") => HandlingConclusion::Refused {
                evidence: evidence(self.word("refusal").unwrap_or("REC-6")),
            },
            Some("statutory") => HandlingConclusion::StatutoryDisposition {
                ground: self.word("ground").unwrap_or("P11_2_2").to_owned(),
                basis: text(80),
                guidance: text(81),
                attachment: self.word("attachment").map(evidence),
            },
            Some("repeat") => HandlingConclusion::Repeat {
                earlier: earlier(),
                statement: match self.word("statement") {
                    Some("none") => None,
                    reference => Some(evidence(reference.unwrap_or("DOC-4"))),
                },
            },
            Some("progress") => HandlingConclusion::LongTermProgress { earlier: earlier() },
            Some(other) => panic!("`{other}` is no conclusion"),
        }
    }

    /// What Art. 22 wants of the type.
    fn content(&self, order_type: OrderType) -> Option<ReportContent> {
        match order_type {
            OrderType::Consultation => Some(ReportContent::Consultation { basis: text(90) }),
            OrderType::Complaint => Some(ReportContent::Complaint {
                handling: text(91),
                mediation: self.word("mediated").map(|outcome| Mediation {
                    outcome: named(outcome),
                    document: self.word("record").map(evidence),
                }),
            }),
            OrderType::ViolationReport => Some(ReportContent::ViolationReport {
                measures: text(92),
                case_opened: self.word("case").map(|case| case.replace('_', " ")),
            }),
            OrderType::HelpRequest => Some(ReportContent::HelpRequest { measures: text(93) }),
            OrderType::Suggestion => Some(ReportContent::Suggestion {
                outcome: if self.is("adopted", "no") {
                    SuggestionOutcome::NotAdopted { reasons: text(94) }
                } else {
                    SuggestionOutcome::Adopted { measures: text(95) }
                },
            }),
            OrderType::Commendation => None,
        }
    }
}

fn alike(text: &str) -> Alike {
    let (orders, asked) = text.split_once('/').unwrap_or((text, ""));
    Alike {
        orders: orders.parse().unwrap(),
        asked: (!asked.is_empty()).then(|| asked.parse().unwrap()),
    }
}
