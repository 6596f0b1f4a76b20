//! Commands on entries of the knowledge base: points from the draft to their end above all, with feedback,
//! changes and outages beside them.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, TimeDelta, Utc};
use contract::knowledge::PointKind;
use engine::Texts;
use knowledge_base::change::{ChangeKind, MeasureKind, NewChange, PassedOn};
use knowledge_base::feedback::{Action, Fault, NewFeedback, Urgency};
use knowledge_base::ids::PointId;
use knowledge_base::outage::{Notice, Progress, Report, Script, Support};
use knowledge_base::point::{
    Content, DraftStage, LegalBasis, LongerFor, NewPoint, Point, Span, Subject, Term, Verdict,
};
use knowledge_base::{Command, Entry, change, feedback, outage, point};
use lifecycle::ids::{Actor, DistrictCode, TextId, UnitCode};

use crate::chance::Chance;
use crate::city::{DISTRICTS, anybody, leader_of, operator, some_unit, staff_of};

/// Makes one command on an entry, or one that opens one.
pub(crate) struct KnowledgeMaker<'a> {
    pub(crate) entry: Option<&'a Entry>,
    pub(crate) now: DateTime<Utc>,
    /// The points that there are, with their owners.
    pub(crate) points: &'a [(PointId, UnitCode)],
    /// The unit that a new entry is about.
    pub(crate) unit: UnitCode,
    pub(crate) chance: Chance,
    pub(crate) texts: &'a mut Texts,
}

/// Whoever has to do with an entry: its unit's staff, a second person of it, or the centre.
pub(crate) fn author(unit: &UnitCode, chance: &mut Chance) -> Actor {
    match chance.below(20) {
        0 => anybody(chance),
        1..9 => staff_of(unit),
        9..14 => leader_of(unit),
        _ => operator(),
    }
}

