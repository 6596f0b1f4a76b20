//! Masking personal data in people's own words before a plugin or an auditor sees them (Art. 43, R75).
//! The one place that does it. Deterministic: the same words are masked the same way for ever.
//!
//! It masks the requester's own name and numbers wherever they stand, and by shape: identity, account,
//! telephone and plate numbers, e-mail addresses, accounts at messengers, door-level addresses, and
//! names that a title or an introduction gives away. Roads, estates and authorities stay: they are
//! what an order is routed by.

use std::borrow::Cow;

use chrono::NaiveDate;
use regex::{Captures, Regex};

use crate::ports::PersonalData;

const NAME: &str = "〔姓名〕";
const PHONE: &str = "〔电话〕";
const ID_NUMBER: &str = "〔证件号〕";
const ACCOUNT: &str = "〔账号〕";
const ADDRESS: &str = "〔门牌〕";
const PLATE: &str = "〔车牌〕";
const EMAIL: &str = "〔邮箱〕";
const NUMBER: &str = "〔号码〕";

/// Surnames that are hardly ever the last character of another word.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭林何罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘蔡蒋余杜叶程\
    苏魏吕丁沈姚卢姜崔钟谭陆汪范廖石贾韦夏傅邹熊孟秦邱侯江尹薛闫雷龙黎史陶贺顾毛郝龚邵万覃武钱戴严莫孔汤温康\
    施牛樊葛邢路岳齐伍庞倪兰聂殷庄欧尤凌宁梅";
/// Surnames that are also common words: 高, 方, 白. Masked only where the context leaves no doubt.
const DOUBTFUL_SURNAMES: &str = "高方白金常安成任向于时应洪明包申季左古文易车项关";
/// Surnames of two characters.
const LONG_SURNAMES: &str = "欧阳|司徒|上官|诸葛|司马|东方|皇甫|慕容|尉迟|令狐";

/// Masks personal data.
#[derive(Debug)]
pub struct Redactor {
    /// In the order in which they are applied.
    patterns: Vec<Pattern>,
}

/// A pattern, and what becomes of what it finds.
#[derive(Debug)]
struct Pattern {
    /// The pattern finds nothing in a text without any of these. Looking for them is far cheaper.
    hints: &'static [&'static str],
    regex: Regex,
    mask: fn(&Captures<'_>) -> String,
}

/// What every number has.
const DIGITS: &[&str] = &[
    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "０", "１", "２", "３", "４", "５", "６",
    "７", "８", "９",
];

impl Redactor {
    /// A redactor with its patterns compiled.
    #[must_use]
    pub fn new() -> Self {
        let mut patterns = numbers();
        patterns.push(pattern(
            &[
                "号", "栋", "幢", "座", "单元", "楼", "层", "梯", "房", "室", "户",
            ],
            "(路|街|巷|道|里|弄|坊|村)?((?:[0-9A-Za-z０-９一二三四五六七八九十百〇零两]+\
             (?:[-－—之#][0-9A-Za-z]+)*\
             (?:号楼|号院|号|栋|幢|座|单元|楼|层|梯|房|室|户))+)(内|线|窗|公交)?",
            door,
        ));
        patterns.extend(names());
        Self { patterns }
    }

    /// The text with personal data masked. What is known of the requester is masked first, exactly as
    /// it is known.
    #[must_use]
    pub fn mask(&self, text: &str, personal: &PersonalData) -> String {
        let mut masked = known(text, personal);
        for Pattern { hints, regex, mask } in &self.patterns {
            if hints.iter().any(|hint| masked.contains(hint))
                && let Cow::Owned(replaced) = regex.replace_all(&masked, *mask)
            {
                masked = Cow::Owned(replaced);
            }
        }
        masked.into_owned()
    }
}

impl Default for Redactor {
    fn default() -> Self {
        Self::new()
    }
}

