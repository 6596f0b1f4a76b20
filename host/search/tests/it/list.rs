//! The list of synonyms.

use search::{Error, Reason, Synonyms};

use crate::{ask, filled, ids};

pub(crate) fn synonyms() -> Synonyms {
    Synonyms::parse(
        "# what people say, and what points say\n\
         黑车 => 非法营运, 无证拉客   # not the reverse\n\
         房产证、不动产权证，房本\n\
         \n\
         回乡证, 港澳通行证\n\
         TAXI, 出租车\n",
    )
    .unwrap()
}

#[test]
fn synonyms_are_found_and_said() {
    let index = filled();
    for (question, id, asked, found) in [
        ("举报黑车", "taxi-illegal", "黑车", "非法营运"),
        ("房本", "housing-deed", "房本", "不动产权证"),
        ("回乡证", "passport", "回乡证", "港澳通行证"),
        ("taxi", "taxi-refuse", "taxi", "出租车"),
    ] {
        let hits = ask(&index, question);
        assert_eq!(ids(&hits).first(), Some(&id), "{question}");
        let why = &hits.hits[0].why;
        assert!(
            why.iter().any(|why| why.reason == Reason::Synonym
                && why.asked == asked
                && why.found == found),
            "{question}: {why:?}"
        );
    }
}

#[test]
fn an_edit_takes_effect_at_once() {
    let index = filled();
    assert!(!ids(&ask(&index, "蓝莓")).contains(&"plate-quota"));
    index.set_synonyms(Synonyms::parse("蓝莓 => 小客车指标").unwrap());
    assert_eq!(ids(&ask(&index, "蓝莓")).first(), Some(&"plate-quota"));
    index.set_synonyms(Synonyms::default());
    assert!(!ids(&ask(&index, "蓝莓")).contains(&"plate-quota"));
}

#[test]
fn a_wrong_line_is_named() {
    for (list, wrong_line) in [
        ("公积金", 1),
        ("公积金, 住房公积金\n黑车 =>", 2),
        ("=> 黑车", 1),
        ("一, 二", 1),
        ("，，, ,", 1),
    ] {
        match Synonyms::parse(list) {
            Err(Error::Synonyms { line, .. }) => assert_eq!(line, wrong_line, "{list}"),
            other => panic!("{list}: {other:?}"),
        }
    }
    assert!(Synonyms::parse(" \n# only a comment\n").unwrap().is_empty());
    assert_eq!(Synonyms::parse("甲乙, 丙丁 => 戊己").unwrap().len(), 2);
}
