//! Which fields of which commands go into the journal as they are. Exhaustive, so that a new command
//! is looked at here; what is in somebody's own words is a reference to a text and no field.

use lifecycle::command::{
    Command, Evidence, HandlingConclusion, HandlingReport, IncompleteGround, Mediation,
    RealNameGround, Registration, ReplyException, ReportContent, RequesterTold, ReturnGround,
};

/// The identifiers that a command carries, with the names of their fields.
#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
pub(super) fn identifiers(command: &Command) -> Vec<(&'static str, &str)> {
    match command {
        Command::Register(registration) => of_registration(registration),
        Command::AnswerDirectly(answer) => vec![("knowledge_point", &answer.knowledge_point)],
        Command::Dispatch(dispatch) => {
            let limit = dispatch.special_limit.as_ref();
            let attachment = limit.and_then(|limit| limit.attachment.as_ref());
            optional("special_limit.attachment.reference", attachment)
        }
        Command::CloseIncomplete { ground, .. } => match ground {
            IncompleteGround::Unreachable => Vec::new(),
            IncompleteGround::Refused { evidence } => {
                vec![piece("ground.evidence.reference", evidence)]
            }
        },
        Command::Conceal(concealment) => {
            vec![piece("warned.reference", &concealment.warned)]
        }
        Command::ListLongTerm { matter } => {
            let matter = matter.as_deref();
            matter
                .map(|matter| ("matter", matter))
                .into_iter()
                .collect()
        }
        Command::RequestReturn(request) => match &request.ground {
            ReturnGround::FacilityMaintenance { handover, .. } => {
                optional("ground.handover.reference", handover.as_ref())
            }
            ReturnGround::ExplicitBasis { document, .. } => {
                vec![piece("ground.document.reference", document)]
            }
            ReturnGround::DutyAuthority { .. } | ReturnGround::JurisdictionArea { .. } => {
                Vec::new()
            }
        },
        Command::RecordOpinion { document, .. } => vec![piece("document.reference", document)],
        Command::RecordExtensionNotice(told) => of_told(told),
        Command::JudgeStatement(judgement) => of_told(&judgement.told),
        Command::RecordContactAttempt(attempt) => vec![("evidence", &attempt.evidence)],
        Command::RecordReply(reply) => {
            let pieces = reply.evidence.iter();
            pieces.map(|it| piece("evidence.reference", it)).collect()
        }
        Command::Submit(report) => of_report(report),
        Command::Withdraw(withdrawal) => vec![piece("evidence.reference", &withdrawal.evidence)],
        Command::RecordFollowUp(follow_up) => {
            optional("evidence.reference", follow_up.evidence.as_ref())
        }
        Command::CloseDissatisfied { exclusion, .. } => {
            let proof = exclusion.as_ref().map(|exclusion| &exclusion.proof);
            optional("exclusion.proof.reference", proof)
        }
        // These carry numbers, codes and references to texts only.
        Command::RequestInformation { .. }
        | Command::RecordInformationNotice(_)
        | Command::SupplyInformation { .. }
        | Command::AssessInformation(_)
        | Command::FlagConduct { .. }
        | Command::SetPriority { .. }
        | Command::Reclassify(_)
        | Command::CountAlike
        | Command::LinkOrders(_)
        | Command::Route
        | Command::AcceptDuty
        | Command::AllowLateReturn { .. }
        | Command::DecideReturn(_)
        | Command::NameAssistingUnits { .. }
        | Command::RecordAssistance { .. }
        | Command::ObjectToAssisting { .. }
        | Command::DecideObjection { .. }
        | Command::OpenCoordination { .. }
        | Command::RequestOpinion(_)
        | Command::Extend(_)
        | Command::AddStatement { .. }
        | Command::ReviewAtDistrict(_)
        | Command::Review(_)
        | Command::CloseWithdrawn { .. }
        | Command::RecordRatingOffer(_)
        | Command::RecordDelivery { .. }
        | Command::Rate(_)
        | Command::RateService(_)
        | Command::SendBack { .. }
        | Command::FileDiligenceStatement { .. }
        | Command::Supervise(_)
        | Command::AnswerSupervision(_)
        | Command::ReviewSupervision(_)
        | Command::DismissProposal { .. }
        | Command::MarkDue { .. }
        | Command::RecomputeDeadlines => Vec::new(),
    }
}