/// Addresses and accounts on networks, plates, telephone and identity numbers.
fn numbers() -> Vec<Pattern> {
    vec![
        pattern(
            &["@"],
            r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+",
            |_| EMAIL.to_owned(),
        ),
        pattern(
            &["微信", "hat", "QQ", "qq", "VX", "vx", "支付宝"],
            r"(微信号?|WeChat|wechat|QQ号?|qq号?|VX|vx|支付宝账号)([::是为\s]*)[A-Za-z0-9_\-]{5,20}",
            |found| format!("{}{}{ACCOUNT}", part(found, 1), part(found, 2)),
        ),
        pattern(
            DIGITS,
            r"(?x)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Za-hj-z]
              [·•\-\ ]?[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领]",
            |_| PLATE.to_owned(),
        ),
        pattern(
            DIGITS,
            r"(?x)(?:\+?86[\ \-]?)?1[3-9]\d[\ \-]\d{4}[\ \-]?\d{4}
              | (?:\+?86[\ \-]?)?1[3-9]\d{5}[\ \-]\d{4}
              | \(0\d{2,3}\)[\ \-]?\d{7,8} | 0\d{2,3}[\ \-]\d{7,8} | \+86\d{11}",
            |_| PHONE.to_owned(),
        ),
        pattern(DIGITS, r"\d{8,}[Xx]?", |found| number(part(found, 0))),
    ]
}

/// Names that an introduction or a title gives away.
fn names() -> Vec<Pattern> {
    let any_surname = format!("(?:{LONG_SURNAMES}|[{SURNAMES}{DOUBTFUL_SURNAMES}])");
    let surname = format!("(?:{LONG_SURNAMES}|[{SURNAMES}])");
    vec![
        pattern(
            &["我叫", "我是叫", "名叫", "姓名", "名字", "联系人"],
            &format!(
                "(我叫|我是叫|名叫|姓名(?:是|为)?|名字(?:是|叫)|联系人(?:是|为)?)([::\\s]*)\
                 ({any_surname}\\p{{Han}}{{1,2}})"
            ),
            |found| format!("{}{}{NAME}", part(found, 1), part(found, 2)),
        ),
        pattern(
            &["本人", "我是"],
            &format!(
                "(本人|我是)([::\\s]*)({surname}\\p{{Han}}{{1,2}})\
                 ([,,。;;、\\s(()]|男|女|系|住|现|身份证|电话|$)"
            ),
            |found| {
                format!(
                    "{}{}{NAME}{}",
                    part(found, 1),
                    part(found, 2),
                    part(found, 4)
                )
            },
        ),
        pattern(
            &["先生", "女士", "小姐", "太太"],
            &format!("{any_surname}\\p{{Han}}{{0,2}}?(先生|女士|小姐|太太)"),
            |found| format!("{NAME}{}", part(found, 1)),
        ),
        pattern(
            &[
                "阿姨", "大爷", "大妈", "叔叔", "伯伯", "奶奶", "爷爷", "师傅", "老师", "同学",
                "医生", "经理", "主任", "队长", "校长", "书记", "局长", "老板", "某",
            ],
            &format!(
                "{surname}(阿姨|大爷|大妈|叔叔|伯伯|奶奶|爷爷|师傅|老师|同学|医生|经理|主任|队长|\
                 校长|书记|局长|老板|某某|某)"
            ),
            |found| format!("{NAME}{}", part(found, 1)),
        ),
    ]
}

#[expect(
    clippy::expect_used,
    reason = "the patterns are part of this file, and every test compiles them"
)]
fn pattern(
    hints: &'static [&'static str],
    regex: &str,
    mask: fn(&Captures<'_>) -> String,
) -> Pattern {
    let regex = Regex::new(regex).expect("the pattern is a regular expression");
    Pattern { hints, regex, mask }
}

fn part<'a>(found: &'a Captures<'_>, index: usize) -> &'a str {
    found.get(index).map_or("", |part| part.as_str())
}

