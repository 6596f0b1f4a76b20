//! The rows of notices about dossiers. What a unit tells is a text of its own and stands in the dossier.

use lifecycle::dossier::Occasion;

use super::{Row, Term};

/// The table.
pub(super) fn row(occasion: &Occasion) -> Row {
    let plain = |title, staff| Row::new(title, "您反映的事项正在推进。", staff);
    match occasion {
        Occasion::Listed => plain("长期推进事项", "长期推进事项{dossier}已列入台账。"),
        Occasion::Unlisted => plain("长期推进事项", "长期推进事项{dossier}已移出台账。"),
        Occasion::Bulletin => plain("长期推进事项通报", "长期推进事项{dossier}有定期通报。"),
        Occasion::PlanSubmitted { unit: _ } => {
            plain("工作计划已提交", "长期推进事项{dossier}已提交工作计划。")
        }
        Occasion::Progress {
            unit: _,
            content: _,
        } => Row {
            requester: "您反映的事项有新的推进情况：{words}。",
            ..plain("推进情况", "长期推进事项{dossier}有新的推进情况。")
        },
        Occasion::StageReported { unit: _ } => {
            plain("阶段性成果", "长期推进事项{dossier}已报告阶段性成果。")
        }
        Occasion::OpinionRequested { unit: _ } => plain(
            "请出具意见",
            "长期推进事项{dossier}请业务指导部门出具意见。",
        ),
        Occasion::FedBack {
            unit: _,
            content: _,
        } => Row {
            requester: "您反映的事项已有最终情况：{words}。",
            ..plain("最终情况", "长期推进事项{dossier}已反馈最终情况。")
        },
        Occasion::AwaitsClosing => plain(
            "长期推进事项待结束",
            "长期推进事项{dossier}各单位均已反馈，请决定是否结束。",
        ),
        Occasion::Closed => Row {
            requester: "您反映的事项已结束推进。",
            ..plain("长期推进事项结束", "长期推进事项{dossier}已结束。")
        },
        Occasion::ChangeFiled { unit: _, late: _ } => {
            plain("人员变动备案", "人员变动已备案，见{dossier}。")
        }
        Occasion::SolutionSubmitted => {
            plain("疑难事项待研究", "疑难事项{dossier}已提交研究，请审议。")
        }
        Occasion::RulingRecorded => plain("疑难事项已决定", "疑难事项{dossier}已有决定。"),
        Occasion::SuggestionReceived => plain("收到建议", "收到一条建议，见{dossier}。"),
        Occasion::Overdue { deadline, unit: _ } => Row {
            deadline: Some(Term::Dossier(*deadline)),
            ..plain("逾期提醒", "{dossier}的{deadline}期限已过，请立即办理。")
        },
        Occasion::Reminder { deadline, unit: _ } => Row {
            deadline: Some(Term::Dossier(*deadline)),
            ..plain("办理提醒", "{dossier}的{deadline}时间已过，请抓紧办理。")
        },
        Occasion::DeadlineRecomputed { deadline } => Row {
            deadline: Some(Term::Dossier(*deadline)),
            ..plain(
                "期限调整",
                "因放假安排公布，{dossier}的{deadline}期限已重新计算。",
            )
        },
    }
}
