//! Stories as text: one command a line, `DATE TIME COMMAND ARGUMENTS [as=ROLE]`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use calendar::{Calendar, due_text};
use chrono::{DateTime, NaiveDate, Utc};
use contract::types::Channel;
use lifecycle::command::RealNameGround;
use lifecycle::directory::Directory;
use lifecycle::dossier::{
    About, Command, Contact, ContactPart, Context, Decision, Dossier, DossierDeadlineKind,
    DossierId, EmergencyLine, Event, Facts, Filing, Force, HandOff, Meeting, MeetingKind,
    NewMatter, OrderFacts, Position, Publication, Recorded, Rejection, ScopeReason, StaffChange,
    Submission, SubmittedTo, Supervisor, Training, apply, decide,
};
use lifecycle::effect::{Notice, Recipient};
use lifecycle::ids::{Actor, DistrictCode, OrderId, RequesterId, Role, TextId, UnitCode};
use lifecycle::ruleset::RuleBook;
use uuid::Uuid;

/// A dossier, its journal, and what it is decided under.
#[derive(Clone)]
pub(super) struct World {
    pub(super) dossier: Option<Dossier>,
    pub(super) journal: Vec<Recorded>,
    pub(super) calendar: Calendar,
    rules: RuleBook,
    directory: Directory,
}

pub(super) type Answer = Result<Decision, Rejection>;

impl World {
    pub(super) fn new() -> Self {
        Self {
            dossier: None,
            journal: Vec::new(),
            calendar: Calendar::shipped(),
            rules: RuleBook::default(),
            directory: directory(),
        }
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
        let (name, rest) = (words[2], &words[3..]);
        if name == "recompute" {
            self.calendar = calendar_2027(&self.calendar, rest[0]);
        }
        let by = actor(role.unwrap_or_else(|| usual_role(name, rest)));
        self.give(&command(name, rest), &by, now)
    }

    pub(super) fn give(&mut self, command: &Command, by: &Actor, now: DateTime<Utc>) -> Answer {
        let context = Context {
            now,
            calendar: &self.calendar,
            rules: &self.rules,
            directory: &self.directory,
        };
        let id = DossierId::new("D-1");
        let before = self.dossier.clone();
        let decision = decide(&id, before.as_ref(), command, by, &facts(), &context)?;
        let version = before.map_or(0, |dossier| dossier.version);
        for (seq, event) in (version + 1..).zip(decision.events.clone()) {
            let recorded = Recorded {
                seq,
                at: now,
                by: by.clone(),
                event,
            };
            let dossier = apply(self.dossier.take(), &recorded).expect("what was decided folds");
            self.dossier = Some(dossier);
            self.journal.push(recorded);
        }
        Ok(decision)
    }

    /// Every running deadline, one a line.
    pub(super) fn deadlines(&self) -> String {
        let mut text = String::new();
        for deadline in self
            .dossier
            .as_ref()
            .expect("a dossier")
            .running_deadlines()
        {
            let unit = deadline.unit.as_ref().map(ToString::to_string);
            let counted: Vec<String> = deadline
                .due
                .counted
                .iter()
                .map(|day| day.format("%m-%d").to_string())
                .collect();
            let force = match deadline.force {
                Force::Law => "law",
                Force::InPrinciple => "in principle",
                Force::Target => "target",
            };
            let _ = writeln!(
                text,
                "{} {} {} {} {}, {force}, #{}{} [{}]",
                deadline.kind,
                unit.as_deref().unwrap_or("centre"),
                deadline.rule,
                deadline.article,
                due_text(deadline.due.due_at),
                deadline.trigger_seq,
                if deadline.due.provisional {
                    " provisional"
                } else {
                    ""
                },
                counted.join(" "),
            );
        }
        text
    }
}

/// Who usually gives a command.
fn usual_role(name: &str, rest: &[&str]) -> &'static str {
    match name {
        "plan" | "progress" | "stage" | "ended" | "final" | "opinion" | "outcome" | "file"
        | "training" | "announce" => "unit:GZ-CGJ",
        "due" | "recompute" | "register" => "system",
        _ if rest.first() == Some(&"suggestion") => "channel",
        _ => "operator",
    }
}

/// A part of a contact: `119`, `abroad`, `refused`, `law=BASIS`, `signpost` or `order=A`.
fn contact_part(word: &str) -> Option<ContactPart> {
    let refused = |ground| ContactPart::RegistrationRefused {
        ground,
        told: text(16),
    };
    Some(match word {
        "119" => ContactPart::HandedOff {
            to: EmergencyLine::Fire,
            mode: HandOff::Transferred,
        },
        "abroad" => ContactPart::OutOfScope {
            reason: ScopeReason::OutsideTheCity,
            guidance: text(17),
        },
        "refused" => refused(RealNameGround::Dispute),
        "signpost" => ContactPart::Signposted { guidance: text(18) },
        word => match word.split_once('=')? {
            ("order", order) => ContactPart::Registered {
                order: OrderId::new(order),
            },
            ("law", basis) => refused(RealNameGround::OtherLaw {
                basis: basis.to_owned(),
            }),
            _ => return None,
        },
    })
}

