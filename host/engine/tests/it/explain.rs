//! Each deadline says how it is counted, and the course of the clocks says what set and moved it: by
//! the kind of the period (R23, R24, T3–T6), and for every event that sets or replaces one (T12).

use calendar::Period;
use contract::types::{Channel, OrderType, Rating};
use engine::{CommandOptions, NewRequest, OrderExplanation, Texts};
use lifecycle::command::{
    Command, Dispatch, Evidence, EvidenceKind, Extension, Identity, NoticeReceipt, RatingChoice,
    RatingOffer, Reclassification, ReplyMethod, RequesterTold, Review, SpecialLimit,
    StatementEffect, StatementJudgement, SupervisionCase, SupervisionOrder,
};
use lifecycle::event::Event;
use lifecycle::ids::{Actor, OrderId, UnitCode};

use crate::world::{World, admin, at, channel, operator, reply, report, request, unit};

/// Nobody's by the rule, so that a person dispatches it.
const SUGGESTION: &str = "建议增设公交短线";

/// A command: when, by whom, what.
type Given<'a> = (&'a str, Actor, &'a dyn Fn(&mut Texts) -> Command);

/// What an explanation must say: of the step that an event made, or of the deadline of a kind, in
/// Chinese and in English.
type Said<'a> = (&'a str, &'a str, &'a str);

/// Registers a request, gives the commands, and looks for what the explanation must say. Whatever
/// happens, no event that sets or replaces a deadline goes without a step.
#[track_caller]
fn check(new: NewRequest, given: &[Given<'_>], said: &[Said<'_>]) {
    let world = World::new();
    let options = CommandOptions::default();
    let handled = world.engine.register(new, &operator(), &options).unwrap();
    let id = handled.order.id;
    for (when, by, command) in given {
        world.engine.pass_time(at(when), &admin(), 0).unwrap();
        let result = world.give(&id, by, *command);
        assert!(result.is_ok(), "{when}: {result:?}");
    }
    let explained = world.engine.explain(&id, &operator()).unwrap();
    for (what, zh, en) in said {
        let found = texts(&world, &id, &explained, what);
        assert!(
            found
                .iter()
                .any(|it| it.0.contains(zh) && it.1.contains(en)),
            "{what} says nowhere\n  {zh}\n  {en}\nbut\n  {found:#?}"
        );
    }
    for recorded in world.engine.view(&id, &operator()).unwrap().history {
        let event = &recorded.event;
        let replaces = matches!(
            event,
            Event::DeliveryRecorded { .. } | Event::DeadlineRecomputed { .. }
        );
        let step = explained.course.iter().find(|it| it.seq == recorded.seq);
        assert!(
            step.is_some() || (event.deadlines().is_empty() && !replaces),
            "no step for {}",
            event.name()
        );
    }
}

/// What the steps of an event, or the deadlines of a kind, say.
fn texts(
    world: &World,
    id: &OrderId,
    explained: &OrderExplanation,
    what: &str,
) -> Vec<(String, String)> {
    let history = world.engine.view(id, &operator()).unwrap().history;
    let named = |seq: u64| {
        let recorded = history.iter().find(|it| it.seq == seq);
        recorded.is_some_and(|it| it.event.name() == what)
    };
    let steps = explained.course.iter().filter(|it| named(it.seq));
    let steps = steps.map(|it| (it.explanation.zh.clone(), it.explanation.en.clone()));
    let deadlines = explained.deadlines.iter();
    let deadlines = deadlines.filter(|it| it.deadline.kind.name() == what);
    let deadlines = deadlines.map(|it| (it.explanation.zh.clone(), it.explanation.en.clone()));
    steps.chain(deadlines).collect()
}

fn suggestion() -> NewRequest {
    NewRequest {
        order_type: OrderType::Suggestion,
        ..request(SUGGESTION)
    }
}

fn complaint() -> NewRequest {
    request("工地凌晨打桩")
}

fn evidence() -> Evidence {
    Evidence {
        kind: EvidenceKind::Recording,
        reference: "rec-9".to_owned(),
    }
}

fn told(when: &str) -> RequesterTold {
    RequesterTold::Told {
        at: at(when),
        method: ReplyMethod::Phone,
        evidence: evidence(),
    }
}

fn text(texts: &mut Texts, text: &str) -> lifecycle::ids::TextId {
    texts.add(text.to_owned())
}

