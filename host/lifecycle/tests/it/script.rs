//! Small scripts of commands at instants. A line is `DATE TIME COMMAND words…`, in the city's own time;
//! words of the form `key=value` say more, and `as=ROLE` gives the command in another role than the
//! usual one:
//!
//! ```text
//! 2026-09-18 16:00 register complaint district=440106 advice=GZ-CGJ:900
//! 2026-09-18 16:05 dispatch GZ-CGJ limit=5nd basis=粤办函1号
//! 2026-09-18 17:00 call 16:00..16:01 unanswered
//! ```

use calendar::{Calendar, Period, YearNotice};
use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use contract::escalation::{Action, Audience, Proposal};
use contract::routing::Candidate;
use contract::types::{Channel, OrderType, Rating};
use lifecycle::advice::{Advice, Attempt, FailureKind, Outcome, RuleImage};
use lifecycle::command::{
    Command, ContactAttempt, ContactResult, DirectAnswer, Dispatch, Evidence, EvidenceKind,
    FollowUp, FollowUpMethod, HandlingReport, Moment, RatingChoice, RatingOffer, Registration,
    Reply, ReplyException, ReplyMethod, Review, SpecialLimit,
};
use lifecycle::deadline::DeadlineKind;
use lifecycle::directory::{Directory, District, Unit};
use lifecycle::event::Recorded;
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, Role, TextId, UnitCode};
use lifecycle::order::WorkOrder;
use lifecycle::rejection::Rejection;
use lifecycle::ruleset::RuleSet;
use lifecycle::{Context, Decision, Facts, Needs, apply, decide, needs};
use uuid::Uuid;

/// A world with one order in it.
pub(crate) struct World {
    pub(crate) calendar: Calendar,
    pub(crate) rules: RuleSet,
    pub(crate) directory: Directory,
    pub(crate) order: Option<WorkOrder>,
    pub(crate) journal: Vec<Recorded>,
}

/// What a line of a script came to.
pub(crate) struct Answer {
    pub(crate) needs: Needs,
    pub(crate) result: Result<Decision, Rejection>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            calendar: Calendar::shipped(),
            rules: RuleSet::guangzhou_2023(),
            directory: directory(),
            order: None,
            journal: Vec::new(),
        }
    }

    /// Runs a script; every line but the last must be accepted.
    pub(crate) fn run(&mut self, script: &str) -> Answer {
        let mut last = None;
        let lines = script
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty());
        for line in lines {
            if let Some((
                done,
                Answer {
                    result: Err(rejection),
                    ..
                },
            )) = last
            {
                panic!("`{done}` was rejected: {rejection:?}");
            }
            last = Some((line, self.step(line)));
        }
        last.expect("a script has at least one line").1
    }

    /// Runs one line.
    pub(crate) fn step(&mut self, line: &str) -> Answer {
        let line = Line::parse(line);
        if let Some(notice) = line.word("calendar") {
            self.calendar = calendar_2027(&self.calendar, notice);
        }
        self.give(&line.command(), &line.actor(), line.at, &line.facts())
    }

    /// Gives a command; what it decides is applied.
    pub(crate) fn give(
        &mut self,
        command: &Command,
        by: &Actor,
        now: DateTime<Utc>,
        advice: &Facts,
    ) -> Answer {
        let (calendar, rules, directory) = (&self.calendar, &self.rules, &self.directory);
        let context = Context {
            now,
            calendar,
            rules,
            directory,
        };
        let order = self.order.as_ref();
        let needs = needs(order, command, &context);
        let facts = Facts {
            routing: advice.routing.clone().filter(|_| needs.routing),
            escalation: advice
                .escalation
                .clone()
                .filter(|_| needs.escalation.is_some()),
        };
        let result = decide(order, command, by, &facts, &context);
        let unasked = decide(order, command, by, advice, &context);
        assert_eq!(
            result, unasked,
            "advice that was not needed made a difference"
        );
        if let Ok(decision) = &result {
            let used = |name| {
                decision
                    .events
                    .iter()
                    .filter(|event| event.name() == name)
                    .count()
            };
            assert_eq!(
                used("routing_advised"),
                usize::from(facts.routing.is_some())
            );
            assert_eq!(
                used("escalation_advised"),
                usize::from(facts.escalation.is_some())
            );
        }
        if let Ok(decision) = &result {
            assert!(
                !decision.events.is_empty(),
                "a decision records at least one event"
            );
            for event in &decision.events {
                let seq = self.order.as_ref().map_or(1, |order| order.version + 1);
                let recorded = Recorded {
                    seq,
                    at: now,
                    by: by.clone(),
                    event: event.clone(),
                };
                let order = apply(self.order.take(), &recorded);
                self.order = Some(order.expect("what was decided can be applied"));
                self.journal.push(recorded);
            }
        }
        Answer { needs, result }
    }

    pub(crate) fn order(&self) -> &WorkOrder {
        self.order.as_ref().expect("the order is registered")
    }
}

