//! Masking personal data in people's own words before a plugin or an auditor sees them (Art. 43, R75).
//! The one place that does it. Deterministic: the same words are masked the same way for ever.
//!
//! It masks the requester's own name and numbers wherever they stand, and by shape: identity, account,
//! telephone and plate numbers, e-mail addresses, accounts at messengers, door-level addresses, and
//! names that a title or an introduction gives away. Roads, estates and authorities stay: they are
//! what an order is routed by.

mod names;
mod numbers;

use std::borrow::Cow;
use std::sync::LazyLock;

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

const EMAIL_SHAPE: &str = r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+";

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
    patterns: &'static [Pattern],
}

/// Compiling them takes a while, and they are the same for everybody.
static PATTERNS: LazyLock<Vec<Pattern>> = LazyLock::new(patterns);

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
    /// A redactor. The first one compiles the patterns.
    #[must_use]
    pub fn new() -> Self {
        Self {
            patterns: &PATTERNS,
        }
    }

    /// What in an identifier looks like personal data, in words; nothing where it may be kept. A plain
    /// number that is neither a mobile's nor a person's passes, however long.
    #[must_use]
    pub fn personal_part(&self, identifier: &str) -> Option<&'static str> {
        numbers::personal_part(identifier)
    }

    /// The text with personal data masked. What is known of the requester is masked first, exactly as
    /// it is known.
    #[must_use]
    pub fn mask(&self, text: &str, personal: &PersonalData) -> String {
        let mut masked = known(text, personal);
        for Pattern { hints, regex, mask } in self.patterns {
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

fn patterns() -> Vec<Pattern> {
    let mut patterns = numbers();
    patterns.extend(rooms());
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
    patterns
}

/// Addresses and accounts on networks, plates, telephone and identity numbers.
fn numbers() -> Vec<Pattern> {
    vec![
        pattern(&["@"], EMAIL_SHAPE, |_| EMAIL.to_owned()),
        pattern(
            &[
                "微信",
                "薇信",
                "支付宝",
                "扣扣",
                "hat",
                "HAT",
                "QQ",
                "qq",
                "VX",
                "vx",
                "Vx",
                "WX",
                "wx",
            ],
            r"(?xi)(微信(?:账号|号|ID)?|薇信号?|WeChat|QQ(?:号码?)?|扣扣号?|VX|WX|支付宝(?:账号|号)?)
              ([:\x{FF1A}是为\s]*)([a-z0-9_\-]{5,20})",
            messenger,
        ),
        pattern(
            &["护照", "通行证", "回乡证", "台胞证", "居留证"],
            r"(?x)((?:护照|通行证|回乡证|台胞证|居留证)(?:号码?)?)([:\x{FF1A}是为\s]*)[A-Za-z]{0,2}\d{7,9}",
            |found| format!("{}{}{ID_NUMBER}", part(found, 1), part(found, 2)),
        ),
        pattern(
            DIGITS,
            r"(?x)[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-Za-hj-z]
              [·•\-\ ]?[A-HJ-NP-Za-hj-np-z0-9]{4,5}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳领]",
            |_| PLATE.to_owned(),
        ),
        pattern(
            DIGITS,
            r"(?x)[(\x{FF08}]0\d{2,3}[)\x{FF09}][\ \-]?\d{3,4}[\ .\-]?\d{4} | \+86\d{11}",
            |_| PHONE.to_owned(),
        ),
        pattern(DIGITS, numbers::GROUPS, numbers::grouped),
        pattern(
            &["座机", "固话", "电话", "致电", "拨打"],
            r"(?x)((?:座机|固话|电话|致电|拨打)(?:号码?)?)([:\x{FF1A}是为\s]*)[2-8]\d{3}[\ .\-]\d{4}",
            |found| format!("{}{}{PHONE}", part(found, 1), part(found, 2)),
        ),
        pattern(DIGITS, r"\d{8,}[Xx]?", |found| number(part(found, 0))),
    ]
}

/// Rooms that are written without the word: B座1203, 住3-502.
fn rooms() -> Vec<Pattern> {
    vec![
        pattern(
            &["栋", "座", "幢", "号楼", "单元", "梯"],
            "(?x)(?:(?:[0-9A-Za-z]{1,4}|[一二三四五六七八九十]{1,3})(?:号楼|号院|号|栋|座|幢|单元|梯))*
             (?:[0-9A-Za-z]{1,4}|[一二三四五六七八九十]{1,3})(?:号楼|栋|座|幢|单元|梯)
             [\\-－—之]?\\d{3,4}(?:号?[房室])?(\\d|[年元人户次万个米平分多余月天块点时斤辆台部家路线])?",
            room,
        ),
        pattern(
            &["住", "家在", "址", "小区", "花园", "公寓", "家园", "苑"],
            "(?x)(住在?|家在|[住地]址(?:是|为)?|小区|花园|公寓|家园|苑)([:\\x{FF1A}\\s]*)
             [0-9A-Za-z]{1,3}(?:[\\-－—]\\d{1,2})?[\\-－—]\\d{3,4}(?:号?[房室])?
             (\\d|[\\-－—]|[年元人户次万个米平分多余月天块点时])?",
            |found| {
                if found.get(3).is_some() {
                    part(found, 0).to_owned()
                } else {
                    format!("{}{}{ADDRESS}", part(found, 1), part(found, 2))
                }
            },
        ),
    ]
}

fn room(found: &Captures<'_>) -> String {
    // What follows makes it a number of something else.
    let mask = if found.get(1).is_some() {
        part(found, 0)
    } else {
        ADDRESS
    };
    mask.to_owned()
}

/// An account at a messenger. 微信 before a word in Latin letters, or before a hotline, is none.
fn messenger(found: &Captures<'_>) -> String {
    let (service, between, account) = (part(found, 1), part(found, 2), part(found, 3));
    let is_word = between.trim().is_empty() && account.chars().all(|it| it.is_ascii_alphabetic());
    let is_hotline = account.len() == 5
        && account.starts_with('1')
        && !service.to_ascii_uppercase().starts_with("QQ");
    if is_word || is_hotline {
        part(found, 0).to_owned()
    } else {
        format!("{service}{between}{ACCOUNT}")
    }
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
        pattern(
            names::ROLES,
            &format!(
                "({})([:\\x{{FF1A}}\\s]*)({surname})(\\p{{Han}}{{1,3}})",
                names::ROLES.join("|")
            ),
            names::after_role,
        ),
    ]
}