/// A command from its words.
pub(super) fn command(name: &str, rest: &[&str]) -> Command {
    let first = rest.first().copied().unwrap_or_default();
    match name {
        "list" => Command::ListMatter(NewMatter {
            title: option(rest, "title").unwrap_or("某小区停车难").to_owned(),
            criteria: text(1),
            units: units(first),
            orders: orders(option(rest, "orders").unwrap_or_default()),
        }),
        "add-unit" => Command::AddUnit {
            unit: UnitCode::new(first),
        },
        "remove-unit" => Command::RemoveUnit {
            unit: UnitCode::new(first),
            reason: text(2),
        },
        "add" => Command::AddOrders {
            orders: orders(first),
        },
        "drop" => Command::RemoveOrders {
            orders: orders(first),
        },
        "bulletin" => Command::IssueBulletin,
        "plan" => Command::SubmitPlan { plan: text(3) },
        "progress" => Command::TellProgress { content: text(4) },
        "stage" => Command::ReportStage { report: text(5) },
        "ended" => Command::EndProcedure {
            ended_on: day(first),
        },
        "final" => Command::ReportFinal {
            guiding_department: option(rest, "to").unwrap_or("省住建厅").to_owned(),
            report: text(6),
        },
        "opinion" => Command::RecordOpinion { opinion: text(7) },
        "outcome" => Command::FeedBack { content: text(8) },
        "close" => Command::CloseMatter { note: text(9) },
        "announce" => Command::AnnounceChange {
            change: StaffChange {
                unit: UnitCode::new(first),
                position: Position::LeaderInCharge,
                completed_on: day(rest[1]),
            },
            filing: rest.get(2).map(|_| filing("new=cg-8")),
        },
        "file" => Command::FileChange(filing(&rest.join(" "))),
        _ => entry(name, rest),
    }
}

fn entry(name: &str, rest: &[&str]) -> Command {
    let first = rest.first().copied().unwrap_or_default();
    match name {
        "register" => Command::OpenRegister {
            year: first.parse().unwrap(),
        },
        "meeting" => Command::RecordMeeting(Meeting {
            meeting: match first {
                "plenary" => MeetingKind::Plenary,
                "liaison" => MeetingKind::Liaison,
                _ => MeetingKind::Research,
            },
            district: option(rest, "district").map(DistrictCode::new),
            held_on: day(rest[1]),
            members: units(option(rest, "members").unwrap_or("GZ-CGJ,GZ-GAJ")),
            decisions: vec![text(10)],
            orders: orders(option(rest, "orders").unwrap_or_default()),
        }),
        "training" => Command::RecordTraining(Training {
            unit: UnitCode::new(first),
            handling_office: option(rest, "office").map(str::to_owned),
            held_on: day(rest[1]),
            participants: option(rest, "number").unwrap_or("12").parse().unwrap(),
            subject: text(11),
        }),
        "contact" => Command::RecordContact(Contact {
            channel: Channel::Phone,
            said: Some(text(15)),
            parts: rest.iter().filter_map(|part| contact_part(part)).collect(),
        }),
        "solution" => Command::SubmitSolution(Submission {
            unit: option(rest, "unit").map(UnitCode::new),
            district: option(rest, "district").map(DistrictCode::new),
            to: SubmittedTo::JointConference,
            solution: text(12),
            orders: orders(option(rest, "orders").unwrap_or_default()),
        }),
        "ruling" => Command::RecordRuling { ruling: text(13) },
        "publish" if first == "suggestion" => Command::Publish(Publication::Suggestion {
            from: Supervisor::Media,
            content: text(14),
            received_on: day(rest[1]),
        }),
        "publish" => Command::Publish(Publication::Page {
            title: option(rest, "title").unwrap_or("受理渠道").to_owned(),
            address: "https://www.gz.gov.cn/12345".to_owned(),
            published_on: day(rest[1]),
        }),
        "due" => Command::MarkDue {
            deadline: kind(first),
            unit: rest.get(1).map(|unit| UnitCode::new(*unit)),
        },
        "recompute" => Command::RecomputeDeadlines,
        other => panic!("no command {other}"),
    }
}

fn filing(words: &str) -> Filing {
    let words: Vec<&str> = words.split_whitespace().collect();
    let number = |name| option(&words, name).map(str::to_owned);
    Filing {
        old_staff: number("old"),
        new_staff: number("new"),
        details: Some(text(15)),
    }
}

