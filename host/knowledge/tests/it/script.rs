//! Stories as text: one command a line, `DATE TIME ENTRY COMMAND ARGUMENTS [as=ROLE/NAME]`. The entry is
//! `p…` for a point, `f…` for a feedback, `c…` for a change, `o…` for an outage.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use calendar::Calendar;
use chrono::{DateTime, NaiveDate, Utc};
use contract::knowledge::{Field as Part, Finding, PointKind, Severity};
use knowledge_base::ids::{ChangeId, FeedbackId, Id, OutageId, PointId};
use knowledge_base::point::{
    Checked, Content, LegalBasis, LongerFor, NewPoint, Point, Relation, RelationKind, Span,
    Subject, Term, Verdict,
};
use knowledge_base::rules::KnowledgeRules;
use knowledge_base::{
    Command, Context, Decision, Entry, Event, Facts, Moment, PointFacts, Recorded, Rejection,
    apply, change, decide, feedback, needs, outage, point, timers,
};
use lifecycle::advice::{Attempt, Outcome, RuleImage};
use lifecycle::directory::Directory;
use lifecycle::effect::Recipient;
use lifecycle::ids::{Actor, DistrictCode, Role, TextId, UnitCode};
use lifecycle::ruleset::RuleBook;
use uuid::Uuid;

pub(super) type Answer = Result<Decision, Rejection>;

