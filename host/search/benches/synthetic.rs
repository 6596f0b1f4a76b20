//! Points and questions out of a number: topics that exist, in text that does not.

use chrono::{DateTime, TimeDelta};
use search::{Document, Query, Status};

/// What points are about: word, pinyin, initials.
const TOPICS: &[(&str, &str, &str)] = &[
    ("公积金", "gongjijin", "gjj"),
    ("居住证", "juzhuzheng", "jzz"),
    ("身份证", "shenfenzheng", "sfz"),
    ("医疗保险", "yiliaobaoxian", "ylbx"),
    ("养老金", "yanglaojin", "ylj"),
    ("失业保险", "shiyebaoxian", "sybx"),
    ("营业执照", "yingyezhizhao", "yyzz"),
    ("个人所得税", "gerensuodeshui", "grsds"),
    ("停车收费", "tingcheshoufei", "tcsf"),
    ("夜间施工", "yejianshigong", "yjsg"),
    ("物业服务", "wuyefuwu", "wyfw"),
    ("公租房", "gongzufang", "gzf"),
    ("积分入学", "jifenruxue", "jfrx"),
    ("生育津贴", "shengyujintie", "syjt"),
    ("垃圾分类", "lajifenlei", "ljfl"),
    ("电动自行车", "diandongzixingche", "ddzxc"),
    ("法律援助", "falvyuanzhu", "flyz"),
    ("食品安全", "shipinanquan", "spaq"),
    ("违法建设", "weifajianshe", "wfjs"),
    ("不动产登记", "budongchandengji", "bdcdj"),
];

const DOES: &[&str] = &[
    "办理", "申请", "查询", "变更", "注销", "投诉", "举报", "缴费", "补办", "预约", "转移", "年审",
    "条件", "材料", "流程", "时限", "标准", "进度", "地点", "电话",
];

/// Common characters, of which the made-up words consist.
const CHARACTERS: &str = "\
的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方\
后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它\
合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条\
只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资\
边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北\
造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车\
例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫\
且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克\
何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调\
满县局照参红细引听该铁价严";

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// Makes points: the same number gives the same point, but for its version.
pub(crate) struct Maker {
    words: Vec<String>,
}

impl Maker {
    pub(crate) fn new() -> Self {
        let characters: Vec<char> = CHARACTERS.chars().collect();
        let mut dice = Dice::new(7);
        let words = (0..20_000)
            .map(|_| {
                let length = 2 + dice.below(10) / 7;
                (0..length).map(|_| *dice.of(&characters)).collect()
            })
            .collect();
        Self { words }
    }

    pub(crate) fn point(&self, number: usize, version: u64) -> Document {
        let mut dice = Dice::new(number as u64 + 1);
        let topic = dice.of(TOPICS).0;
        let title = format!("{}{topic}{}", self.word(&mut dice), dice.of(DOES));
        let questions = (0..2)
            .map(|_| format!("{}{topic}怎么{}？", self.word(&mut dice), dice.of(DOES)))
            .collect();
        let sentence = |dice: &mut Dice, words: usize| {
            let mut text = String::new();
            for place in 0..words {
                text.push_str(self.word(dice));
                text.push_str(match place % 8 {
                    3 => "，",
                    7 => "。",
                    _ => "",
                });
            }
            text
        };
        let (body, answer) = (60 + dice.below(60), 30 + dice.below(30));
        Document {
            id: format!("P{number}"),
            version,
            title,
            body: sentence(&mut dice, body),
            questions,
            answers: vec![sentence(&mut dice, answer)],
            unit: format!("unit-{}", dice.below(300)),
            kind: (*dice.of(&["policy", "guide", "script", "other"])).into(),
            districts: (dice.below(3) == 0)
                .then(|| format!("4401{:02}", dice.below(11)))
                .into_iter()
                .collect(),
            valid_from: None,
            valid_until: Some(DateTime::UNIX_EPOCH + TimeDelta::days(100 + dice.below(400) as i64)),
            status: if dice.below(10) == 0 {
                Status::Draft
            } else {
                Status::Published
            },
        }
    }

    /// A question as people ask it, and of which kind it is.
    pub(crate) fn question(&self, number: usize, points: usize) -> (&'static str, Query) {
        let mut dice = Dice::new(number as u64 + 1_000_003);
        let point = self.point(dice.below(points), 1);
        let topic = dice.of(TOPICS);
        let (kind, text) = match dice.below(10) {
            0 => ("pinyin", topic.1.to_owned()),
            1 => ("initials", topic.2.to_owned()),
            2 => (
                "character",
                (*dice.of(&["税", "证", "车", "房"])).to_owned(),
            ),
            3 => ("mistake", point.title.chars().rev().take(6).collect()),
            4 => ("question", point.questions.concat()),
            _ => ("words", point.title),
        };
        let mut query = Query::new(text);
        if dice.below(2) == 0 {
            query.only_valid_at = Some(DateTime::UNIX_EPOCH + TimeDelta::days(200));
        }
        (kind, query)
    }

    /// The text of an order about a point.
    pub(crate) fn order(&self, number: usize, points: usize) -> String {
        let mut dice = Dice::new(number as u64 + 2_000_003);
        let point = self.point(dice.below(points), 1);
        format!(
            "市民来电反映，{}。{}请尽快处理，谢谢！",
            point.title, point.body
        )
    }

    /// A word, the first ones far more often than the last ones.
    fn word(&self, dice: &mut Dice) -> &str {
        let bound = 1 + dice.below(self.words.len());
        let bound = 1 + dice.below(bound);
        let place = dice.below(bound);
        &self.words[place]
    }
}
