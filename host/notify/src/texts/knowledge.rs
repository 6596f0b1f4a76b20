//! The rows of notices about the knowledge base (Art. 33–38). They go to units, their leaders, districts'
//! offices and the centre; no requester is told of an entry.

use lifecycle::knowledge::Occasion;

use super::{IN_HAND, Row, Term};

/// The table.
#[expect(clippy::too_many_lines, reason = "a table with a row for each variant")]
pub(super) fn row(occasion: &Occasion) -> Row {
    let plain = |title, staff| Row::new(title, IN_HAND, staff);
    match occasion {
        // Points (R66, R67).
        Occasion::AwaitsReview => plain("知识点待审核", "知识点{entry}待另一人审核。"),
        Occasion::ReviewFailed { reason: _ } => {
            plain("知识点审核未通过", "知识点{entry}未通过审核，原因见平台。")
        }
        Occasion::Published { version: _, until } => {
            plain("知识点已发布", "知识点{entry}已发布，有效期至{until}。")
                .about(Term::Until(*until))
        }
        Occasion::PublishedBlocked {
            version: _,
            findings: _,
        } => plain(
            "已发布知识点检查有问题",
            "已发布的知识点{entry}检查发现问题，请修订或下架。",
        ),
        Occasion::AwaitsApproval => plain(
            "知识点有效期待同意",
            "知识点{entry}申请超过规定的有效期，请决定。",
        ),
        Occasion::LongerRefused { reason: _ } => plain(
            "知识点有效期未获同意",
            "知识点{entry}申请的较长有效期未获同意，原因见平台。",
        ),
        Occasion::ValidityRenewed { until } => {
            plain("知识点有效期更新", "知识点{entry}的有效期更新至{until}。")
                .about(Term::Until(*until))
        }
        Occasion::ExpiresSoon { days: _, until } => plain(
            "知识点即将到期",
            "知识点{entry}的有效期至{until}，请在到期前确认是否继续有效。",
        )
        .about(Term::Until(*until)),
        Occasion::Expired => plain(
            "知识点已到期",
            "知识点{entry}已到期，不再用于直接答复，请修订或下架。",
        ),
        Occasion::TakenDown { reason: _ } => {
            plain("知识点已下架", "知识点{entry}已下架，原因见平台。")
        }
        Occasion::Restored => plain("知识点恢复使用", "知识点{entry}已恢复使用。"),
        // Feedback (R68).
        Occasion::FeedbackOpened { due_at } => plain(
            "知识点反馈",
            "收到知识点反馈{entry}，请在{until}前处理并答复，无需操作的也请答复。",
        )
        .about(Term::Until(*due_at)),
        Occasion::EmergencyFeedbackOpened { due_at } => plain(
            "突发事件知识点反馈",
            "收到突发事件知识点反馈{entry}，请值班人员立即查看，在{until}前处理并答复。",
        )
        .about(Term::Until(*due_at)),
        Occasion::FeedbackAnswered { late: _ } => {
            plain("知识点反馈已答复", "知识点反馈{entry}已答复。")
        }
        Occasion::FeedbackWithdrawn => plain("知识点反馈已撤回", "知识点反馈{entry}已撤回。"),
        // Changes (R69).
        Occasion::ChangeAnnounced { effective_on: _ } => plain(
            "重要业务变动提前报告",
            "收到业务变动报告{entry}，生效日期和联合措施见平台。",
        ),
        Occasion::ChangeAmended { effective_on: _ } => plain(
            "业务变动报告更正",
            "业务变动报告{entry}有更正，生效日期和内容见平台。",
        ),
        Occasion::ChangeAcknowledged => {
            plain("业务变动报告已阅", "热线中心已阅业务变动报告{entry}。")
        }
        Occasion::ChangeTakesEffect { open_measures: _ } => plain(
            "业务变动今日生效",
            "业务变动{entry}今日生效，请核对各项联合措施是否落实。",
        ),
        Occasion::ChangeCancelled => plain("业务变动取消", "业务变动{entry}已取消。"),
        // Outages (R70).
        Occasion::OutageReported { script_by } => plain(
            "系统故障",
            "系统故障{entry}已报告，请在{until}前提供应答口径。",
        )
        .about(Term::Until(*script_by)),
        Occasion::ScriptProvided => {
            plain("故障应答口径", "系统故障{entry}的应答口径已提供或更新。")
        }
        Occasion::SecondStage => plain(
            "系统故障进入第二阶段",
            "系统故障{entry}已持续至次日，请及时向热线中心反馈进展，更新应答口径或到场支撑。",
        ),
        Occasion::OutageUpdated => plain("故障进展", "系统故障{entry}有新的进展。"),
        Occasion::OutageEnded => plain("系统恢复", "系统故障{entry}已恢复。"),
        // Deadlines of all of them.
        Occasion::Overdue { deadline } => {
            plain("逾期提醒", "{entry}的{deadline}期限已过，请立即办理。")
                .about(Term::Knowledge(*deadline))
        }
        Occasion::Reminder { deadline } => {
            plain("办理提醒", "{entry}的{deadline}时间已过，请抓紧办理。")
                .about(Term::Knowledge(*deadline))
        }
        Occasion::DeadlineRecomputed { deadline } => plain(
            "期限调整",
            "因放假安排公布，{entry}的{deadline}期限已重新计算。",
        )
        .about(Term::Knowledge(*deadline)),
    }
}