fn piece<'a>(field: &'static str, evidence: &'a Evidence) -> (&'static str, &'a str) {
    (field, &evidence.reference)
}

fn optional<'a>(field: &'static str, it: Option<&'a Evidence>) -> Vec<(&'static str, &'a str)> {
    it.map(|it| piece(field, it)).into_iter().collect()
}

fn of_registration(registration: &Registration) -> Vec<(&'static str, &str)> {
    let mut all = Vec::new();
    for (field, value) in [
        ("source", &registration.source),
        ("contact", &registration.contact),
    ] {
        all.extend(value.as_deref().map(|value| (field, value)));
    }
    let concealment = registration.concealment.as_ref();
    let warned = concealment.map(|concealment| &concealment.warned);
    all.extend(optional("concealment.warned.reference", warned));
    all
}

fn of_told(told: &RequesterTold) -> Vec<(&'static str, &str)> {
    match told {
        RequesterTold::Told { evidence, .. } => vec![piece("told.evidence.reference", evidence)],
        RequesterTold::Unreachable => Vec::new(),
    }
}

fn of_report(report: &HandlingReport) -> Vec<(&'static str, &str)> {
    let mut all = Vec::new();
    if let Some(ReplyException::NotWanted { evidence }) = &report.reply_exception {
        all.push(piece("reply_exception.evidence.reference", evidence));
    }
    match &report.conclusion {
        HandlingConclusion::Refused { evidence } => {
            all.push(piece("conclusion.evidence.reference", evidence));
        }
        HandlingConclusion::StatutoryDisposition {
            ground, attachment, ..
        } => {
            all.push(("conclusion.ground", ground));
            let field = "conclusion.attachment.reference";
            all.extend(optional(field, attachment.as_ref()));
        }
        HandlingConclusion::Repeat { statement, .. } => {
            let field = "conclusion.statement.reference";
            all.extend(optional(field, statement.as_ref()));
        }
        HandlingConclusion::Handled
        | HandlingConclusion::Unreachable
        | HandlingConclusion::LongTermProgress { .. } => {}
    }
    match &report.content {
        Some(ReportContent::Complaint {
            mediation: Some(Mediation { document, .. }),
            ..
        }) => {
            let field = "content.mediation.document.reference";
            all.extend(optional(field, document.as_ref()));
        }
        Some(ReportContent::ViolationReport {
            case_opened: Some(case),
            ..
        }) => all.push(("content.case_opened", case)),
        Some(
            ReportContent::Consultation { .. }
            | ReportContent::Complaint { .. }
            | ReportContent::ViolationReport { .. }
            | ReportContent::HelpRequest { .. }
            | ReportContent::Suggestion { .. },
        )
        | None => {}
    }
    all
}

/// The names of bodies, places and documents that a command carries, to be masked.
pub(super) fn names(command: &mut Command) -> Vec<(&'static str, &mut String)> {
    let mut all = Vec::new();
    if let Command::Register(registration) = command {
        for (field, value) in [
            ("street", &mut registration.street),
            ("category", &mut registration.category),
        ] {
            all.extend(value.as_mut().map(|value| (field, value)));
        }
        if let Some(RealNameGround::OtherLaw { basis }) = &mut registration.real_name {
            all.push(("real_name.basis", basis));
        }
    } else if let Command::Dispatch(dispatch) = command {
        let limit = dispatch.special_limit.as_mut();
        all.extend(limit.map(|limit| ("special_limit.basis", &mut limit.basis)));
    } else if let Command::Submit(report) = command {
        let office = report.handling_office.as_mut();
        all.extend(office.map(|office| ("handling_office", office)));
    }
    all
}