/// Masks what is known of the requester.
fn known<'a>(text: &'a str, personal: &PersonalData) -> Cow<'a, str> {
    let mut masked = Cow::Borrowed(text);
    for (value, mask) in [
        (&personal.address, ADDRESS),
        (&personal.id_number, ID_NUMBER),
        (&personal.phone, PHONE),
        (&personal.account, ACCOUNT),
        (&personal.name, NAME),
    ] {
        let Some(value) = value.as_deref().map(str::trim) else {
            continue;
        };
        // A single character says nothing, and would mask half the text.
        if value.chars().nth(1).is_some() && masked.contains(value) {
            masked = Cow::Owned(masked.replace(value, mask));
        }
    }
    masked
}

/// A run of at least eight digits, by its length. Dates stay.
fn number(run: &str) -> String {
    let digits: String = run.chars().filter_map(ascii_digit).collect();
    let mask = match digits.len() {
        15 | 17 | 18 => ID_NUMBER,
        8 if NaiveDate::parse_from_str(&digits, "%Y%m%d").is_ok_and(|date| is_recent(&date)) => {
            return run.to_owned();
        }
        8 => PHONE,
        11 if digits.starts_with('1') => PHONE,
        10..=12 if digits.starts_with('0') => PHONE,
        13 if digits.starts_with("861") => PHONE,
        14.. => ACCOUNT,
        _ => NUMBER,
    };
    mask.to_owned()
}

fn is_recent(date: &NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1900..2100).contains(&date.year())
}

/// A digit of any script that has them from 0 to 9 in a row: here, ASCII and full width.
fn ascii_digit(character: char) -> Option<char> {
    match character {
        '0'..='9' => Some(character),
        '０'..='９' => u32::from(character)
            .checked_sub(u32::from('０'))
            .and_then(|value| char::from_digit(value, 10)),
        _ => None,
    }
}