/// A line, taken apart.
struct Line<'a> {
    at: DateTime<Utc>,
    name: &'a str,
    words: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Self {
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
    fn word(&self, key: &str) -> Option<&'a str> {
        self.words
            .iter()
            .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
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

    fn actor(&self) -> Actor {
        let usual = match self.name {
            "accept" | "call" | "reply" | "submit" => "unit:GZ-CGJ",
            "offer" | "due" | "recompute" => "system",
            "rate" => "channel",
            _ => "operator",
        };
        actor(self.word("as").unwrap_or(usual))
    }

    fn facts(&self) -> Facts {
        Facts {
            routing: self.word("advice").map(routing_advice),
            escalation: self.word("escalate").map(escalation_advice),
        }
    }

    fn command(&self) -> Command {
        match self.name {
            "register" => Command::Register(self.registration()),
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
                }),
            }),
            "accept" => Command::AcceptDuty,
            "call" => Command::RecordContactAttempt(self.call()),
            "reply" => Command::RecordReply(Reply {
                replied_at: self.time("at"),
                method: ReplyMethod::Phone,
                content: text(3),
                evidence: match self.word("evidence") {
                    Some("none") => Vec::new(),
                    Some("blank") => vec![evidence(" ")],
                    Some(_) | None => vec![evidence("REC-1")],
                },
            }),
            "submit" => Command::Submit(self.report()),
            "pass" => Command::Review(Review::Pass),
            "fail" => Command::Review(Review::Fail { reason: text(6) }),
            "offer" => Command::RecordRatingOffer(RatingOffer {
                sent_at: self.time("sent"),
                delivered_at: self.word("delivered").map(|text| self.instant(text)),
            }),
            "rate" => Command::Rate(rating(self.first())),
            "follow_up" => Command::RecordFollowUp(FollowUp {
                contacted_at: self.time("at"),
                method: FollowUpMethod::Phone,
                reasons: text(8),
            }),
            "close" => Command::CloseDissatisfied { reason: text(9) },
            "due" => Command::MarkDue {
                deadline: kind(self.first()),
                moment: match self.plain(1) {
                    Some("soon") => Moment::DueSoon,
                    Some("still") => Moment::StillOverdue,
                    Some(_) | None => Moment::Passed,
                },
            },
            "recompute" => Command::RecomputeDeadlines,
            other => panic!("`{other}` is no command of a script"),
        }
    }

    fn registration(&self) -> Registration {
        let owned = |key| self.word(key).map(str::to_owned);
        Registration {
            order: OrderId::new("20260918-TESTTESTTE"),
            order_type: order_type(self.first()),
            channel: Channel::Phone,
            district: self.word("district").map(DistrictCode::new),
            street: owned("street"),
            category: owned("category"),
            requester: RequesterId(Uuid::from_u128(1)),
            request: text(1),
            source: owned("source"),
        }
    }

    /// `call 16:00..16:01 unanswered`
    fn call(&self) -> ContactAttempt {
        let (start, end) = self.first().split_once("..").expect("START..END");
        ContactAttempt {
            started_at: self.instant(start),
            ended_at: self.instant(end),
            result: match self.plain(1) {
                Some("answered") => ContactResult::Answered,
                Some(_) | None => ContactResult::Unanswered,
            },
            evidence: self.word("evidence").unwrap_or("CALL-1").to_owned(),
        }
    }

    fn report(&self) -> HandlingReport {
        HandlingReport {
            handled_from: self.time("from"),
            handled_until: self.time("until"),
            handling_office: self.word("office").map(|office| office.replace('_', " ")),
            course: text(4),
            result: text(5),
            reply_exception: match self.plain(0) {
                Some("unreachable") => Some(ReplyException::Unreachable),
                Some("not_wanted") => {
                    let reference = self.word("evidence").unwrap_or("REC-2").replace('_', " ");
                    Some(ReplyException::NotWanted {
                        evidence: evidence(&reference),
                    })
                }
                Some(other) => panic!("`{other}` is no exception"),
                None => None,
            },
            remarks: None,
        }
    }
}