/// Entries with their journals, and what they are decided under.
#[derive(Clone)]
pub(super) struct World {
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) journals: BTreeMap<String, Vec<Recorded>>,
    pub(super) calendar: Calendar,
    pub(super) rules: KnowledgeRules,
    book: RuleBook,
    directory: Directory,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            journals: BTreeMap::new(),
            calendar: Calendar::shipped(),
            rules: KnowledgeRules::guangzhou_2023(),
            book: RuleBook::default(),
            directory: directory(),
        }
    }

    pub(super) fn context(&self, now: DateTime<Utc>) -> Context<'_> {
        Context {
            now,
            calendar: &self.calendar,
            book: &self.book,
            rules: &self.rules,
            directory: &self.directory,
        }
    }

    pub(super) fn point(&self, name: &str) -> &Point {
        let Entry::Point(point) = &self.entries[name] else {
            panic!("{name} is no point");
        };
        point
    }

    /// Gives every line; all but the last must succeed.
    #[track_caller]
    pub(super) fn run(&mut self, script: &str) -> Answer {
        let lines: Vec<&str> = script.lines().filter(|it| !it.trim().is_empty()).collect();
        let (last, before) = lines.split_last().expect("a line");
        for line in before {
            let answer = self.step(line);
            assert!(answer.is_ok(), "{line}: {answer:?}");
        }
        self.step(last)
    }

    pub(super) fn step(&mut self, line: &str) -> Answer {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let now = instant(words[0], words[1]);
        let role = words.iter().find_map(|word| word.strip_prefix("as="));
        words.retain(|word| !word.starts_with("as="));
        let (name, verb, rest) = (words[2], words[3], &words[4..]);
        let by = actor(role.unwrap_or_else(|| usual_role(name, verb)));
        let command = self.command(name, verb, rest);
        let checks = if verb == "check" {
            checks(rest)
        } else {
            Vec::new()
        };
        self.give(name, &command, &by, checks, now)
    }

    pub(super) fn give(
        &mut self,
        name: &str,
        command: &Command,
        by: &Actor,
        checks: Vec<Checked>,
        now: DateTime<Utc>,
    ) -> Answer {
        let entry = self.entries.get(name);
        let points = needs(entry, command).points.into_iter().filter_map(|id| {
            if let Entry::Point(point) = self.entries.get(id.as_str())? {
                Some((id, PointFacts::of(point)))
            } else {
                None
            }
        });
        let facts = Facts {
            checks,
            asked: None,
            points: points.collect(),
        };
        let decision = decide(&id(name), entry, command, by, &facts, &self.context(now))?;
        let mut entry = entry.cloned();
        let version = entry.as_ref().map_or(0, Entry::version);
        let journal = self.journals.entry(name.to_owned()).or_default();
        for (seq, event) in (version + 1..).zip(decision.events.clone()) {
            let recorded = Recorded {
                seq,
                at: now,
                by: by.clone(),
                event,
            };
            entry = Some(apply(entry, &recorded).expect("what was decided folds"));
            journal.push(recorded);
        }
        self.entries
            .insert(name.to_owned(), entry.expect("an entry"));
        Ok(decision)
    }

    /// Every timer of an entry, one a line.
    pub(super) fn timers(&self, name: &str) -> Vec<String> {
        let text = |moment| match moment {
            Moment::Remind { days } => format!("remind {days}"),
            Moment::Deadline { deadline } => deadline.name().to_owned(),
            Moment::ChangeTakesEffect => "takes effect".to_owned(),
            Moment::SecondStage => "second stage".to_owned(),
        };
        let timers = timers(&self.entries[name]).into_iter();
        timers
            .map(|timer| format!("{} {}", calendar::due_text(timer.at), text(timer.moment)))
            .collect()
    }

    pub(super) fn command(&self, name: &str, verb: &str, rest: &[&str]) -> Command {
        match verb {
            "due" => return Command::MarkDue(moment(rest)),
            "recompute" => return Command::RecomputeDeadlines,
            _ => {}
        }
        match &name[..1] {
            "p" => Command::Point(self.point_command(name, verb, rest)),
            "f" => Command::Feedback(feedback_command(verb, rest)),
            "c" => Command::Change(change_command(verb, rest)),
            _ => Command::Outage(outage_command(verb, rest)),
        }
    }

    fn point_command(&self, name: &str, verb: &str, rest: &[&str]) -> point::Command {
        use point::Command as C;
        let point = self.entries.get(name).map(|_| self.point(name));
        let revision = point.map_or(0, |point| point.revision);
        let verdict = if rest.contains(&"no") {
            Verdict::Fail { reason: text(1) }
        } else {
            Verdict::Pass
        };
        match verb {
            "draft" => C::Draft(NewPoint {
                owner: UnitCode::new(option(rest, "unit").unwrap_or("GZ-CGJ")),
                content: content(rest),
                term: term(rest),
            }),
            "edit" => C::Edit {
                content: content(rest),
                term: term(rest),
            },
            "revise" => C::Revise {
                content: content(rest),
                term: term(rest),
            },
            "discard" => C::Discard,
            "check" => C::Check {
                subject: match option(rest, "version") {
                    Some(version) => Subject::Version(version.parse().unwrap()),
                    None => Subject::Draft(
                        option(rest, "revision").map_or(revision, |it| it.parse().unwrap()),
                    ),
                },
            },
            "submit" => C::Submit,
            "review" => C::Review {
                revision: option(rest, "revision").map_or(revision, |it| it.parse().unwrap()),
                verdict,
            },
            "confirm" => C::Confirm { span: span(rest) },
            "ask" => C::RequestLonger {
                span: span(rest).unwrap_or(Span::Longest),
                reason: option(rest, "reason")
                    .unwrap_or("长期有效的制度")
                    .to_owned(),
            },
            "longer" => C::DecideLonger {
                of: if rest.contains(&"published") {
                    LongerFor::Published
                } else {
                    LongerFor::Draft
                },
                verdict,
            },
            "down" => C::TakeDown { reason: text(2) },
            "restore" => C::Restore,
            other => panic!("no command {other}"),
        }
    }
}

