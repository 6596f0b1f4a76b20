//! What stands against a command whatever it carries: the prohibitions that need no content (catalogue
//! P1 to P9). The rules check the same again when the command is given; here they answer beforehand, for
//! whoever asks what is possible now.

use super::{
    coordination, dispatch, extension, follow_up, information, joint, mark, rating, recompute,
    report, returns, statements, supervision, withdrawal,
};
use crate::command::CommandKind;
use crate::decide::Context;
use crate::ids::Actor;
use crate::order::WorkOrder;
use crate::rejection::Rejection;

type Check<'a> = &'a dyn Fn() -> Result<(), Rejection>;

/// The rejection that the command would meet, if there is one.
#[expect(clippy::too_many_lines, reason = "a table with a row for each command")]
pub(crate) fn check(
    order: &WorkOrder,
    command: CommandKind,
    by: &Actor,
    context: &Context<'_>,
) -> Result<(), Rejection> {
    let (now, rules) = (context.now, context.rules());
    let checks: [(CommandKind, Check<'_>); 29] = [
        (CommandKind::RequestInformation, &|| {
            information::may_request(order)
        }),
        (CommandKind::RecordInformationNotice, &|| {
            information::may_notice(order).map(|_| ())
        }),
        (CommandKind::SupplyInformation, &|| {
            information::may_supply(order, now)
        }),
        (CommandKind::AssessInformation, &|| {
            information::may_assess(order)
        }),
        (CommandKind::Reclassify, &|| mark::may_reclassify(order)),
        (CommandKind::Dispatch, &|| dispatch::may_dispatch(order)),
        (CommandKind::DecideObjection, &|| {
            joint::may_decide(order).map(|_| ())
        }),
        (CommandKind::RecordOpinion, &|| {
            coordination::may_record(order, by.role.unit())
        }),
        (CommandKind::JudgeStatement, &|| {
            statements::may_judge(order)
        }),
        (CommandKind::RecordDelivery, &|| {
            rating::may_deliver(order, now).map(|_| ())
        }),
        (CommandKind::FileDiligenceStatement, &|| {
            follow_up::may_file(order, now)
        }),
        (CommandKind::Supervise, &|| {
            supervision::may_supervise(order).map(|_| ())
        }),
        (CommandKind::AnswerSupervision, &|| {
            supervision::may_answer(order, by.role.unit())
        }),
        (CommandKind::ReviewSupervision, &|| {
            supervision::may_review(order)
        }),
        (CommandKind::RecomputeDeadlines, &|| {
            recompute::may_recompute(order, context)
        }),
        (CommandKind::NameAssistingUnits, &|| {
            joint::may_name(order).map(|_| ())
        }),
        (CommandKind::OpenCoordination, &|| {
            coordination::may_open(order)
        }),
        (CommandKind::AllowLateReturn, &|| {
            returns::may_allow_late(order, now, rules)
        }),
        (CommandKind::RecordExtensionNotice, &|| {
            extension::may_tell(order).map(|_| ())
        }),
        (CommandKind::DismissProposal, &|| mark::may_dismiss(order)),
        (CommandKind::CloseIncomplete, &|| {
            information::may_close(order, now).map(|_| ())
        }),
        (CommandKind::Withdraw, &|| {
            withdrawal::may_withdraw(order, now)
        }),
        (CommandKind::Extend, &|| {
            extension::may_extend(order, now, rules)
        }),
        (CommandKind::RequestReturn, &|| {
            returns::may_return(order, now)
        }),
        (CommandKind::Submit, &|| report::may_submit(order)),
        (CommandKind::SendBack, &|| follow_up::may_send_back(order)),
        (CommandKind::CloseDissatisfied, &|| {
            follow_up::may_decide(order)
        }),
        (CommandKind::Rate, &|| rating::may_rate(order, now)),
        (CommandKind::RateService, &|| {
            rating::may_rate_service(order)
        }),
    ];
    let mut checks = checks.into_iter();
    checks
        .find(|(kind, _)| *kind == command)
        .map_or(Ok(()), |(_, check)| check())
}
