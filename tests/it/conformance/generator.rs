//! Questions out of one seed: everything that the contract's types can hold and JSON can say, with a lean
//! towards what rules look at, so that not all of them have no opinion.

use contract::escalation::{self, Priority, Trigger};
use contract::knowledge::{self, English, Faq, PointKind};
use contract::routing;
use contract::types::{Channel, CivilDate, Instant, OrderType, Rating};
use plugins::Question;

/// Words that rules know, and such as nobody thinks of.
const WORDS: &[&str] = &[
    "夜间施工",
    "噪声",
    "凌晨打桩",
    "油烟",
    "路灯不亮",
    "公积金",
    "违章停车",
    "下水道堵塞",
    "拖欠工资",
    "省政府",
    "高空抛物",
    "港口",
    "南沙港",
    "员村街道",
    "天河区",
    "垃圾",
    "学位",
    "医保",
    "GZ-CGJ",
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{200b}",
    "\u{202e}反",
    "e\u{301}",
    "é",
    "ﬃ",
    "Ａ１",
    "👨‍👩‍👧‍👦",
    "🇨🇳",
    "\u{10ffff}",
    "𠮷野家",
    "龘",
    "\"",
    "\\",
    "\\u0000",
    "'",
    "<script>",
    "{\"a\":1}",
    "null",
    "%s",
    "../..",
    "العربية",
    "ß",
    "İ",
    "ı",
];

/// Codes of districts and streets.
const PLACES: &[&str] = &[
    "440106",
    "440115",
    "440104",
    "440100",
    "440103",
    "员村街道",
    "万顷沙镇",
    "",
    "0",
    "440106 ",
    "天河",
];

/// Seconds of years that RFC 3339 and chrono can both say.
const SECONDS_MIN: i64 = -62_135_596_800;
const SECONDS_MAX: i64 = 253_402_214_400;

/// A stream of numbers (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// One time of `in_all`.
    fn once_in(&mut self, in_all: u64) -> bool {
        self.below(in_all) == 0
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        let length = u64::try_from(of.len()).unwrap();
        of[usize::try_from(self.below(length)).unwrap()]
    }

    /// Some words, seldom very many.
    fn text(&mut self) -> String {
        let count = match self.below(200) {
            0 => 2000,
            1..=40 => 0,
            _ => self.below(12),
        };
        (0..count).map(|_| self.one(WORDS)).collect()
    }

    fn perhaps<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (!self.once_in(3)).then(|| make(self))
    }

    fn list<T>(&mut self, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = if self.once_in(100) { 60 } else { self.below(4) };
        (0..count).map(|_| make(self)).collect()
    }

    fn place(&mut self) -> String {
        self.one(PLACES).to_owned()
    }

    /// Small as a rule, else one of the ends.
    fn number(&mut self) -> u16 {
        match self.below(10) {
            0 => u16::MAX,
            1 => 0,
            _ => u16::try_from(self.below(20)).unwrap(),
        }
    }

    /// In these years as a rule, else anywhere.
    fn instant(&mut self) -> Instant {
        let unix_ms = match self.below(12) {
            0 => 0,
            1 => -1,
            2 => SECONDS_MIN * 1000,
            3 => SECONDS_MAX * 1000 + 999,
            4 => {
                let span = u64::try_from(SECONDS_MAX - SECONDS_MIN).unwrap();
                (SECONDS_MIN + i64::try_from(self.below(span)).unwrap()) * 1000
            }
            _ => 1_767_196_800_000 + i64::try_from(self.below(4 * 366 * 86_400_000)).unwrap(),
        };
        Instant { unix_ms }
    }

    fn day(&mut self) -> CivilDate {
        let ends = [
            (0, 1, 1),
            (1, 1, 1),
            (9999, 12, 31),
            (2024, 2, 29),
            (2100, 2, 28),
        ];
        if self.once_in(12) {
            let (year, month, day) = self.one(&ends);
            return CivilDate { year, month, day };
        }
        CivilDate {
            year: 2024 + i32::try_from(self.below(10)).unwrap(),
            month: 1 + u8::try_from(self.below(12)).unwrap(),
            day: 1 + u8::try_from(self.below(28)).unwrap(),
        }
    }

    fn order_type(&mut self) -> OrderType {
        self.one(&[
            OrderType::Consultation,
            OrderType::Complaint,
            OrderType::ViolationReport,
            OrderType::HelpRequest,
            OrderType::Suggestion,
            OrderType::Commendation,
        ])
    }

    fn routing(&mut self) -> routing::Question {
        routing::Question {
            order_type: self.order_type(),
            channel: self.one(&[Channel::Phone, Channel::Online]),
            district: self.perhaps(Self::place),
            street: self.perhaps(Self::place),
            category: self.perhaps(Self::text),
            subject: self.text(),
            text: self.text(),
            registered_at: self.instant(),
            excluded_units: self.list(Self::text),
        }
    }

    fn trigger(&mut self) -> Trigger {
        match self.below(5) {
            0 => Trigger::DueSoon(self.number()),
            1 => Trigger::Overdue(self.number()),
            2 => Trigger::Returned(self.number()),
            3 => Trigger::RatedBadly(self.one(&[
                Rating::VerySatisfied,
                Rating::Satisfied,
                Rating::BasicallySatisfied,
                Rating::Dissatisfied,
                Rating::VeryDissatisfied,
            ])),
            _ => Trigger::OneOfMany(if self.once_in(10) {
                u32::MAX
            } else {
                u32::from(self.number())
            }),
        }
    }

    fn escalation(&mut self) -> escalation::Question {
        escalation::Question {
            trigger: self.trigger(),
            order_type: self.order_type(),
            district: self.perhaps(Self::place),
            street: self.perhaps(Self::place),
            category: self.perhaps(Self::text),
            unit: self.perhaps(Self::text),
            now: self.instant(),
            registered_at: self.instant(),
            due_at: self.perhaps(Self::instant),
            extension_count: self.number(),
            return_count: self.number(),
            supervised: self.once_in(2),
            priority: self.one(&[Priority::Normal, Priority::High, Priority::Urgent]),
        }
    }

    fn knowledge(&mut self) -> knowledge::Point {
        knowledge::Point {
            owner: self.text(),
            kind: self.one(&[
                PointKind::Policy,
                PointKind::ServiceGuide,
                PointKind::AnswerScript,
                PointKind::Interpretation,
            ]),
            title: self.text(),
            body: self.text(),
            legal_basis: self.list(Self::text),
            scope: self.text(),
            districts: self.list(Self::place),
            subjects: self.list(Self::text),
            conditions: self.list(Self::text),
            relations: self.list(Self::text),
            faqs: self.list(|chance| Faq {
                question: chance.text(),
                answer: chance.text(),
            }),
            attachments: self.list(Self::text),
            english: self.perhaps(|chance| English {
                title: chance.perhaps(Self::text),
                summary: chance.text(),
            }),
            valid_from: self.day(),
            valid_until: self.day(),
            longer_validity_reason: self.perhaps(Self::text),
            today: self.day(),
        }
    }
}

/// So many questions, of each kind a third.
pub(super) fn questions(seed: u64, count: usize) -> impl Iterator<Item = Question> {
    let mut chance = Chance(seed);
    (0..count).map(move |n| match n % 3 {
        0 => Question::Routing(chance.routing()),
        1 => Question::Escalation(chance.escalation()),
        _ => Question::Knowledge(chance.knowledge()),
    })
}