fn feedback_command(verb: &str, rest: &[&str]) -> feedback::Command {
    use feedback::{Action, Command as C, Fault, NewFeedback, Urgency};
    match verb {
        "open" => C::Open(NewFeedback {
            unit: UnitCode::new(option(rest, "unit").unwrap_or("GZ-CGJ")),
            point: option(rest, "point").map(PointId::new),
            fault: match rest[0] {
                "error" => Fault::Error,
                "gap" => Fault::Gap,
                "expired" => Fault::Expired,
                "unclear" => Fault::Unclear,
                _ => Fault::NewPoint,
            },
            urgency: if rest.contains(&"emergency") {
                Urgency::Emergency
            } else {
                Urgency::Ordinary
            },
            description: text(3),
        }),
        "answer" => C::Answer {
            action: match rest[0] {
                "added" => Action::Added {
                    point: PointId::new(option(rest, "point").unwrap()),
                },
                "revised" => Action::Revised,
                "confirmed" => Action::Confirmed,
                "taken_down" => Action::TakenDown,
                _ => Action::NothingToDo,
            },
            explanation: rest.contains(&"why").then(|| text(4)),
        },
        "withdraw" => C::Withdraw { reason: text(5) },
        other => panic!("no command {other}"),
    }
}

fn change_command(verb: &str, rest: &[&str]) -> change::Command {
    use change::{ChangeKind, Command as C, MeasureKind, NewChange, PassedOn};
    match verb {
        "announce" => C::Announce(NewChange {
            unit: UnitCode::new("GZ-CGJ"),
            kind: ChangeKind::BusinessRule,
            title: "提取规则调整".to_owned(),
            summary: "租房提取额度调整".to_owned(),
            effective_on: day(rest[0]),
            points: option(rest, "point")
                .map(PointId::new)
                .into_iter()
                .collect(),
            planned: BTreeSet::from([MeasureKind::UpdatePoints, MeasureKind::TrainAgents]),
        }),
        "amend" => C::Amend {
            effective_on: day(rest[0]),
            summary: option(rest, "summary")
                .unwrap_or("租房提取额度调整")
                .to_owned(),
        },
        "acknowledge" => C::Acknowledge,
        "pass" => C::PassOn {
            to: match rest[0] {
                "agents" => PassedOn::Agents,
                code if code.starts_with("44") => PassedOn::DistrictOffice(DistrictCode::new(code)),
                code => PassedOn::Unit(UnitCode::new(code)),
            },
        },
        "measure" => C::RecordMeasure {
            measure: match rest[0] {
                "points" => MeasureKind::UpdatePoints,
                "train" => MeasureKind::TrainAgents,
                _ => MeasureKind::SupportOnSite,
            },
            done_on: day(rest[1]),
            points: Vec::new(),
            note: Some(text(6)),
        },
        "close" => C::Close { note: text(7) },
        "cancel" => C::Cancel { reason: text(8) },
        other => panic!("no command {other}"),
    }
}

fn outage_command(verb: &str, rest: &[&str]) -> outage::Command {
    use outage::{Command as C, Notice, Progress, Report, Script, Support};
    let script = || Script {
        text: "系统正在抢修，可到窗口办理。".to_owned(),
        point: option(rest, "point").map(PointId::new),
    };
    let progress = |cause: Option<&str>| Progress {
        cause: cause.map(str::to_owned),
        affected: "网上预约".to_owned(),
        recovery_at: None,
    };
    match verb {
        "report" => C::Report(Report {
            unit: UnitCode::new("GZ-CGJ"),
            system: "穗好办".to_owned(),
            started_at: option(rest, "since").map(moment_of),
            progress: progress(None),
        }),
        "correct" => C::Correct(progress(option(rest, "cause"))),
        "page" => C::PublishNotice(Notice {
            page: "https://www.gz.gov.cn/".to_owned(),
            published_at: option(rest, "at").map(moment_of).unwrap(),
            cause: option(rest, "cause").unwrap_or("机房断电").to_owned(),
            time: "10月2日8时起".to_owned(),
            affected: "网上预约".to_owned(),
            recovery: "另行公告".to_owned(),
            screenshot: None,
        }),
        "script" => C::ProvideScript(script()),
        "tell" => C::TellProgress {
            progress: text(9),
            support: match rest[0] {
                "script" => Support::Script(script()),
                "onsite" => Support::OnSite,
                _ => Support::Unchanged,
            },
        },
        "end" => C::End {
            ended_at: moment_of(rest[0]),
            note: None,
        },
        other => panic!("no command {other}"),
    }
}

