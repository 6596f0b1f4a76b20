//! The course of an order's clocks: what set each of them, by which article and how it is counted; what
//! moved it, and what left it alone although somebody may think otherwise (Art. 11–30).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use calendar::due_text;
use chrono::{DateTime, Utc};
use lifecycle::command::StatementEffect;
use lifecycle::deadline::{Deadline, DeadlineKind};
use lifecycle::event::{AssignmentRole, Event, Recorded};

use super::CourseStep;
use crate::explain::{Explanation, minute, terms};

/// Article, Chinese, English.
type Said = (&'static str, String, String);

/// What happened to the clocks, oldest first.
pub(super) fn course(history: &[Recorded]) -> Vec<CourseStep> {
    let mut steps = Vec::new();
    // When each kind of deadline ended before the event.
    let mut ends: BTreeMap<DeadlineKind, DateTime<Utc>> = BTreeMap::new();
    let mut rest = history.iter().peekable();
    while let Some(recorded) = rest.next() {
        let next = rest.peek().map(|it| &it.event);
        steps.extend(step(recorded, next, &ends));
        let set = set_by(&recorded.event).into_iter();
        ends.extend(set.map(|deadline| (deadline.kind, deadline.due.due_at)));
    }
    steps
}

/// What an event did to the clocks; nothing where it has nothing to do with them.
fn step(
    recorded: &Recorded,
    next: Option<&Event>,
    ends: &BTreeMap<DeadlineKind, DateTime<Utc>>,
) -> Option<CourseStep> {
    let event = &recorded.event;
    let (article, zh, en) = taking_in(event)
        .or_else(|| dispatching(event))
        .or_else(|| returning(event))
        .or_else(|| moving(event))
        .or_else(|| judged(event))
        .or_else(|| replacing(event, ends))
        .or_else(|| reviewing(event, next))
        .or_else(|| rating(event))
        .or_else(|| supervising(event))?;
    let at = minute(recorded.at);
    let mut explanation = Explanation {
        zh: format!("{at} {zh}"),
        en: format!("{at}: {en}"),
    };
    for deadline in set_by(event) {
        let ((zh, en), terms) = (name(deadline.kind), terms(deadline));
        // Writing to a String cannot fail.
        let _ = write!(explanation.zh, ";{zh}{}", terms.zh);
        let _ = write!(explanation.en, "; {en}: {}", terms.en);
    }
    Some(CourseStep {
        seq: recorded.seq,
        at: recorded.at,
        article,
        explanation,
    })
}

/// The deadlines that an event sets, those that take another's place included.
fn set_by(event: &Event) -> Vec<&Deadline> {
    let mut set = event.deadlines();
    if let Event::DeliveryRecorded { deadline, .. } | Event::DeadlineRecomputed { deadline, .. } =
        event
    {
        set.push(deadline);
    }
    set
}

/// What a deadline is for, in both languages.
const fn name(kind: DeadlineKind) -> (&'static str, &'static str) {
    match kind {
        DeadlineKind::Dispatch => ("转派期限", "to dispatch"),
        DeadlineKind::Verification => ("核查期限", "to verify"),
        DeadlineKind::Handling => ("办理期限", "to handle"),
        DeadlineKind::RatingOffer => ("提供评价渠道的期限", "to offer a rating"),
        DeadlineKind::Rating => ("评价期限", "to rate"),
        DeadlineKind::Information => ("补充信息期限", "to supplement"),
        DeadlineKind::Assistance => ("确定协办单位的期限", "to name the assisting units"),
        DeadlineKind::Opinion => ("出具指导意见的期限", "to give the opinion"),
        DeadlineKind::DiligenceStatement => ("提交履职尽责意见的期限", "to file the statement"),
        DeadlineKind::Supervision => ("督办期限", "to answer"),
        DeadlineKind::GuidanceFeedback => {
            ("业务指导单位反馈期限", "for the guidance unit to answer")
        }
    }
}

fn taking_in(event: &Event) -> Option<Said> {
    if let Event::Registered { .. } = event {
        let (zh, en) = ("登记", "registered");
        return Some(("第十一条第一款", zh.to_owned(), en.to_owned()));
    }
    if let Event::Received { .. } | Event::InformationRequested { .. } = event {
        return Some((
            "第十二条",
            "信息不足,待补充,期间不计转派期限".to_owned(),
            "information is missing; until it is there, the time to dispatch does not run"
                .to_owned(),
        ));
    }
    if let Event::InformationNoticeSent { receipt, .. } = event {
        let (zh, en) = received("补充信息通知", "notice", receipt.delivered_at);
        return Some(("第十二条第二款", zh, en));
    }
    if let Event::InformationSufficient { dispatch_by } = event {
        let at = minute(dispatch_by.trigger_at);
        return Some((
            "第十二条",
            format!("补充信息符合要求,登记时间为{at}"),
            format!("the information is there; registered as of {at}"),
        ));
    }
    None
}

/// A notice went out: its period runs from the receipt, or from the sending as long as nobody confirms
/// it.
fn received(zh: &str, en: &str, delivered_at: Option<DateTime<Utc>>) -> (String, String) {
    match delivered_at.map(minute) {
        Some(at) => (
            format!("发出{zh},{at}收到,自收到起算"),
            format!("the {en} was sent, and received {at}, from when its time runs"),
        ),
        None => (
            format!("发出{zh},尚无送达回执,自发出起算"),
            format!("the {en} was sent; its time runs from then until a receipt says otherwise"),
        ),
    }
}

fn dispatching(event: &Event) -> Option<Said> {
    if let Event::Dispatched { unit, role, .. } = event {
        let (article, zh, en) = match role {
            AssignmentRole::Ordinary => ("第十五条", "转派至", "dispatched to"),
            AssignmentRole::Lead => (
                "第十七条第三款",
                "牵头转派至",
                "dispatched, as lead unit, to",
            ),
            AssignmentRole::Determined => (
                "第十八条",
                "协调确定后转派至",
                "dispatched after coordination to",
            ),
            AssignmentRole::Rehandling => ("第二十九条", "发回", "sent back to"),
        };
        return Some((article, format!("{zh}{unit}"), format!("{en} {unit}")));
    }
    if let Event::PeriodBegun { .. } = event {
        return Some((
            "第十四条",
            "接受,视为此时收到工单,办理期限自此起算".to_owned(),
            "accepted, which counts as its receipt; the period begins here".to_owned(),
        ));
    }
    if let Event::SentBack { .. } = event {
        return Some((
            "第二十九条第二款",
            "发回再次办理,期限与首次办理期限相同,不得退回、延期".to_owned(),
            "sent back; the period is that of the first handling, without return or extension"
                .to_owned(),
        ));
    }
    None
}

fn returning(event: &Event) -> Option<Said> {
    let said = |article, zh: &str, en: &str| Some((article, zh.to_owned(), en.to_owned()));
    if let Event::ReturnRequested(_) = event {
        return said(
            "第十七条第二款",
            "申请退回,审核期间时限照常计算",
            "a return is applied for; the clock runs while it is decided",
        );
    }
    if let Event::ReturnRejected {
        excused_seconds, ..
    } = event
    {
        let (zh, en) = match excused_seconds {
            Some(_) => (
                ",考核时扣除审核用时",
                ", and the time of the decision is taken off in assessment",
            ),
            None => ("", ""),
        };
        return said(
            "第十七条第二款",
            &format!("退回审核不通过,办理时限不重新计算{zh}"),
            &format!("the return is refused; the period is not recomputed{en}"),
        );
    }
    if let Event::ReturnApproved { .. } = event {
        return said(
            "第十七条第二款",
            "退回审核通过,重新转派后时限重新计算",
            "the return is approved; the next unit's period begins with its receipt",
        );
    }
    if let Event::CoordinationOpened { .. } = event {
        return said(
            "第十八条第一款",
            "启动协调,条文未定确定承办单位的期限",
            "coordination begins; the text sets no time for determining the unit",
        );
    }
    if let Event::OpinionRequested { request, .. } = event {
        let adviser = &request.adviser;
        return Some((
            "第十八条第一款",
            format!("请{adviser}出具指导意见"),
            format!("{adviser} is asked for its opinion"),
        ));
    }
    None
}

fn moving(event: &Event) -> Option<Said> {
    if let Event::Extended { .. } = event {
        let (zh, en) = ("办理延期", "extended");
        return Some(("第十九条", zh.to_owned(), en.to_owned()));
    }
    if let Event::Reclassified {
        deadlines: Some(_), ..
    } = event
    {
        return Some((
            "第十五条、第四十五条",
            "更正工单类型,视为重新转派,时限重新计算".to_owned(),
            "the type was corrected; as with a new dispatch, the period begins anew".to_owned(),
        ));
    }
    if let Event::OrdersLinked(link) = event {
        let other = &link.other;
        let (zh, en) = if link.same {
            ("反映同一事项", "is about the same matter")
        } else {
            ("不再视为同一事项", "is not about the same matter after all")
        };
        return Some((
            "第二十六条",
            format!("工单{other}{zh},各自办理、回复和评价,时限不变"),
            format!(
                "order {other} {en}; each is handled, replied to and rated by itself, and no clock \
                 moves"
            ),
        ));
    }
    None
}

/// R38, R39: an addition that affects the handling begins the period anew, another one does not.
fn judged(event: &Event) -> Option<Said> {
    if let Event::StatementJudged {
        judgement,
        handle_by,
        undoes_miss,
    } = event
    {
        return Some(match (judgement.effect, handle_by) {
            (StatementEffect::AffectsHandling, Some(handle_by)) => {
                let at = minute(handle_by.trigger_at);
                let (zh, en) = if *undoes_miss {
                    (",此前逾期不再计入", "; the miss before counts no longer")
                } else {
                    ("", "")
                };
                (
                    "第二十条第一项",
                    format!(
                        "追加情况影响办理,自收到之日({at})重新计算,此前的期限及延期不再适用{zh}"
                    ),
                    format!(
                        "an addition affects the handling; counted anew from its receipt, {at}, and \
                         the period before lapses with its extensions{en}"
                    ),
                )
            }
            (StatementEffect::AffectsHandling, None) => (
                "第十五条、第二十条第一项",
                "追加情况影响办理,收到之后工单已重新转派,办理期限自该次转派起算,不再重新计算"
                    .to_owned(),
                "an addition affects the handling; the order was dispatched anew after its receipt, \
                 and the period runs from that dispatch"
                    .to_owned(),
            ),
            (StatementEffect::DoesNotAffect, _) => (
                "第二十条第二项",
                "追加情况不影响办理,时限不变".to_owned(),
                "an addition does not affect the handling; the clock is unchanged".to_owned(),
            ),
        });
    }
    None
}

/// Another deadline in the place of one: by a receipt that came later, by a new calendar (C3).
fn replacing(event: &Event, ends: &BTreeMap<DeadlineKind, DateTime<Utc>>) -> Option<Said> {
    if let Event::DeliveryRecorded {
        delivered_at,
        deadline,
    } = event
    {
        let article = if deadline.kind == DeadlineKind::Information {
            "第十二条第二款"
        } else {
            "第二十七条第三项"
        };
        let at = minute(*delivered_at);
        let (zh, en) = moved(ends.get(&deadline.kind).copied(), deadline);
        return Some((
            article,
            format!("送达回执确认{at}收到通知,自收到起重新计算,{zh}"),
            format!(
                "a receipt confirms that the notice was received {at}; counted anew from then, {en}"
            ),
        ));
    }
    if let Event::DeadlineRecomputed {
        deadline,
        previous_due_at,
    } = event
    {
        let version = &deadline.due.calendar_version;
        let (zh, en) = moved(Some(*previous_due_at), deadline);
        return Some((
            "第十五条",
            format!("按日历{version}重新计算,{zh}"),
            format!("recomputed under calendar {version}, {en}"),
        ));
    }
    None
}

/// From when to when a deadline moved, if it did.
fn moved(before: Option<DateTime<Utc>>, deadline: &Deadline) -> (String, String) {
    let due_at = deadline.due.due_at;
    match before.filter(|before| *before != due_at) {
        Some(before) => {
            let (before, due) = (due_text(before), due_text(due_at));
            (
                format!("由{before}变为{due}"),
                format!("from {before} to {due}"),
            )
        }
        None => (
            "到期时间不变".to_owned(),
            "without a change of its end".to_owned(),
        ),
    }
}

fn reviewing(event: &Event, next: Option<&Event>) -> Option<Said> {
    let (article, zh, en) = if let Event::Submitted(_) = event {
        // What goes to the district's office first has not come in yet: the next step says so.
        if let Some(Event::PassedToDistrict { .. }) = next {
            return None;
        }
        (
            "第十五条",
            "提交办理情况;审核通过则以此时为止",
            "the report is submitted; if it passes, the clock stopped here",
        )
    } else if let Event::PassedToDistrict { .. } = event {
        (
            "第五条",
            "提交办理情况,先由区热线机构审核,报送热线中心前时限照常计算",
            "the report is submitted to the district's office; the clock runs until that passes it on",
        )
    } else if let Event::DistrictReviewPassed = event {
        (
            "第五条、第十五条",
            "区热线机构审核通过并报送;热线中心审核通过则以此时为止",
            "the district's office passed the report on; if it passes, the clock stopped here",
        )
    } else if let Event::ReviewFailed { .. } = event {
        (
            "第十五条",
            "审核不通过,时限从未停止",
            "the report failed; the clock has never stopped",
        )
    } else if let Event::ReviewPassed { .. } = event {
        (
            "第十五条",
            "审核通过,办理用时止于提交之时",
            "the report passed; handling ended with its submission",
        )
    } else {
        return None;
    };
    Some((article, zh.to_owned(), en.to_owned()))
}

fn rating(event: &Event) -> Option<Said> {
    if let Event::RatingOffered { offer, .. } = event {
        let (zh, en) = received("评价通知", "rating notice", offer.delivered_at);
        return Some(("第二十七条第三项", zh, en));
    }
    if let Event::StatementAwaited { .. } = event {
        return Some((
            "第三十条第三款",
            "第二次评价不满意,承办单位可提交履职尽责意见".to_owned(),
            "dissatisfied again; the unit may file a diligence statement".to_owned(),
        ));
    }
    None
}

fn supervising(event: &Event) -> Option<Said> {
    if let Event::Supervised {
        unit, answer_by, ..
    } = event
    {
        let (zh, en) = match answer_by {
            Some(_) => ("", ""),
            None => (",条文未定期限", "; the text sets no time"),
        };
        return Some((
            "第二十五条",
            format!("对{unit}督办{zh}"),
            format!("{unit} is supervised{en}"),
        ));
    }
    if let Event::SupervisionRejected { .. } = event {
        return Some((
            "第二十五条第一款",
            "督办反馈审核不通过,督办期限不变".to_owned(),
            "the answer to a supervision is refused; its limit stays".to_owned(),
        ));
    }
    None
}