impl KnowledgeMaker<'_> {
    fn say(&mut self) -> TextId {
        let number = self.chance.below(30);
        let text = if number == 0 {
            " ".to_owned()
        } else {
            format!("说明第{number}号")
        };
        self.texts.add(text)
    }

    fn content(&mut self) -> Content {
        let kinds = [
            PointKind::Policy,
            PointKind::ServiceGuide,
            PointKind::AnswerScript,
        ];
        let kind = *self.chance.pick(&kinds);
        let mut content = Content::titled(format!("办事指南第{}号", self.chance.below(99)), kind);
        content.body = format!("第{}步:携带身份证办理", self.chance.below(99));
        content.scope = "全市".to_owned();
        content.subjects = vec!["市民".to_owned()];
        content.legal_basis = vec![LegalBasis::cited("《广州市12345热线管理办法》第十条")];
        if self.chance.percent(30) {
            let district = DistrictCode::new(*self.chance.pick(&DISTRICTS));
            content.districts = BTreeSet::from([district]);
        }
        content
    }

    fn term(&mut self) -> Term {
        let span = match self.chance.below(6) {
            0 => Span::Months(1),
            1 => Span::Months(80),
            _ => Span::Longest,
        };
        Term {
            span,
            longer_reason: (span == Span::Months(80)).then(|| "长期不变".to_owned()),
        }
    }

    fn verdict(&mut self) -> Verdict {
        if self.chance.percent(80) {
            Verdict::Pass
        } else {
            Verdict::Fail { reason: self.say() }
        }
    }

    /// The command.
    pub(crate) fn make(&mut self) -> Command {
        match self.entry {
            None => self.opening(),
            Some(Entry::Point(point)) => Command::Point(self.on_point(point)),
            Some(Entry::Feedback(_)) => Command::Feedback(self.on_feedback()),
            Some(Entry::Change(_)) => Command::Change(self.on_change()),
            Some(Entry::Outage(_)) => Command::Outage(self.on_outage()),
        }
    }

    fn opening(&mut self) -> Command {
        let unit = self.unit.clone();
        match self.chance.below(8) {
            0 | 1 => Command::Feedback(feedback::Command::Open(NewFeedback {
                point: self
                    .points
                    .iter()
                    .find(|(_, owner)| *owner == unit)
                    .map(|(point, _)| point.clone()),
                unit,
                fault: Fault::Gap,
                urgency: if self.chance.percent(50) {
                    Urgency::Ordinary
                } else {
                    Urgency::Emergency
                },
                description: self.say(),
            })),
            2 => Command::Change(change::Command::Announce(NewChange {
                unit,
                kind: ChangeKind::BusinessRule,
                title: "提取条件调整".to_owned(),
                summary: "每季度可提取一次".to_owned(),
                effective_on: calendar::local_date(self.now) + Days::new(self.chance.below(9)),
                points: Vec::new(),
                planned: BTreeSet::from([MeasureKind::TrainAgents]),
            })),
            3 => Command::Outage(outage::Command::Report(Report {
                unit,
                system: "网上办事大厅".to_owned(),
                started_at: Some(self.now - TimeDelta::minutes(self.chance.between(0, 90))),
                progress: self.progress(),
            })),
            _ => Command::Point(point::Command::Draft(NewPoint {
                owner: unit,
                content: self.content(),
                term: self.term(),
            })),
        }
    }

    fn on_point(&mut self, point: &Point) -> point::Command {
        use point::Command as C;
        if self.chance.percent(15) {
            return self.anything(point);
        }
        if point.longer.is_some() {
            return C::DecideLonger {
                of: LongerFor::Published,
                verdict: self.verdict(),
            };
        }
        let Some(draft) = &point.draft else {
            return match self.chance.below(6) {
                0 => C::TakeDown { reason: self.say() },
                1 => C::Restore,
                2 => C::RequestLonger {
                    span: Span::Months(90),
                    reason: "长期不变".to_owned(),
                },
                3 => C::Confirm { span: None },
                _ => C::Revise {
                    content: self.content(),
                    term: self.term(),
                },
            };
        };
        let revision = draft.revision;
        match &draft.stage {
            DraftStage::Editing if draft.checks.is_none() => C::Check {
                subject: Subject::Draft(revision),
            },
            DraftStage::Editing if self.chance.percent(80) => C::Submit,
            DraftStage::Editing => C::Edit {
                content: self.content(),
                term: self.term(),
            },
            DraftStage::UnderReview { .. } => C::Review {
                revision,
                verdict: self.verdict(),
            },
            DraftStage::AwaitingApproval { .. } => C::DecideLonger {
                of: LongerFor::Draft,
                verdict: self.verdict(),
            },
        }
    }

    fn anything(&mut self, point: &Point) -> point::Command {
        use point::Command as C;
        match self.chance.below(5) {
            0 => C::Discard,
            1 => C::Check {
                subject: Subject::Version(point.last_version().map_or(1, |it| it.number)),
            },
            2 => C::Submit,
            3 => C::TakeDown { reason: self.say() },
            _ => C::Review {
                revision: 1,
                verdict: Verdict::Pass,
            },
        }
    }

    fn on_feedback(&mut self) -> feedback::Command {
        let actions = [Action::NothingToDo, Action::Revised, Action::Confirmed];
        match self.chance.below(8) {
            0 => feedback::Command::Withdraw { reason: self.say() },
            n => feedback::Command::Answer {
                action: self.chance.pick(&actions).clone(),
                explanation: (n > 1).then(|| self.say()),
            },
        }
    }

    fn on_change(&mut self) -> change::Command {
        match self.chance.below(6) {
            0 => change::Command::Acknowledge,
            1 => change::Command::PassOn {
                to: PassedOn::DistrictOffice(DistrictCode::new(DISTRICTS[0])),
            },
            2 => change::Command::RecordMeasure {
                measure: MeasureKind::TrainAgents,
                done_on: calendar::local_date(self.now),
                points: Vec::new(),
                note: None,
            },
            3 => change::Command::Amend {
                effective_on: calendar::local_date(self.now) + Days::new(5),
                summary: "改为每月".to_owned(),
            },
            4 => change::Command::Close { note: self.say() },
            _ => change::Command::Cancel { reason: self.say() },
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            cause: None,
            affected: "预约".to_owned(),
            recovery_at: Some(self.now + TimeDelta::hours(4)),
        }
    }

    fn on_outage(&mut self) -> outage::Command {
        let script = Script {
            text: "系统正在维护,请稍后再试".to_owned(),
            point: None,
        };
        match self.chance.below(6) {
            0 => outage::Command::Correct(Progress {
                cause: Some("机房断电".to_owned()),
                ..self.progress()
            }),
            1 => outage::Command::PublishNotice(Notice {
                page: "https://zwfw.example.org".to_owned(),
                published_at: self.now,
                cause: "断电".to_owned(),
                time: "今日".to_owned(),
                affected: "预约".to_owned(),
                recovery: "尚不能确定".to_owned(),
                screenshot: None,
            }),
            2 | 3 => outage::Command::ProvideScript(script),
            4 => outage::Command::TellProgress {
                progress: self.say(),
                support: Support::OnSite,
            },
            _ => outage::Command::End {
                ended_at: self.now,
                note: None,
            },
        }
    }
}

/// A unit that entries may be about: few, so that much happens to each.
pub(crate) fn some_owner(chance: &mut Chance) -> UnitCode {
    if chance.percent(60) {
        UnitCode::new("GZ-D106")
    } else {
        some_unit(chance)
    }
}