fn option<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    let value = |word: &&'a str| word.strip_prefix(name)?.strip_prefix('=');
    words.iter().find_map(value)
}

fn units(list: &str) -> Vec<UnitCode> {
    list.split(',')
        .filter(|it| !it.is_empty())
        .map(UnitCode::new)
        .collect()
}

fn orders(list: &str) -> Vec<OrderId> {
    list.split(',')
        .filter(|it| !it.is_empty())
        .map(OrderId::new)
        .collect()
}

pub(super) fn kind(name: &str) -> DossierDeadlineKind {
    let mut kinds = DossierDeadlineKind::ALL.into_iter();
    kinds.find(|kind| kind.name() == name).expect("a kind")
}

fn text(n: u128) -> TextId {
    TextId(Uuid::from_u128(n))
}

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
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
    let (name, code) = role.split_once(':').unwrap_or((role, ""));
    let role = match name {
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

/// Four orders: one of each unit, one that nobody has, and one that belongs to another matter.
fn facts() -> Facts {
    let order = |id: &str, unit: Option<&str>, matter: Option<&str>| {
        let facts = OrderFacts {
            requester: RequesterId(Uuid::from_u128(u128::from(id.as_bytes()[0]))),
            unit: unit.map(UnitCode::new),
            matter: matter.map(DossierId::new),
        };
        (OrderId::new(id), facts)
    };
    Facts {
        orders: BTreeMap::from([
            order("A", Some("GZ-CGJ"), None),
            order("B", Some("GZ-GAJ"), None),
            order("C", None, None),
            order("D", None, Some("D2026-OTHER")),
        ]),
    }
}

fn directory() -> Directory {
    let text = r#"
        districts = [{ code = "440106", name = "天河区", office = "天河区热线办" }]
        units = [
            { code = "GZ-CGJ", name = "市城市管理和综合执法局" },
            { code = "GZ-GAJ", name = "市公安局" },
            { code = "GZ-ZJJ", name = "市住房和城乡建设局" },
        ]"#;
    toml::from_str(text).unwrap()
}

/// The calendar with a notice for 2027, made up for the tests.
fn calendar_2027(calendar: &Calendar, notice: &str) -> Calendar {
    let off = match notice {
        "2027" => r#""2027-01-01", "2027-01-02", "2027-01-03""#,
        "2027-long" => r#""2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04", "2027-01-05""#,
        _ => return calendar.clone(),
    };
    let json = format!(r#"{{"year": 2027, "notice": "test", "off": [{off}]}}"#);
    let notice = Calendar::parse_year_json(&json).unwrap();
    calendar.with_year(notice).unwrap()
}

/// An answer in one line: the events and who is told what, or why not.
pub(super) fn brief(answer: &Answer) -> String {
    match answer {
        Err(rejection) => format!("rejected: {}", rejection.code()),
        Ok(decision) => {
            let events: Vec<String> = decision.events.iter().map(event).collect();
            let mut line = events.join(" ");
            for effect in &decision.effects {
                let about = match &effect.about {
                    About::Dossier => String::new(),
                    About::Order(order) => format!(" of {order}"),
                };
                let Notice::Dossier(notice) = &effect.notification.about else {
                    panic!("{effect:?}");
                };
                let occasion = serde_json::to_value(&notice.occasion).unwrap();
                let occasion = occasion["occasion"].as_str().unwrap().to_owned();
                let to = recipient(&effect.notification.to);
                let _ = write!(line, " | {to}{about}: {occasion}");
            }
            line
        }
    }
}

fn event(event: &Event) -> String {
    if let Event::DeadlineMarked { deadline, unit, .. } = event {
        let unit = unit.as_ref().map(|unit| format!(" {unit}"));
        format!("deadline_marked({deadline}{})", unit.unwrap_or_default())
    } else if let Event::ChangeFiled { late: true, .. } = event {
        "change_filed(late)".to_owned()
    } else {
        event.name().to_owned()
    }
}

fn recipient(recipient: &Recipient) -> String {
    match recipient {
        Recipient::Unit(unit) => unit.to_string(),
        Recipient::Adviser(unit) => format!("adviser {unit}"),
        Recipient::Requester => "requester".to_owned(),
        Recipient::Center => "centre".to_owned(),
        Recipient::LeaderInCharge(unit) => format!("leader of {unit}"),
        Recipient::DistrictOffice(district) => format!("office of {district}"),
    }
}

/// Gives the script and holds the last answer against a line.
#[track_caller]
pub(super) fn check(script: &str, expected: &str) {
    assert_eq!(brief(&World::new().run(script)), expected, "{script}");
}