/// An instant in the city's own time.
pub(crate) fn instant(date: &str, time: &str) -> DateTime<Utc> {
    let seconds = if time.len() == 5 { ":00" } else { "" };
    let local: NaiveDateTime = format!("{date}T{time}{seconds}")
        .parse()
        .expect("an instant");
    local
        .and_local_timezone(calendar::zone())
        .unwrap()
        .with_timezone(&Utc)
}

/// `date time` as one text.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    let (date, time) = text.split_once(' ').expect("DATE TIME");
    instant(date, time)
}

pub(crate) fn actor(role: &str) -> Actor {
    let role = match role.split_once(':') {
        Some(("unit", code)) => Role::Unit(UnitCode::new(code)),
        Some(("district", code)) => Role::District(DistrictCode::new(code)),
        Some(_) | None => match role {
            "system" => return Actor::system(),
            "operator" => Role::Operator,
            "channel" => Role::Channel,
            "admin" => Role::Admin,
            "auditor" => Role::Auditor,
            other => panic!("`{other}` is no role"),
        },
    };
    Actor {
        role,
        name: "tester".to_owned(),
    }
}

pub(crate) fn text(n: u128) -> TextId {
    TextId(Uuid::from_u128(n))
}

pub(crate) fn order_type(name: &str) -> OrderType {
    serde_json::from_value(name.into()).unwrap_or_else(|_| panic!("`{name}` is no type of order"))
}

pub(crate) fn kind(name: &str) -> DeadlineKind {
    serde_json::from_value(name.into()).unwrap_or_else(|_| panic!("`{name}` is no deadline"))
}

fn rating(name: &str) -> RatingChoice {
    match serde_json::from_value::<Rating>(name.into()) {
        Ok(rating) => RatingChoice::Option(rating),
        Err(_) => RatingChoice::Other(text(7)),
    }
}

fn evidence(reference: &str) -> Evidence {
    Evidence {
        kind: EvidenceKind::Recording,
        reference: reference.to_owned(),
    }
}

/// `5wd`, `5nd`, `36h`, or an instant `2026-10-06t12:00`.
fn period(text: &str) -> Period {
    if let Some((date, time)) = text.split_once('t') {
        return Period::Until(instant(date, time));
    }
    let number = text.trim_end_matches(char::is_alphabetic);
    match text.strip_prefix(number) {
        Some("wd") => Period::WorkingDays(number.parse().unwrap()),
        Some("nd") => Period::CalendarDays(number.parse().unwrap()),
        Some("h") => Period::Hours(number.parse().unwrap()),
        Some(_) | None => panic!("`{text}` is no period"),
    }
}

/// `GZ-CGJ:900,GZ-GAJ:700`, or `no_rule`, `no_opinion`, `failed`.
pub(crate) fn routing_advice(text: &str) -> Advice<Vec<Candidate>> {
    let candidate = |part: &str| {
        let (unit, score) = part.split_once(':').expect("UNIT:SCORE");
        Candidate {
            unit: unit.to_owned(),
            score_permille: score.parse().unwrap(),
            reason: "关键词：占道经营".to_owned(),
        }
    };
    let failed = Outcome::Failed {
        kind: FailureKind::OutOfFuel,
        detail: String::new(),
    };
    match text {
        "no_rule" => advice(Vec::new(), None),
        "no_opinion" => advice(vec![Outcome::NoOpinion, Outcome::NoOpinion], None),
        "failed" => advice(vec![Outcome::NoOpinion, failed], None),
        "empty" => advice(vec![Outcome::Answered], Some(Vec::new())),
        ranked => {
            let candidates = ranked.split(',').map(candidate).collect();
            advice(vec![Outcome::Answered], Some(candidates))
        }
    }
}

