//! The report as one page that needs nothing else: no script, no font, no picture from elsewhere.

use chrono::{DateTime, FixedOffset, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;

use super::gist;
use super::report::{Distribution, Group, Sample, TrialReport};

/// China Standard Time is this far ahead of UTC, in seconds.
const CITY_OFFSET_S: i32 = 8 * 3600;
const FORMAT: &str = "%Y-%m-%d %H:%M:%S";
/// Bars of a plot.
const BARS_MAX: usize = 25;
/// Width of the widest bar, in pixels.
const BAR_WIDTH: u64 = 360;

const STYLE: &str = "
body { font: 15px/1.5 system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif;
       max-width: 72rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid #ddd;
       padding: .3rem .5rem; text-align: left; vertical-align: top; } td.n { text-align: right; }
.big { font-size: 2rem; font-weight: 600; } .quiet { color: #666; } .bar { fill: #c0392b; }
.rest { fill: #d9d9d9; } code { font-size: .85em; word-break: break-all; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #161616; }
       th, td { border-color: #333; } .rest { fill: #444; } .quiet { color: #aaa; } }";

impl TrialReport {
    /// The report as a self-contained page, in Chinese.
    #[must_use]
    pub fn html(&self) -> String {
        let title = format!("试运行报告：{}（{}）", self.rule.name, self.scope);
        html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    h1 { (title) }
                    p.quiet { "镜像 " code { (self.rule.image) } }
                    (self.summary())
                    (self.cost())
                    (groups("按区", self.by_district.iter()))
                    (groups("按事项类别", self.by_category.iter()))
                    (groups("按承办单位", self.by_unit.iter()))
                    (self.moved())
                    (self.side_by_side())
                }
            }
        }
        .into_string()
    }

    fn summary(&self) -> Markup {
        let rows = [
            ("查看的决定", self.decisions),
            ("不会询问本规则的", self.out_of_reach),
            ("问题未保存的", self.without_question),
            ("询问了本规则的", self.asked),
            ("结论逐字节相同", self.same),
            ("仅理由或得分不同", self.reworded),
            ("结论不同", self.changed),
            ("原无结论，现有", self.gained),
            ("原有结论，现无", self.lost),
        ];
        html! {
            p { span.big { (self.changed_permille) "‰" } " 的决定会不同" }
            @if let Some((from, until)) = self.span {
                p.quiet { (local(from)) " 至 " (local(until)) }
            }
            table {
                @for (name, count) in rows { tr { td { (name) } td.n { (count) } } }
                @for (name, count) in &self.without_verdict {
                    tr { td { "本规则未给出结论：" code { (name) } } td.n { (count) } }
                }
            }
        }
    }

    fn cost(&self) -> Markup {
        let row = |name: &str, it: &Distribution| {
            html! {
                tr {
                    td { (name) }
                    @for number in [it.count, it.total, it.p50, it.p99, it.max] { td.n { (number) } }
                }
            }
        };
        html! {
            h2 { "开销" }
            table {
                tr { th { "" } @for name in ["次数", "合计", "p50", "p99", "最大"] { th { (name) } } }
                (row("本规则的燃料", &self.fuel))
                (row("当时给出结论者的燃料", &self.fuel_before))
                (row("本规则的用时（微秒）", &self.duration_us))
            }
        }
    }

    fn moved(&self) -> Markup {
        let name = |side: &Option<String>| side.clone().unwrap_or_else(|| "（无结论）".to_owned());
        html! {
            h2 { "从何到何" }
            @if self.moves.is_empty() { p.quiet { "没有结论变化。" } } @else {
                table {
                    tr { th { "当时" } th { "现在" } th { "次数" } }
                    @for it in &self.moves {
                        tr { td { (name(&it.from)) } td { (name(&it.to)) } td.n { (it.count) } }
                    }
                }
            }
        }
    }

    fn side_by_side(&self) -> Markup {
        html! {
            h2 { "逐条对照" }
            @if self.samples.is_empty() { p.quiet { "没有不同。" } } @else {
                table {
                    tr { th { "工单" } th { "问题（已脱敏）" } th { "当时" } th { "现在" } }
                    @for sample in &self.samples {
                        tr {
                            td { (sample.order) br; span.quiet { (sample.class.zh()) } }
                            td { (asked(sample)) }
                            td { (self.verdict(sample.before.as_ref())) }
                            td { (self.verdict(sample.after.as_ref())) }
                        }
                    }
                }
            }
        }
    }

    fn verdict(&self, verdict: Option<&Value>) -> Markup {
        let Some(verdict) = verdict else {
            return html! { span.quiet { "（无结论）" } };
        };
        let list = ["candidates", "proposals"];
        let items = list
            .into_iter()
            .find_map(|name| verdict.get(name)?.as_array());
        let names = gist(self.kind, verdict);
        html! {
            @if names.is_empty() { span.quiet { "（无须处理）" } }
            @for (n, name) in names.iter().enumerate() {
                @let item = items.and_then(|items| items.get(n));
                @let score = item.and_then(|it| it.get("score_permille")).and_then(Value::as_u64);
                @let reason = item.and_then(|it| it.get("reason")).and_then(Value::as_str);
                div {
                    (name)
                    @if let Some(score) = score { " " span.quiet { (score) } }
                    @if let Some(reason) = reason { br; span.quiet { (reason) } }
                }
            }
        }
    }
}

/// An instant in the city's time.
fn local(instant: DateTime<Utc>) -> String {
    let city = FixedOffset::east_opt(CITY_OFFSET_S).map(|zone| instant.with_timezone(&zone));
    city.map_or_else(
        || instant.format(FORMAT).to_string(),
        |local| local.format(FORMAT).to_string(),
    )
}

fn asked(sample: &Sample) -> Markup {
    let field = |name: &str| sample.question.get(name).and_then(Value::as_str);
    html! {
        @if let Some(subject) = field("subject") { strong { (subject) } br; }
        @match field("text") {
            Some(text) => (text),
            None => code { (sample.question) },
        }
    }
}

/// A plot of the share that changes, the groups with most changes first.
fn groups<'a>(title: &str, groups: impl Iterator<Item = (&'a String, &'a Group)>) -> Markup {
    let mut groups: Vec<(&String, &Group)> = groups.collect();
    groups.sort_by(|a, b| {
        (b.1.changed, b.1.asked)
            .cmp(&(a.1.changed, a.1.asked))
            .then(a.0.cmp(b.0))
    });
    let left_out = groups.len().saturating_sub(BARS_MAX);
    groups.truncate(BARS_MAX);
    let most = groups
        .iter()
        .map(|(_, group)| group.asked)
        .max()
        .unwrap_or(1)
        .max(1);
    let width = |count: u64| count.saturating_mul(BAR_WIDTH).div_ceil(most);
    html! {
        h2 { (title) "：会不同的（红）与询问的（灰）" }
        table {
            @for (name, group) in &groups {
                tr {
                    td { (name) }
                    td {
                        svg width=(BAR_WIDTH) height="14" role="img"
                            aria-label=(format!("{} / {}", group.changed, group.asked)) {
                            rect.rest width=(width(group.asked)) height="14" {}
                            rect.bar width=(width(group.changed)) height="14" {}
                        }
                    }
                    td.n { (group.changed) " / " (group.asked) }
                }
            }
        }
        @if left_out > 0 { p.quiet { "另有 " (left_out) " 项较少的未列出。" } }
    }
}
