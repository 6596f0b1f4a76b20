//! Names of others, which stand after what somebody is to the requester: 房东张伟不退押金.

use regex::Captures;

use super::{NAME, part};

/// After these a name may stand.
pub(super) const ROLES: &[&str] = &["房东", "物业经理", "举报", "邻居", "老板", "店主", "负责人"];

/// What goes on after a name. Without it the words may be a place or a thing, and stay.
const GOES_ON: &str = "不在把将的是说没未要已从向对跟及还又也都就总经拒拖欠打骂私违扣克拿收涨擅威堵停乱占长\
    电手住非涉被让叫给每于因以去来做卖偷骗很太却仍且、和与";

/// The last character of a place or a body, not of a name.
const PLACES: &str = "区村镇街路站市场店厂局校院园城苑巷桥河山湖门里坊涌围岗楼屋房家口道";

/// Words that begin like a name.
const WORDS: &[&str] = &[
    "马路", "马上", "马桶", "张贴", "张挂", "黄色", "黄牛", "黄埔", "黄金", "石材", "石油", "周边",
    "周围", "周末", "周日", "周一", "周六", "江边", "江南", "江海", "龙洞", "龙归", "龙头", "严重",
    "严禁", "路边", "路面", "路灯", "路口", "路上", "路过", "万达", "万元", "万科", "程序", "武装",
    "武术", "许多", "许可", "何时", "何地", "曾经", "曾多", "曾在", "林业", "林地", "林木", "林和",
    "田地", "田间", "雷同", "顾客", "钱款", "毛坯", "施工", "施暴", "牛奶", "牛肉", "夏天", "夏季",
    "庄家", "孔洞", "史上", "陆续", "谢谢", "莫名", "齐全", "凌晨", "尤其", "宁可", "程度", "董事",
    "欧洲", "熊猫", "秦皇", "陶瓷", "戴口", "武汉", "韩国", "韩式", "唐人", "苏州", "苏宁", "郑州",
    "徐州", "杨箕", "罗冲", "金属", "高空", "余款", "余额", "温泉", "梅花", "杜绝", "汤水", "孟加",
    "吴川", "潘多", "叶子", "田径", "倪虹", "史料", "江水", "汪汪", "汪叫", "易燃", "胡乱", "胡说",
    "龙虾", "龙卷", "陈旧", "陈年", "陈列", "朱红", "梁柱", "温度", "温馨", "赵公", "沈阳", "贺卡",
    "覃村", "葛根", "尹始", "丁字", "丁点", "姜汁", "钟点", "钟表", "钟村", "邻里", "孙子", "孙女",
    "钱财", "钱包", "康复", "康乐", "康王", "路段", "常年", "牛羊", "凌空", "庞大", "齐声", "毛发",
];

/// Masks a surname with one or two characters behind it, where the sentence goes on after them.
pub(super) fn after_role(found: &Captures<'_>) -> String {
    let (role, between, surname) = (part(found, 1), part(found, 2), part(found, 3));
    let given: Vec<char> = part(found, 4).chars().collect();
    let all = part(found, 0);
    let word: String = surname
        .chars()
        .chain(given.iter().copied())
        .take(2)
        .collect();
    let ends = |length: usize| given.get(length).is_none_or(|next| GOES_ON.contains(*next));
    let length: usize = match given.as_slice() {
        [] => return all.to_owned(),
        _ if WORDS.contains(&word.as_str()) => return all.to_owned(),
        _ if ends(1) => 1,
        [_, _, ..] if ends(2) => 2,
        _ => return all.to_owned(),
    };
    let last = given.get(length.saturating_sub(1));
    if last.is_some_and(|last| PLACES.contains(*last) || GOES_ON.contains(*last)) {
        return all.to_owned();
    }
    let rest: String = given.iter().skip(length).collect();
    format!("{role}{between}{NAME}{rest}")
}