/// `notify_unit,notify_leader,supervise`, `nothing`, or `failed`.
pub(crate) fn escalation_advice(text: &str) -> Advice<Vec<Proposal>> {
    let proposal = |name: &str| Proposal {
        action: match name {
            "notify_unit" => Action::Notify(Audience::HandlingUnit),
            "notify_leader" => Action::Notify(Audience::LeaderInCharge),
            "notify_district" => Action::Notify(Audience::DistrictOffice),
            "notify_center" => Action::Notify(Audience::HotlineCenter),
            "supervise" => Action::Supervise,
            "coordinate" => Action::OpenCoordination,
            other => panic!("`{other}` is no action"),
        },
        reason: "即将到期".to_owned(),
    };
    match text {
        "failed" => advice(
            vec![Outcome::Refused {
                detail: String::new(),
            }],
            None,
        ),
        "nothing" => advice(vec![Outcome::Answered], Some(Vec::new())),
        names => {
            let proposals = names.split(',').map(proposal).collect();
            advice(vec![Outcome::Answered], Some(proposals))
        }
    }
}

fn advice<V>(outcomes: Vec<Outcome>, verdict: Option<V>) -> Advice<V> {
    let attempt = |outcome| Attempt {
        scope: "440100".to_owned(),
        rule: RuleImage {
            image: "11".to_owned(),
            component: "22".to_owned(),
            settings: "33".to_owned(),
            name: "routing 0.1.0".to_owned(),
            engine: "wasmtime 48.0.8".to_owned(),
        },
        outcome,
        fuel: 1000,
        duration_us: 20,
    };
    Advice {
        decision: Uuid::from_u128(7),
        question: "44".to_owned(),
        attempts: outcomes.into_iter().map(attempt).collect(),
        verdict,
    }
}

/// Two districts, four units.
pub(crate) fn directory() -> Directory {
    let district = |code: &str, name: &str| District {
        code: DistrictCode::new(code),
        name: name.to_owned(),
        office: format!("{name}热线工作机构"),
    };
    let unit = |code: &str, name: &str| Unit {
        code: UnitCode::new(code),
        name: name.to_owned(),
        kind: None,
        district: None,
        by_reference: false,
    };
    let districts = [district("440106", "天河区"), district("440115", "南沙区")];
    let units = [
        unit("GZ-CGJ", "市城市管理和综合执法局"),
        unit("GZ-GAJ", "市公安局"),
    ];
    Directory::new(districts, units).unwrap()
}

/// The calendar with a notice for 2027, made up for the tests.
fn calendar_2027(calendar: &Calendar, notice: &str) -> Calendar {
    let (off, work): (&[&str], &[&str]) = match notice {
        "2027" => (
            &[
                "2026-12-31",
                "2027-01-01",
                "2027-01-02",
                "2027-01-03",
                "2027-01-04",
            ],
            &["2027-01-10"],
        ),
        "2027b" => (&["2027-01-01"], &["2027-01-09", "2027-01-10"]),
        other => panic!("`{other}` is no notice of the tests"),
    };
    let days = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
    let notice = YearNotice {
        year: 2027,
        notice: "made up for tests".to_owned(),
        off: days(off),
        work: days(work),
    };
    calendar.with_year(notice).unwrap()
}

/// The word of a `due` line for a moment.
pub(crate) fn moment_word(moment: Moment) -> &'static str {
    match moment {
        Moment::DueSoon => "soon",
        Moment::Passed => "",
        Moment::StillOverdue => "still",
    }
}

/// One second before and one second after.
pub(crate) fn second(at: DateTime<Utc>, offset: i64) -> DateTime<Utc> {
    at + TimeDelta::seconds(offset)
}
