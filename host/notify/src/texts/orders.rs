//! The rows of notices about orders: title, to the requester, to everybody else.

use lifecycle::deadline::DeadlineKind as D;
use lifecycle::effect::Notice;

use super::{IN_HAND, Row, Term, dossiers, knowledge};

/// The table. A notice that never goes to a requester still has a text that would do no harm.
#[expect(clippy::too_many_lines, reason = "a table with a row for each notice")]
pub(super) fn row(about: &Notice) -> Row {
    match about {
        // Registration and routing (Art. 9–13).
        Notice::InformationNeeded { missing: _ } => Row::new(
            "请补充信息",
            "您的诉求还缺少以下信息，请补充：{words}。",
            "工单{order}已通知诉求人补充信息。",
        )
        .by(D::Information),
        Notice::AwaitsAssessment => Row::new(
            "补充信息待审查",
            "您补充的信息已收到。",
            "工单{order}的诉求人已补充信息，请审查。",
        ),
        Notice::InformationStayedMissing => Row::new(
            "信息不足，工单结束",
            "因信息不足，您的诉求无法办理，补充后可重新反映。",
            "工单{order}因信息不足结束。",
        ),
        Notice::ConcealmentWarning => Row::new(
            "隐匿信息提示",
            "您要求隐匿信息，可能影响诉求的登记和办理。",
            "工单{order}已提示诉求人隐匿信息的影响。",
        ),
        Notice::ComplaintAgainstStaff => Row::new(
            "涉及本单位人员的工单",
            IN_HAND,
            "工单{order}涉及本单位工作人员，仅由分管领导处理。",
        )
        .by(D::Handling),
        Notice::AwaitsRouting => Row::new(
            "工单待转派",
            "您的诉求已登记，正在确定承办单位。",
            "{type}工单{order}需人工确定承办单位，请及时转派。",
        )
        .by(D::Dispatch),
        Notice::Dispatched => Row::new(
            "新工单",
            "您的诉求已转{unit}办理。",
            "{type}工单{order}已转派至{unit}。",
        )
        .by(D::Handling),
        // Returns, assistance, coordination (Art. 17, 18).
        Notice::AwaitsReturnDecision => {
            Row::new("退单申请待审核", IN_HAND, "工单{order}有退单申请，请审核。").by(D::Handling)
        }
        Notice::ReturnApproved => Row::new("退单已同意", IN_HAND, "工单{order}的退单申请已同意。"),
        Notice::ReturnRejected => Row::new(
            "退单未同意",
            IN_HAND,
            "工单{order}的退单申请未获同意，办理期限继续计算。",
        )
        .by(D::Handling),
        Notice::AssistanceAsked { part: _ } => Row::new(
            "请协助办理",
            IN_HAND,
            "请协助办理工单{order}，协办事项见工单。",
        ),
        Notice::AssistanceGiven => Row::new(
            "协办情况已反馈",
            IN_HAND,
            "工单{order}的协办单位已反馈办理情况。",
        ),
        Notice::AssistanceObjected => Row::new(
            "协办异议待决定",
            IN_HAND,
            "工单{order}的协办单位有异议，请决定。",
        ),
        Notice::ObjectionDecided => Row::new(
            "协办异议已决定",
            IN_HAND,
            "工单{order}的协办异议已有决定，结果见工单。",
        ),
        Notice::CoordinationSuggested => Row::new(
            "可启动疑难协调",
            IN_HAND,
            "工单{order}多次退单，请考虑启动疑难工单协调。",
        ),
        Notice::CoordinationOpened => Row::new(
            "疑难工单协调",
            "您的诉求正在协调确定承办单位。",
            "工单{order}已启动疑难工单协调。",
        ),
        Notice::OpinionAsked { question: _ } => Row::new(
            "请出具指导意见",
            IN_HAND,
            "工单{order}请出具指导意见，问题见工单。",
        )
        .by(D::Opinion),
        Notice::OpinionGiven => {
            Row::new("指导意见已反馈", IN_HAND, "工单{order}的指导意见已反馈。")
        }
        // Handling (Art. 14, 15, 19–23).
        Notice::DueSoon { deadline } => Row::new(
            "工单临期提醒",
            IN_HAND,
            "工单{order}的{deadline}期限将满，请抓紧办理。",
        )
        .by(*deadline),
        Notice::Overdue { deadline } => Row::new(
            "工单逾期提醒",
            IN_HAND,
            "工单{order}的{deadline}期限已过，请立即办理。",
        )
        .by(*deadline),
        Notice::DeadlineRecomputed { deadline } => Row::new(
            "工单期限调整",
            "因放假安排公布，您的诉求的{deadline}期限已重新计算。",
            "因放假安排公布，工单{order}的{deadline}期限已重新计算。",
        )
        .by(*deadline),
        Notice::Extended { reason: _, due_at } => Row::new(
            "办理期限延长",
            "您的诉求的办理期限延长至{until}，原因：{words}。",
            "工单{order}的办理期限延长至{until}。",
        )
        .about(Term::Until(*due_at)),
        Notice::StatementAdded => Row::new(
            "诉求人补充情况",
            "您补充的情况已收到。",
            "工单{order}的诉求人有补充情况，请判断是否影响办理。",
        ),
        Notice::HandlingRestarted { due_at } => Row::new(
            "办理期限重新计算",
            "您补充的情况影响办理，办理期限重新计算，至{until}。",
            "工单{order}因补充情况影响办理，办理期限重新计算，至{until}。",
        )
        .about(Term::Until(*due_at)),
        Notice::RestartedOften { times: _ } => Row::new(
            "期限多次重新计算",
            IN_HAND,
            "工单{order}的办理期限多次重新计算，请关注。",
        )
        .by(D::Handling),
        Notice::CalledAtUnusualHour { started_at: _ } => Row::new(
            "联系时间提醒",
            IN_HAND,
            "工单{order}有一次联系诉求人的通话不在8时至22时之间，请在合适的时间联系；该次通话照常计数。",
        ),
        Notice::Withdrawn => Row::new(
            "诉求已撤回",
            "您的诉求已撤回。",
            "工单{order}的诉求人已撤回诉求，请办结。",
        ),
        Notice::AwaitsReview => {
            Row::new("工单待审核", IN_HAND, "工单{order}已提交办理情况，请审核。")
        }
        Notice::ReviewFailed => Row::new(
            "工单审核未通过",
            IN_HAND,
            "工单{order}的办理情况未通过审核，请补充办理后重新提交。",
        )
        .by(D::Handling),
        // Supervision and escalation (Art. 25).
        Notice::Attention { reason: _ } => {
            Row::new("工单关注提醒", IN_HAND, "工单{order}需要关注，原因见工单。").by(D::Handling)
        }
        Notice::EscalationProposed {
            action: _,
            reason: _,
        } => Row::new(
            "工单升级建议",
            IN_HAND,
            "工单{order}有升级处理的建议，建议和理由见工单，请决定。",
        )
        .by(D::Handling),
        Notice::Supervised { requirement: _ } => {
            Row::new("工单督办", IN_HAND, "工单{order}被督办，督办要求见工单。").by(D::Supervision)
        }
        Notice::SupervisionAnswered => Row::new(
            "督办情况已反馈",
            IN_HAND,
            "工单{order}的督办情况已反馈，请审核。",
        ),
        Notice::SupervisionAccepted => {
            Row::new("督办结束", IN_HAND, "工单{order}的督办反馈已通过。")
        }
        Notice::SupervisionRejected => Row::new(
            "督办反馈未通过",
            IN_HAND,
            "工单{order}的督办反馈未通过，请重新反馈。",
        )
        .by(D::Supervision),
        // Rating and end (Art. 27–30).
        Notice::RatingOffered => Row::new(
            "请您评价",
            "您的诉求已办理，请评价办理情况：非常满意、满意、基本满意、不满意、非常不满意。",
            "工单{order}已向诉求人提供评价渠道。",
        )
        .by(D::Rating),
        Notice::AwaitsFollowUp => Row::new(
            "工单待回访",
            "您的评价已收到，热线将与您联系。",
            "工单{order}的办理被评价为不满意，请回访并记录原因。",
        ),
        Notice::SentBack { reason: _ } => Row::new(
            "工单发回再次办理",
            "您的诉求已发回承办单位再次办理。",
            "工单{order}发回再次办理，不满意原因见工单。",
        )
        .by(D::Handling),
        Notice::MayFileStatement => Row::new(
            "可提交尽职说明",
            IN_HAND,
            "工单{order}再次办理后仍被评价为不满意，可提交尽职说明。",
        )
        .by(D::DiligenceStatement),
        Notice::Closed => Row::new("工单结束", "您的诉求已办结。", "工单{order}已结束。"),
        Notice::Dossier(notice) => dossiers::row(&notice.occasion),
        Notice::Knowledge(notice) => knowledge::row(&notice.occasion),
    }
}