fn pattern(
    hints: &'static [&'static str],
    regex: &str,
    mask: fn(&Captures<'_>) -> String,
) -> Pattern {
    let regex = compiled(regex);
    Pattern { hints, regex, mask }
}

#[expect(
    clippy::expect_used,
    reason = "the patterns are part of this module, and every test compiles them"
)]
fn compiled(regex: &str) -> Regex {
    Regex::new(regex).expect("the pattern is a regular expression")
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
    fn numbers_in_groups() {
        check(&[
            ("身份证4401 0619 9001 0112 34", "身份证〔证件号〕"),
            ("身份证440106-19900101-123X", "身份证〔证件号〕"),
            ("打138.0013.8000", "打〔电话〕"),
            ("打138-0013-8000", "打〔电话〕"),
            ("打+86 138 0013 8000", "打〔电话〕"),
            ("打1 3 8 0 0 1 3 8 0 0 0", "打〔电话〕"),
            ("12345 138 0013 8000 120", "12345 〔电话〕 120"),
            ("座机 8765 4321", "座机 〔电话〕"),
            ("020-8765 4321", "〔电话〕"),
            ("020 8765 4321", "〔电话〕"),
            ("(020) 8765-4321", "〔电话〕"),
            ("卡号6222 0212 3456 7890 123", "卡号〔账号〕"),
            ("微信号是abc123", "微信号是〔账号〕"),
            ("微信：abc_123", "微信：〔账号〕"),
            ("QQ号：12345", "QQ号：〔账号〕"),
            ("vx abc123", "vx 〔账号〕"),
            ("护照E12345678", "护照〔证件号〕"),
            ("护照号码：EA1234567", "护照号码：〔证件号〕"),
            ("2026.09.18-2026.10.20", "2026.09.18-2026.10.20"),
            ("2026-09-18 16:00-18:30", "2026-09-18 16:00-18:30"),
            ("2023 2024 2025 2026年", "2023 2024 2025 2026年"),
            ("每月1500-2000元", "每月1500-2000元"),
            ("微信小程序和微信android版", "微信小程序和微信android版"),
            ("关注微信12345公众号", "关注微信12345公众号"),
            ("护照办理要40分钟", "护照办理要40分钟"),
        ]);
    }

    #[test]
    fn rooms_without_the_word() {
        check(&[
            ("某大厦B座1203漏水", "某大厦〔门牌〕漏水"),
            ("某小区3栋2单元1203", "某小区〔门牌〕"),
            ("我住3-502，太吵", "我住〔门牌〕，太吵"),
            ("某花园3-2-502", "某花园〔门牌〕"),
            ("某路2栋2025年完工", "某路2栋2025年完工"),
            ("B座1000人办公", "B座1000人办公"),
            ("入住2025-03-01", "入住2025-03-01"),
            ("住3-5天", "住3-5天"),
        ]);
    }

    #[test]
    fn names_after_a_role() {
        check(&[
            ("房东张伟不退押金", "房东〔姓名〕不退押金"),
            ("老板李强克扣工资", "老板〔姓名〕克扣工资"),
            ("物业经理王建国私自收费", "物业经理〔姓名〕私自收费"),
            ("负责人：陈志强，电话关机", "负责人：〔姓名〕，电话关机"),
            ("邻居欧阳明每晚打鼓", "邻居〔姓名〕每晚打鼓"),
            ("举报刘洋", "举报〔姓名〕"),
            ("店主何丽在门口烧烤", "店主〔姓名〕在门口烧烤"),
            ("举报大量占道经营", "举报大量占道经营"),
            ("举报马路摊贩", "举报马路摊贩"),
            ("举报张贴不良广告", "举报张贴不良广告"),
            ("举报江南市场占道经营", "举报江南市场占道经营"),
            ("举报黄埔区不处理", "举报黄埔区不处理"),
            ("举报谢村在烧垃圾", "举报谢村在烧垃圾"),
            ("举报万达广场", "举报万达广场"),
            ("邻居常年堆放杂物", "邻居常年堆放杂物"),
            ("老板不发工资", "老板不发工资"),
        ]);
    }

    #[test]
    fn words_that_route_stay() {
        for text in [
            "员村街道五山站附近占道经营,已打120急救和12345热线",
            "等了40分钟,欠薪18万元,2025年3月至今",
            "天河区员村街道某工地凌晨一点还在打桩",
            "地铁3号线、B12路公交,每天7:40-8:30最挤",
            "预付2000-3000元,合同编号第5号",
        ] {
            check(&[(text, text)]);
        }
    }

    #[test]
    fn identifiers() {
        let redactor = Redactor::new();
        for (identifier, found) in [
            ("REC-20261124160012345", None),
            ("import:360114", None),
            ("0f8b2c1a-1380-4138-8001-a13800138000", None),
            ("REC-2026-11-24-16-00-12", None),
            ("KP-1", None),
            ("13800138000", Some("a telephone number")),
            ("import:tel13800138000", Some("a telephone number")),
            ("import:+8613800138000", Some("a telephone number")),
            ("１３８００１３８０００", Some("a telephone number")),
            ("REC_138-0013-8000", Some("a telephone number")),
            ("id:44010619900101123X", Some("an identity number")),
            ("440106199001011234", Some("an identity number")),
            ("440106900101123", Some("an identity number")),
            ("440106-19900101-1234", Some("an identity number")),
            ("a.b@example.com", Some("an e-mail address")),
        ] {
            assert_eq!(redactor.personal_part(identifier), found, "{identifier}");
        }
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
