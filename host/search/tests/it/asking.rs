//! What questions find.

use search::Reason::{self, Characters, Homophone, Initials, Pinyin, Typo, Word};

use crate::{ask, filled, ids};

/// A question, the points that must come first in this order, and one reason of the first.
const QUESTIONS: &[(&str, &[&str], Reason)] = &[
    // Words.
    ("公积金提取", &["fund-withdraw"], Word),
    ("公积金贷款能贷多少", &["fund-loan"], Word),
    ("异地就医", &["medical-away"], Word),
    ("上班路上受伤是不是工伤", &["injury"], Word),
    ("老板不发工资", &["wages-late"], Word),
    ("垃圾分类", &["waste-sort"], Word),
    ("夜间施工", &["noise-build"], Word),
    ("ＥＴＣ　注销", &["etc-card"], Word),
    ("etc", &["etc-card"], Word),
    // Title and questions count more than a mention in the answer.
    ("身份证", &["id-card"], Word),
    // Single characters, and pairs that no dictionary has.
    ("税", &["tax-income"], Characters),
    ("开四停四", &["plate-limit"], Characters),
    // Pinyin, whole, with gaps, in part, and of several readings.
    ("gongjijin", &["fund-withdraw"], Pinyin),
    ("gong ji jin dai kuan", &["fund-loan"], Pinyin),
    ("gongjijindaikuan", &["fund-loan"], Pinyin),
    ("juzhuzheng", &["residence"], Pinyin),
    ("hunyindengji", &["marriage"], Pinyin),
    ("yizhuan", &[], Pinyin),
    ("lvka", &["talent-green"], Pinyin),
    // Initials.
    ("gjjtq", &["fund-withdraw"], Initials),
    ("zfgjjdk", &["fund-loan"], Initials),
    ("jzz", &["residence"], Initials),
    ("yyzz", &["business-new"], Initials),
    ("gjj 贷款", &["fund-loan"], Initials),
    // Typing mistakes.
    ("gongjijn", &["fund-withdraw"], Typo),
    ("juzhuzhegn", &["residence"], Typo),
    ("住房公鸡金提取", &["fund-withdraw"], Homophone),
    ("医保殿子凭证", &["medical-card"], Word),
    ("营业执兆", &["business-new"], Homophone),
    ("失业保险今申领", &["unemployment"], Word),
    // Traditional characters.
    ("公積金貸款額度", &["fund-loan"], Word),
    ("護照", &["passport"], Word),
];

#[test]
fn questions_find_their_points() {
    let index = filled();
    let mut wrong = Vec::new();
    for (question, wanted, reason) in QUESTIONS {
        let hits = ask(&index, question);
        let found = ids(&hits);
        if !found.starts_with(wanted) {
            wrong.push(format!("{question}: {found:?}"));
            continue;
        }
        let Some(first) = hits.hits.first().filter(|_| !wanted.is_empty()) else {
            continue;
        };
        if !first.why.iter().any(|why| why.reason == *reason) {
            wrong.push(format!("{question}: not {reason:?} but {:?}", first.why));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn initials_of_a_word_find_its_points_first() {
    let hits = ask(&filled(), "gjj");
    let mut first: Vec<&str> = ids(&hits).into_iter().take(4).collect();
    first.sort_unstable();
    assert_eq!(
        first,
        ["fund-loan", "fund-stop", "fund-transfer", "fund-withdraw"]
    );
}

#[test]
fn pages_follow_one_another() {
    let index = filled();
    let mut query = search::Query::new("怎么办理申请");
    query.limit = 60;
    let all = index.search(&query).unwrap();
    assert!(all.total > 10, "{}", all.total);
    assert_eq!(all.total, all.hits.len());
    let mut paged = Vec::new();
    query.limit = 7;
    while query.offset < all.total {
        let page = index.search(&query).unwrap();
        assert_eq!(page.total, all.total);
        paged.extend(page.hits);
        query.offset += 7;
    }
    assert_eq!(paged, all.hits);
    let descending = all.hits.iter().map(|hit| hit.score);
    assert!(descending.is_sorted_by(|a, b| a >= b));
}