fn usual_role(name: &str, verb: &str) -> &'static str {
    match (&name[..1], verb) {
        (_, "due" | "recompute") => "system/kapok",
        ("p", "review") => "unit:GZ-CGJ/reviewer",
        ("p", "longer") | ("f", "open" | "withdraw") | ("c", "acknowledge" | "pass") => {
            "operator/centre"
        }
        _ => "unit:GZ-CGJ/writer",
    }
}

/// What a point says: `kind`, `title=`, `body=`, `to=POINT`, `bare` for nothing but a title.
fn content(rest: &[&str]) -> Content {
    let kind = match rest.first().copied().unwrap_or("script") {
        "policy" => PointKind::Policy,
        "guide" => PointKind::ServiceGuide,
        "interpretation" => PointKind::Interpretation,
        _ => PointKind::AnswerScript,
    };
    let mut content = Content::titled(option(rest, "title").unwrap_or("租房提取公积金"), kind);
    if rest.contains(&"bare") {
        return content;
    }
    option(rest, "body")
        .unwrap_or("每月最多提取一千四百元。")
        .clone_into(&mut content.body);
    content.legal_basis = vec![LegalBasis::cited("《住房公积金管理条例》第二十四条")];
    content.scope = "全市".to_owned();
    content.subjects = vec!["缴存职工".to_owned()];
    content.relations = option(rest, "to")
        .map(|point| Relation::Point {
            point: PointId::new(point),
            kind: RelationKind::SeeAlso,
        })
        .into_iter()
        .collect();
    content
}

fn term(rest: &[&str]) -> Term {
    Term {
        span: span(rest).unwrap_or(Span::Longest),
        longer_reason: option(rest, "reason").map(str::to_owned),
    }
}

fn span(rest: &[&str]) -> Option<Span> {
    let months = option(rest, "months").map(|it| Span::Months(it.parse().unwrap()));
    months.or_else(|| option(rest, "until").map(|it| Span::Until(day(it))))
}

/// What plugins find: `block`, `warn`, `failed` or nothing, one rule each.
pub(super) fn checks(rest: &[&str]) -> Vec<Checked> {
    let known = ["block", "warn", "failed"];
    let words = rest.iter().filter(|word| known.contains(word));
    words
        .map(|word| {
            let severity = match *word {
                "block" => Some(Severity::Block),
                "warn" => Some(Severity::Warn),
                _ => None,
            };
            let findings = severity.map(|severity| Finding {
                severity,
                field: Part::LegalBasis,
                index: Some(0),
                code: "basis-unnamed".to_owned(),
                message: "依据应写明文件全称".to_owned(),
            });
            Checked {
                attempt: Attempt {
                    scope: "440100".to_owned(),
                    rule: RuleImage {
                        image: "aa".to_owned(),
                        component: "bb".to_owned(),
                        settings: "cc".to_owned(),
                        name: "knowledge 0.1.0".to_owned(),
                        engine: "wasmtime 48.0.8".to_owned(),
                    },
                    outcome: match severity {
                        Some(_) => Outcome::Answered,
                        None => Outcome::Failed {
                            kind: lifecycle::advice::FailureKind::Trapped,
                            detail: "unreachable".to_owned(),
                        },
                    },
                    fuel: 1,
                    duration_us: 1,
                    canary: false,
                    function: None,
                },
                findings: findings.into_iter().collect(),
            }
        })
        .collect()
}

