//! Documents that are no longer in force.

use sdk::knowledge::Point;

use crate::letters::Letters;
use crate::number::Number;
use crate::report::{Code, Report};
use crate::settings::{Repeal, Rules, title_key};
use crate::title::Title;

/// Letters after a title in which a word may say that it is only spoken of.
const SPOKEN_WITHIN: usize = 20;

pub(crate) fn check(
    rules: &Rules,
    text: &Letters,
    titles: &[Title],
    numbers: &[Number],
    point: &Point,
    report: &mut Report<'_>,
) {
    let mut found: Vec<(&Repeal, usize, usize)> = Vec::new();
    for title in titles {
        if let Some(repeal) = rules.by_title(&title_key(&title.name)) {
            found.push((repeal, title.start, title.end));
        }
    }
    for number in numbers {
        let Some(repeal) = rules.by_number(&number.written) else {
            continue;
        };
        // One citation with title and number is one finding.
        let behind = titles.partition_point(|title| title.end <= number.start);
        let title = titles.get(..behind).and_then(<[Title]>::last);
        let said = title.is_some_and(|title| {
            let same = rules.by_title(&title_key(&title.name));
            same.is_some_and(|same| std::ptr::eq(same, repeal))
                && text.only_marks(title.end, number.start)
        });
        if !said {
            found.push((repeal, number.start, number.end));
        }
    }
    for (repeal, start, end) in found {
        if !only_spoken_of(rules, text, start, end) {
            judge(repeal, &text.words(start, end), point, report);
        }
    }
}

/// Whether the words around say that the document is gone, changed or replaced.
fn only_spoken_of(rules: &Rules, text: &Letters, start: usize, end: usize) -> bool {
    if rules
        .spoken_before
        .iter()
        .any(|words| text.ends_in(start, words))
    {
        return true;
    }
    let behind = text.text(end, end + SPOKEN_WITHIN);
    let clause = behind.split(['。', '；', ';', '\n', '《']).next();
    let clause = clause.unwrap_or_default();
    rules
        .spoken_after
        .iter()
        .any(|words| clause.contains(words.as_str()))
}

fn judge(repeal: &Repeal, found: &str, point: &Point, report: &mut Report<'_>) {
    let since = repeal.since;
    let way_out = repeal.successor.as_ref().map_or_else(
        || "请删去或改引现行有效的文件".to_owned(),
        |successor| format!("请改引{successor}"),
    );
    let (today, until) = (point.today.to_naive(), point.valid_until.to_naive());
    if today.is_none_or(|today| since <= today) {
        let message = format!("“{found}”已于{since}废止，{way_out}");
        report.add(Code::Repealed, message);
    } else if until.is_none_or(|until| since <= until) {
        let message = format!("“{found}”将于{since}废止，早于本知识点有效期届满，届时{way_out}");
        report.add(Code::RepealedAhead, message);
    }
}