/// Door numbers: after a road, or several in a row, or a room. `3号线`, `3号窗口` and `5楼` stay.
fn door(found: &Captures<'_>) -> String {
    let (road, numbers, after) = (part(found, 1), part(found, 2), part(found, 3));
    let units = [
        "号", "栋", "幢", "座", "单元", "楼", "层", "梯", "房", "室", "户",
    ];
    let levels: usize = units.iter().map(|unit| numbers.matches(unit).count()).sum();
    // `号楼` and `号院` are one level with two of the units.
    let levels = levels.saturating_sub(numbers.matches("号楼").count());
    let is_room = ["房", "室", "户"]
        .iter()
        .any(|unit| numbers.ends_with(unit))
        && numbers.chars().filter_map(ascii_digit).count() >= 3;
    let is_house = !road.is_empty() && numbers.ends_with('号');
    let named_otherwise = ["线", "窗", "公交"].contains(&after);
    if (levels >= 2 || is_room || is_house) && !named_otherwise {
        format!("{road}{ADDRESS}{after}")
    } else {
        part(found, 0).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn somebody() -> PersonalData {
        PersonalData {
            name: Some("钟晓彤".to_owned()),
            phone: Some("13800001234".to_owned()),
            id_number: Some("44010019900101123X".to_owned()),
            account: Some("xiaotong_zh".to_owned()),
            address: Some("五羊新城寺右新马路某苑".to_owned()),
        }
    }

    /// Each text with what it becomes.
    fn check(rows: &[(&str, &str)]) {
        let redactor = Redactor::new();
        for (text, masked) in rows {
            assert_eq!(redactor.mask(text, &somebody()), *masked, "{text}");
            assert_eq!(
                redactor.mask(masked, &somebody()),
                *masked,
                "masking twice: {text}"
            );
        }
    }

    #[test]
    fn what_is_known_of_the_requester() {
        check(&[
            ("钟晓彤反映楼上漏水", "〔姓名〕反映楼上漏水"),
            (
                "我的账号xiaotong_zh登不上穗好办",
                "我的账号〔账号〕登不上穗好办",
            ),
            (
                "我住五羊新城寺右新马路某苑,电梯坏了",
                "我住〔门牌〕,电梯坏了",
            ),
        ]);
    }

    #[test]
    fn numbers() {
        check(&[
            ("请打13912345678找我", "请打〔电话〕找我"),
            ("请打139 1234 5678找我", "请打〔电话〕找我"),
            ("请打139-1234-5678。", "请打〔电话〕。"),
            ("电话+8613912345678", "电话〔电话〕"),
            ("电话１３９１２３４５６７８", "电话〔电话〕"),
            ("座机020-83123456", "座机〔电话〕"),
            ("座机(020)83123456", "座机〔电话〕"),
            ("座机02083123456", "座机〔电话〕"),
            ("座机83123456", "座机〔电话〕"),
            ("身份证440106199001011234", "身份证〔证件号〕"),
            ("身份证44010619900101123x。", "身份证〔证件号〕。"),
            ("旧证440106900101123", "旧证〔证件号〕"),
            ("卡号6222021234567890123", "卡号〔账号〕"),
            ("粤A12345乱停", "〔车牌〕乱停"),
            ("粤AD12345乱停", "〔车牌〕乱停"),
            ("粤A·8888学", "〔车牌〕"),
            ("发到someone.x@example.com吧", "发到〔邮箱〕吧"),
            ("加微信:gz_zhong88", "加微信:〔账号〕"),
            ("QQ 12345678", "QQ 〔账号〕"),
        ]);
    }

    #[test]
    fn numbers_that_stay() {
        check(&[
            ("20260918的施工", "20260918的施工"),
            ("2026-09-18 16:00还在打桩", "2026-09-18 16:00还在打桩"),
            (
                "今天早上7:40在五山站等了40分钟",
                "今天早上7:40在五山站等了40分钟",
            ),
            ("办卡4800元", "办卡4800元"),
            ("拖欠约180000元", "拖欠约180000元"),
            ("请拨12345或110", "请拨12345或110"),
        ]);
    }

    #[test]
    fn doors() {
        check(&[
            (
                "天河区员村街道员村二横路12号3栋502房漏水",
                "天河区员村街道员村二横路〔门牌〕漏水",
            ),
            ("中山五路68号占道经营", "中山五路〔门牌〕占道经营"),
            ("某小区A3栋2单元1203室", "某小区〔门牌〕"),
            ("某小区十二栋三单元六楼", "某小区〔门牌〕"),
            ("301房租客太吵", "〔门牌〕租客太吵"),
            ("便民服务中心3号窗口", "便民服务中心3号窗口"),
            ("地铁3号线体育西路站", "地铁3号线体育西路站"),
            ("住在5楼", "住在5楼"),
            ("某楼楼顶正在加建一层铁皮房", "某楼楼顶正在加建一层铁皮房"),
            ("电梯一个月坏五次", "电梯一个月坏五次"),
        ]);
    }

    #[test]
    fn names() {
        check(&[
            ("我叫李小明,想问公积金", "我叫〔姓名〕,想问公积金"),
            ("姓名:欧阳娜", "姓名:〔姓名〕"),
            ("本人陈志强,住番禺", "本人〔姓名〕,住番禺"),
            ("联系人:张伟,急", "联系人:〔姓名〕,急"),
            ("请联系王先生", "请联系〔姓名〕先生"),
            ("请联系高先生", "请联系〔姓名〕先生"),
            ("请联系欧阳女士", "请联系〔姓名〕女士"),
            ("李阿姨说的", "〔姓名〕阿姨说的"),
            ("本人社保中断", "本人社保中断"),
            ("本人曾在天河工作", "本人曾在天河工作"),
            ("我叫外卖送到楼下", "我叫外卖送到楼下"),
            ("高中老师补课", "高中老师补课"),
            ("关于老师违规收费", "关于老师违规收费"),
            ("项目经理不露面", "项目经理不露面"),
            ("书记您好", "书记您好"),
        ]);
    }
}