fn moment(rest: &[&str]) -> Moment {
    use knowledge_base::deadline::DeadlineKind;
    match rest[0] {
        "remind" => Moment::Remind {
            days: rest[1].parse().unwrap(),
        },
        "effect" => Moment::ChangeTakesEffect,
        "second" => Moment::SecondStage,
        name => Moment::Deadline {
            deadline: DeadlineKind::ALL
                .into_iter()
                .find(|kind| kind.name() == name)
                .expect("a kind"),
        },
    }
}

fn option<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    let value = |word: &&'a str| word.strip_prefix(name)?.strip_prefix('=');
    words.iter().find_map(value)
}

pub(super) fn id(name: &str) -> Id {
    match &name[..1] {
        "p" => Id::Point(PointId::new(name)),
        "f" => Id::Feedback(FeedbackId::new(name)),
        "c" => Id::Change(ChangeId::new(name)),
        _ => Id::Outage(OutageId::new(name)),
    }
}

fn text(n: u128) -> TextId {
    TextId(Uuid::from_u128(n))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// `2026-10-02T08:00`.
fn moment_of(text: &str) -> DateTime<Utc> {
    let (date, time) = text.split_once('T').unwrap();
    instant(date, time)
}

pub(super) fn instant(date: &str, time: &str) -> DateTime<Utc> {
    let time = if time.len() == 5 {
        format!("{time}:00")
    } else {
        time.to_owned()
    };
    format!("{date}T{time}+08:00").parse().unwrap()
}

pub(super) fn actor(role: &str) -> Actor {
    let (role, name) = role.split_once('/').unwrap_or((role, "somebody"));
    let (kind, code) = role.split_once(':').unwrap_or((role, ""));
    let role = match kind {
        "system" => Role::System,
        "admin" => Role::Admin,
        "operator" => Role::Operator,
        "unit" => Role::Unit(UnitCode::new(code)),
        "leader" => Role::Leader(UnitCode::new(code)),
        "district" => Role::District(DistrictCode::new(code)),
        "channel" => Role::Channel,
        "auditor" => Role::Auditor,
        other => panic!("no role {other}"),
    };
    Actor {
        role,
        name: name.to_owned(),
    }
}

fn directory() -> Directory {
    let text = r#"
        districts = [{ code = "440106", name = "天河区", office = "天河区热线办" }]
        units = [
            { code = "GZ-CGJ", name = "市城市管理和综合执法局" },
            { code = "GZ-GJJ", name = "广州住房公积金管理中心" },
        ]"#;
    toml::from_str(text).unwrap()
}

/// An answer in one line: the events and who is told what, or why not.
pub(super) fn brief(answer: &Answer) -> String {
    match answer {
        Err(rejection) => format!("rejected: {}", rejection.code()),
        Ok(decision) => {
            let events: Vec<&str> = decision.events.iter().map(Event::name).collect();
            let mut line = events.join(" ");
            for effect in &decision.effects {
                let occasion = serde_json::to_value(&effect.notice.occasion).unwrap();
                let occasion = occasion["occasion"].as_str().unwrap().to_owned();
                let to = match &effect.to {
                    Recipient::Unit(unit) => unit.to_string(),
                    Recipient::Center => "centre".to_owned(),
                    Recipient::LeaderInCharge(unit) => format!("leader of {unit}"),
                    Recipient::DistrictOffice(district) => format!("office of {district}"),
                    Recipient::Requester | Recipient::Adviser(_) => panic!("{effect:?}"),
                };
                let _ = write!(line, " | {to}: {occasion}");
            }
            line
        }
    }
}

/// Gives the script and holds the last answer against a line.
#[track_caller]
pub(super) fn check(script: &str, expected: &str) {
    assert_eq!(brief(&World::new().run(script)), expected, "{script}");
}

/// A point that is published at that date and time.
pub(super) fn published(date: &str, time: &str, words: &str) -> String {
    ["draft", "check", "submit", "review"]
        .iter()
        .map(|verb| {
            let words = if *verb == "draft" { words } else { "" };
            format!("{date} {time} p {verb} {words}\n")
        })
        .collect()
}