fn dispatched(period: Option<Period>) -> impl Fn(&mut Texts) -> Command {
    move |_| {
        Command::Dispatch(Dispatch {
            unit: UnitCode::new("GZ-ZJJ"),
            special_limit: period.map(|period| SpecialLimit {
                period,
                basis: "粤办函1号".to_owned(),
                attachment: None,
                extensions_max: None,
            }),
            joint: false,
        })
    }
}

/// R23, T3–T6: a special limit, dispatched on Wednesday 2026-09-30 at 18:00, over the holiday.
#[test]
#[rustfmt::skip]
fn each_kind_of_period_says_how_it_is_counted() {
    let until = Period::Until(at("2026-10-03T12:00:00+08:00"));
    for (period, zh, en) in [
        (None,
         "第十四条第二项10个工作日,自2026-10-08(下一个工作日)0时起算,只计工作日",
         "counted from 2026-10-08 00:00, the next working day, working days only"),
        (Some(Period::WorkingDays(1)),
         "第十四条第三项1个工作日,自2026-10-08(下一个工作日)0时起算,只计工作日",
         "counted from 2026-10-08 00:00, the next working day, working days only"),
        (Some(Period::CalendarDays(5)),
         "第十四条第三项5个自然日,自2026-10-01(次日)0时起算,节假日照计",
         "counted from 2026-10-01 00:00, the next day, days off included"),
        (Some(Period::Hours(36)),
         "第十四条第三项36小时,自2026-09-30 18:00起连续计算,夜间和节假日照计",
         "counted from 2026-09-30 18:00, through nights and days off"),
        (Some(Period::Minutes(90)),
         "第十四条第三项90分钟,自2026-09-30 18:00起连续计算,夜间和节假日照计",
         "counted from 2026-09-30 18:00, through nights and days off"),
        (Some(Period::Months(1)),
         "第十四条第三项1个月,自2026-10-01(次日)0时起算,至对应日期24时止",
         "counted from 2026-10-01 00:00, the next day, to 24:00 of the corresponding date"),
        (Some(until),
         "第十四条第三项指定时限,自2026-09-30 18:00起,不计天数,至文件指定的时刻止,于2026-10-03 12:00:00到期",
         "counted from 2026-09-30 18:00, to the instant that the document names, without counting days"),
    ] {
        let dispatch = dispatched(period);
        let given: [Given<'_>; 1] = [("2026-09-30T18:00:00+08:00", operator(), &dispatch)];
        // Step and deadline say the same.
        check(suggestion(), &given, &[("dispatched", zh, en), ("handling", zh, en)]);
    }
}

/// R37: an extension hangs off the end of the period before it, whatever its kind.
#[test]
#[rustfmt::skip]
fn an_extension_says_from_where_it_counts() {
    let first = at("2026-10-03T12:00:00+08:00");
    let second = Period::Until(at("2026-10-04T12:00:00+08:00"));
    for (period, longer, zh, en) in [
        (None, Period::WorkingDays(3),
         "第十九条3个工作日,自前一期限届满(2026-10-20 24:00)起算,只计工作日,",
         "counted from the end of the period before, 2026-10-20 24:00, working days only"),
        (Some(Period::CalendarDays(5)), Period::CalendarDays(2),
         "第十九条2个自然日,自前一期限届满(2026-10-05 24:00)起算,节假日照计,",
         "counted from the end of the period before, 2026-10-05 24:00, days off included"),
        (Some(Period::Hours(36)), Period::Hours(12),
         "第十九条12小时,自前一期限届满(2026-10-02 06:00:00)起连续计算,夜间和节假日照计,",
         "counted from the end of the period before, 2026-10-02 06:00:00, through nights and days off"),
        (Some(Period::Until(first)), second,
         "第十九条指定时限,自前一期限届满(2026-10-03 12:00:00)起,不计天数,至文件指定的时刻止,",
         "counted from the end of the period before, 2026-10-03 12:00:00, to the instant that the document"),
    ] {
        let dispatch = dispatched(period);
        let extend = |texts: &mut Texts| Command::Extend(Extension {
            period: longer,
            reason: text(texts, "等待检测结果"),
            approval: None,
        });
        let given: [Given<'_>; 2] = [
            ("2026-09-30T18:00:00+08:00", operator(), &dispatch),
            ("2026-09-30T19:00:00+08:00", unit("GZ-ZJJ"), &extend),
        ];
        check(suggestion(), &given, &[("extended", zh, en), ("handling", zh, en)]);
    }
}

/// R15, R16, A-19: what is missing, the notice, its receipt, the registration.
#[test]
#[rustfmt::skip]
fn the_time_for_information_runs_from_the_receipt() {
    let new = || NewRequest {
        channel: Channel::Online,
        missing: Some("具体地址".to_owned()),
        ..suggestion()
    };
    let notice = |delivered: Option<&'static str>| move |_: &mut Texts| {
        Command::RecordInformationNotice(NoticeReceipt {
            sent_at: at("2026-09-30T22:00:00+08:00"),
            delivered_at: delivered.map(at),
        })
    };
    let sent = notice(None);
    let delivered = |_: &mut Texts| Command::RecordDelivery {
        delivered_at: at("2026-10-01T00:10:00+08:00"),
    };
    let system = Actor::system();
    check(new(), &[("2026-09-30T22:00:00+08:00", system.clone(), &sent)], &[
        ("received", "信息不足,待补充,期间不计转派期限", "the time to dispatch does not run"),
        ("information_notice_sent",
         "发出补充信息通知,尚无送达回执,自发出起算;补充信息期限按第十二条第二款3个自然日,自2026-10-01(次日)0时起算,\
          节假日照计,于2026-10-03 24:00到期",
         "the notice was sent; its time runs from then until a receipt says otherwise; to supplement: 3 \
          calendar days by 第十二条第二款, counted from 2026-10-01 00:00, the next day, days off included, \
          due 2026-10-03 24:00"),
        ("information", "2026-09-30 22:00 发出补充信息通知,尚无送达回执,视为收到", "which counts as its receipt"),
    ]);
    check(new(), &[
        ("2026-09-30T22:00:00+08:00", system.clone(), &sent),
        ("2026-10-01T00:11:00+08:00", system.clone(), &delivered),
    ], &[
        ("delivery_recorded",
         "2026-10-01 00:11 送达回执确认2026-10-01 00:10收到通知,自收到起重新计算,由2026-10-03 24:00变为2026-10-04 \
          24:00;补充信息期限按第十二条第二款3个自然日,自2026-10-02(次日)0时起算,节假日照计,于2026-10-04 24:00到期",
         "a receipt confirms that the notice was received 2026-10-01 00:10; counted anew from then, from \
          2026-10-03 24:00 to 2026-10-04 24:00; to supplement: 3 calendar days"),
        ("information",
         "2026-10-01 00:10 收到补充信息通知,按第十二条第二款3个自然日,自2026-10-02(次日)0时起算,节假日照计,计入10-02、\
          10-03、10-04,于2026-10-04 24:00到期",
         "counting 10-02, 10-03, 10-04; due 2026-10-04 24:00"),
    ]);
    let same_day = |_: &mut Texts| Command::RecordDelivery {
        delivered_at: at("2026-09-30T22:30:00+08:00"),
    };
    check(new(), &[
        ("2026-09-30T22:00:00+08:00", system.clone(), &sent),
        ("2026-09-30T22:31:00+08:00", system.clone(), &same_day),
    ], &[("delivery_recorded", "自收到起重新计算,到期时间不变;补充信息期限", "without a change of its end")]);
    let received = notice(Some("2026-09-30T22:01:00+08:00"));
    let supply = |texts: &mut Texts| Command::SupplyInformation {
        content: text(texts, "员村二横路"),
        identity: Identity::SameAccount,
    };
    let enough = |_: &mut Texts| {
        Command::AssessInformation(lifecycle::command::InformationAssessment::Sufficient)
    };
    check(new(), &[
        ("2026-09-30T22:02:00+08:00", system, &received),
        ("2026-10-01T09:00:00+08:00", operator(), &supply),
        ("2026-10-03T10:00:00+08:00", operator(), &enough),
    ], &[
        ("information_notice_sent", "发出补充信息通知,2026-09-30 22:01收到,自收到起算", "received 2026-09-30 22:01"),
        ("information_sufficient",
         "登记时间为2026-10-03 10:00;转派期限按第十三条第二项1个工作日,自2026-10-08(下一个工作日)0时起算",
         "registered as of 2026-10-03 10:00; to dispatch: 1 working day by 第十三条第二项, counted from"),
    ]);
}

