//! What a hit shows: places in characters of the text as it is.

use search::{Highlighted, Index, Part};

use crate::{MANUAL, ask, filled, ids, points, upserts};

fn marked(shown: &Highlighted) -> String {
    let mut text = String::new();
    for (place, c) in shown.text.chars().enumerate() {
        if shown.spans.iter().any(|span| span.start == place) {
            text.push('[');
        }
        text.push(c);
        if shown.spans.iter().any(|span| span.end == place + 1) {
            text.push(']');
        }
    }
    text
}

#[test]
fn matches_are_marked() {
    let index = filled();
    for (question, title, part, snippet) in [
        (
            "公积金提取",
            "住房[公积金提取]条件",
            Part::Question,
            "买房怎么取[公积金]？",
        ),
        (
            "gjj 贷款",
            "住房[公积金贷款]额度",
            Part::Question,
            "[公积金贷款]最高能贷多少？",
        ),
        (
            "juzhuzheng",
            "[居住证]办理",
            Part::Question,
            "外地人怎么办[居住证]？",
        ),
        (
            "ｅｔｃ",
            "[ETC]办理和注销",
            Part::Question,
            "[ETC]怎么办理？",
        ),
        (
            "刻章",
            "营业执照办理",
            Part::Answer,
            "网上填报，一天办结，免费[刻章]。",
        ),
        (
            "房本",
            "[不动产权证]办理",
            Part::Question,
            "[房产证]多久能拿到？",
        ),
    ] {
        let hits = ask(&index, question);
        let hit = &hits.hits[0];
        assert_eq!(marked(&hit.title), title, "{question}");
        assert_eq!(hit.snippet.part, part, "{question}");
        assert_eq!(marked(&hit.snippet.shown), snippet, "{question}");
        assert!(!hit.snippet.cut_before && !hit.snippet.cut_after);
    }
}

#[test]
fn a_snippet_is_cut_around_its_matches() {
    let mut point = points::all().remove(0);
    point.id = "long".into();
    point.questions.clear();
    point.answers.clear();
    point.body = format!(
        "{}😀特别的木棉树苗领取办法{}",
        "无关的话。".repeat(60),
        "后面的话。".repeat(60)
    );
    let index = Index::in_memory(&MANUAL).unwrap();
    index.apply(upserts(vec![point]), 1).unwrap();
    index.flush().unwrap();
    let hits = ask(&index, "木棉树苗");
    assert_eq!(ids(&hits), ["long"]);
    let snippet = &hits.hits[0].snippet;
    assert!(snippet.cut_before && snippet.cut_after);
    assert_eq!(snippet.part, Part::Body);
    assert_eq!(snippet.shown.text.chars().count(), 90);
    assert!(
        marked(&snippet.shown).contains("😀特别的[木棉树苗]领取办法"),
        "{snippet:?}"
    );
}
