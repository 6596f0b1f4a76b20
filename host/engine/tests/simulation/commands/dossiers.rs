//! Commands on dossiers: long-term matters above all, with staff changes and meetings beside them.

use chrono::{DateTime, Days, Utc};
use engine::Texts;
use lifecycle::dossier::{
    Command, Content, Dossier, Filing, Meeting, MeetingKind, NewMatter, Position, StaffChange,
};
use lifecycle::ids::{Actor, OrderId, UnitCode};

use crate::chance::Chance;
use crate::city::{anybody, operator, some_unit, staff_of};

/// Makes one command on a dossier, or one that opens one.
pub(crate) struct DossierMaker<'a> {
    pub(crate) dossier: Option<&'a Dossier>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) orders: &'a [OrderId],
    pub(crate) chance: Chance,
    pub(crate) texts: &'a mut Texts,
}

/// Whoever has to do with a dossier: the centre, or one of its units.
pub(crate) fn author(dossier: Option<&Dossier>, chance: &mut Chance) -> Actor {
    if chance.percent(5) {
        return anybody(chance);
    }
    let units = dossier.map_or_else(Vec::new, |it| units_of(&it.content));
    if units.is_empty() || chance.percent(40) {
        operator()
    } else {
        staff_of(chance.pick(&units))
    }
}

fn units_of(content: &Content) -> Vec<UnitCode> {
    if let Content::LongTermMatter(matter) = content {
        matter.tasks.iter().map(|it| it.unit.clone()).collect()
    } else if let Content::LiaisonFiling(filing) = content {
        vec![filing.change.unit.clone()]
    } else {
        Vec::new()
    }
}

impl DossierMaker<'_> {
    fn say(&mut self) -> lifecycle::ids::TextId {
        let number = self.chance.below(30);
        let text = if number == 0 {
            " ".to_owned()
        } else {
            format!("进展第{number}号")
        };
        self.texts.add(text)
    }

    fn some_orders(&mut self) -> Vec<OrderId> {
        if self.orders.is_empty() {
            return Vec::new();
        }
        let count = self.chance.below(3);
        let mut orders: Vec<OrderId> = (0..count)
            .map(|_| self.chance.pick(self.orders).clone())
            .collect();
        orders.sort();
        orders.dedup();
        orders
    }

    fn day(&mut self) -> chrono::NaiveDate {
        let today = calendar::local_date(self.now);
        today - Days::new(self.chance.below(4))
    }

    /// The command.
    pub(crate) fn make(&mut self) -> Command {
        let content = self.dossier.map(|dossier| &dossier.content);
        if let Some(Content::LongTermMatter(_)) = content {
            self.on_matter()
        } else if let Some(Content::LiaisonFiling(_)) = content {
            Command::FileChange(self.filing())
        } else if content.is_some() {
            Command::RecordMeeting(self.meeting())
        } else {
            self.opening()
        }
    }

    fn meeting(&mut self) -> Meeting {
        let kinds = [MeetingKind::Plenary, MeetingKind::Liaison];
        Meeting {
            meeting: *self.chance.pick(&kinds),
            district: None,
            held_on: self.day(),
            members: vec![some_unit(&mut self.chance)],
            decisions: vec![self.say()],
            orders: self.some_orders(),
        }
    }

    fn opening(&mut self) -> Command {
        match self.chance.below(6) {
            0 => Command::RecordMeeting(self.meeting()),
            1 => {
                let change = StaffChange {
                    unit: some_unit(&mut self.chance),
                    position: Position::LiaisonOfficer,
                    completed_on: self.day(),
                };
                let filing = self.chance.percent(30).then(|| self.filing());
                Command::AnnounceChange { change, filing }
            }
            _ => Command::ListMatter(NewMatter {
                title: "某小区停车难".to_owned(),
                criteria: self.say(),
                units: vec![some_unit(&mut self.chance)],
                orders: self.some_orders(),
            }),
        }
    }

    fn filing(&mut self) -> Filing {
        Filing {
            old_staff: None,
            new_staff: Some("S-17".to_owned()),
            details: Some(self.say()),
        }
    }

    fn on_matter(&mut self) -> Command {
        match self.chance.below(14) {
            0 => Command::AddUnit {
                unit: some_unit(&mut self.chance),
            },
            1 => Command::RemoveUnit {
                unit: some_unit(&mut self.chance),
                reason: self.say(),
            },
            2 => Command::AddOrders {
                orders: self.some_orders(),
            },
            3 => Command::RemoveOrders {
                orders: self.some_orders(),
            },
            4 => Command::IssueBulletin,
            5 | 6 => Command::SubmitPlan { plan: self.say() },
            7 | 8 => Command::TellProgress {
                content: self.say(),
            },
            9 => Command::ReportStage { report: self.say() },
            10 => Command::EndProcedure {
                ended_on: self.day(),
            },
            11 => Command::ReportFinal {
                guiding_department: "GZ-SJJ".to_owned(),
                report: self.say(),
            },
            12 => {
                if self.chance.percent(50) {
                    Command::RecordOpinion {
                        opinion: self.say(),
                    }
                } else {
                    Command::FeedBack {
                        content: self.say(),
                    }
                }
            }
            _ => Command::CloseMatter { note: self.say() },
        }
    }
}