/// R24, R56, R57, R59, R63, A-19: from the report over two ratings to the statement.
#[test]
#[expect(clippy::too_many_lines, reason = "one life, step by step")]
#[rustfmt::skip]
fn the_way_to_the_end_is_told_step_by_step() {
    let staff = unit("GZ-D106");
    let system = Actor::system();
    let replied = |texts: &mut Texts| reply(at("2026-09-29T10:00:00+08:00"), texts);
    let submitted = |texts: &mut Texts| report(at("2026-09-29T11:00:00+08:00"), texts);
    let passed = |_: &mut Texts| Command::Review(Review::Pass);
    let failed = |texts: &mut Texts| Command::Review(Review::Fail { reason: text(texts, "缺少依据") });
    let offered = |_: &mut Texts| Command::RecordRatingOffer(RatingOffer {
        sent_at: at("2026-09-30T23:50:00+08:00"),
        delivered_at: None,
    });
    let delivered = |_: &mut Texts| Command::RecordDelivery {
        delivered_at: at("2026-10-01T00:10:00+08:00"),
    };
    let rated = |_: &mut Texts| Command::Rate(RatingChoice::Option(Rating::Dissatisfied));
    let called = |texts: &mut Texts| Command::RecordFollowUp(lifecycle::command::FollowUp {
        contacted_at: at("2026-10-09T10:00:00+08:00"),
        method: lifecycle::command::FollowUpMethod::Phone,
        reasons: text(texts, "仍在施工"),
        rating: None,
        evidence: None,
    });
    let sent_back = |texts: &mut Texts| Command::SendBack { reason: text(texts, "仍在施工") };
    let supervised = |texts: &mut Texts| Command::Supervise(SupervisionOrder {
        case: SupervisionCase::Other { period: Period::Hours(48) },
        requirement: text(texts, "尽快办结"),
        guidance_unit: None,
    });
    check(complaint(), &[
        ("2026-09-16T11:00:00+08:00", staff.clone(), &|_| Command::AcceptDuty),
        ("2026-09-29T10:00:00+08:00", staff.clone(), &replied),
        ("2026-09-29T11:00:00+08:00", staff.clone(), &submitted),
        ("2026-09-29T12:00:00+08:00", operator(), &failed),
        ("2026-09-29T13:00:00+08:00", staff, &submitted),
        ("2026-09-30T18:00:00+08:00", operator(), &passed),
        ("2026-09-30T23:50:00+08:00", system.clone(), &offered),
        ("2026-10-01T00:11:00+08:00", system, &delivered),
        ("2026-10-02T10:00:00+08:00", channel("穗好办"), &rated),
        ("2026-10-09T10:00:00+08:00", operator(), &called),
        ("2026-10-09T14:00:00+08:00", operator(), &sent_back),
        ("2026-10-09T15:00:00+08:00", operator(), &supervised),
    ], &[
        ("registered",
         "2026-09-16 10:00 登记;转派期限按第十三条第二项1个工作日,自2026-09-17(下一个工作日)0时起算,只计工作日,\
          于2026-09-17 24:00到期",
         "2026-09-16 10:00: registered; to dispatch: 1 working day by 第十三条第二项, counted from 2026-09-17 \
          00:00, the next working day, working days only, due 2026-09-17 24:00"),
        ("dispatched",
         "转派至GZ-D106;核查期限按第十六条2个工作日,自2026-09-17(下一个工作日)0时起算,只计工作日,于2026-09-18 \
          24:00到期;办理期限按第十四条第二项10个工作日,",
         "dispatched to GZ-D106; to verify: 2 working days by 第十六条, counted from 2026-09-17 00:00, the next \
          working day, working days only, due 2026-09-18 24:00; to handle: 10 working days by 第十四条第二项,"),
        ("submitted", "审核通过则以此时为止", "if it passes, the clock stopped here"),
        ("review_failed", "时限从未停止", "the clock has never stopped"),
        ("review_passed",
         "审核通过,办理用时止于提交之时;提供评价渠道的期限按第二十七条第二项24小时,自2026-09-30 18:00起连续计算,\
          夜间和节假日照计,于2026-10-01 18:00:00到期",
         "to offer a rating: 24 hours by 第二十七条第二项, counted from 2026-09-30 18:00, through nights and days \
          off, due 2026-10-01 18:00:00"),
        ("rating_offer",
         "2026-09-30 18:00 审核通过,按第二十七条第二项24小时,自2026-09-30 18:00起连续计算,夜间和节假日照计,",
         "Review passed 2026-09-30 18:00; 24 hours by 第二十七条第二项 (R56); counted from 2026-09-30 18:00, through"),
        ("rating_offered",
         "发出评价通知,尚无送达回执,自发出起算;评价期限按第二十七条第三项5个自然日,自2026-10-01(次日)0时起算,节假日照计,\
          于2026-10-05 24:00到期",
         "the rating notice was sent; its time runs from then until a receipt says otherwise; to rate: 5"),
        ("delivery_recorded", "由2026-10-05 24:00变为2026-10-06 24:00;评价期限", "from 2026-10-05 24:00 to 2026-10-06 24:00"),
        ("rating", "2026-10-01 00:10 收到评价通知,", "Rating notice received 2026-10-01 00:10"),
        ("sent_back",
         "发回再次办理,期限与首次办理期限相同,不得退回、延期;办理期限按第二十九条第二款10个工作日,自2026-10-10(下一个工作日)",
         "to handle: 10 working days by 第二十九条第二款, counted from 2026-10-10 00:00, the next working day"),
        ("supervised",
         "对GZ-D106督办;督办期限按第二十五条第一款48小时,自2026-10-09 15:00起连续计算",
         "GZ-D106 is supervised; to answer: 48 hours by 第二十五条第一款, counted from 2026-10-09 15:00"),
    ]);
}

/// R38, R39, A-17, A-23: additions and corrected types begin periods anew, or leave them alone.
#[test]
#[rustfmt::skip]
fn what_begins_anew_says_from_when() {
    let staff = unit("GZ-D106");
    let added = |texts: &mut Texts| Command::AddStatement {
        content: text(texts, "昨晚又施工到三点"),
        received_at: at("2026-09-26T11:00:00+08:00"),
        identity: Identity::SameAccount,
    };
    let judged = |statement, effect| move |texts: &mut Texts| Command::JudgeStatement(StatementJudgement {
        statement,
        effect,
        explanation: text(texts, "已说明"),
        told: told("2026-09-28T10:00:00+08:00"),
    });
    let affects = judged(5, StatementEffect::AffectsHandling);
    let does_not = judged(5, StatementEffect::DoesNotAffect);
    let corrected = |texts: &mut Texts| Command::Reclassify(Reclassification {
        order_type: OrderType::Consultation,
        reason: text(texts, "实为咨询"),
    });
    check(complaint(), &[
        ("2026-09-16T11:00:00+08:00", staff.clone(), &|_| Command::AcceptDuty),
        ("2026-09-26T11:00:00+08:00", channel("穗好办"), &added),
        ("2026-09-28T10:00:00+08:00", staff.clone(), &affects),
    ], &[
        ("statement_judged",
         "追加情况影响办理,自收到之日(2026-09-26 11:00)重新计算,此前的期限及延期不再适用;办理期限按第二十条第一项10个工作日,\
          自2026-09-28(下一个工作日)0时起算",
         "counted anew from its receipt, 2026-09-26 11:00, and the period before lapses with its extensions; to \
          handle: 10 working days by 第二十条第一项, counted from 2026-09-28 00:00, the next working day"),
    ]);
    check(complaint(), &[
        ("2026-09-16T11:00:00+08:00", staff.clone(), &|_| Command::AcceptDuty),
        ("2026-09-26T11:00:00+08:00", channel("穗好办"), &added),
        ("2026-09-28T10:00:00+08:00", staff, &does_not),
    ], &[("statement_judged", "追加情况不影响办理,时限不变", "the clock is unchanged")]);
    check(complaint(), &[("2026-09-18T10:00:00+08:00", operator(), &corrected)], &[
        ("reclassified",
         "更正工单类型,视为重新转派,时限重新计算;核查期限按第十六条2个工作日,",
         "to handle: 2 working days by 第十四条第一项, counted from 2026-09-20 00:00, the next working day"),
        ("handling",
         "2026-09-18 10:00 更正工单类型,视为重新转派,按第十四条第一项2个工作日",
         "Type corrected, which is a new dispatch, 2026-09-18 10:00"),
    ]);
}
