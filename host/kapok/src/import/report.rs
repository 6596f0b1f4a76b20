//! What an import did: figures, refusals and fields that were ignored.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use super::record::Refusal;
use super::target::Outcome;

/// So many refusals are shown to people; a report file and `--json` have all of them.
const REFUSALS_SHOWN_MAX: usize = 20;

/// What an import has done so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The figures.
    pub(crate) summary: Summary,
    /// What was refused and why, as it came up.
    pub(crate) refusals: Vec<Refusal>,
}

/// The figures of an import: the last line of `--json`.
#[derive(Debug, Default, Clone, PartialEq, Serialize)]
pub(crate) struct Summary {
    /// Orders registered by this run.
    pub(crate) imported: u64,
    /// Messages that were there already, with the same content.
    pub(crate) skipped: u64,
    /// Lines that were refused.
    pub(crate) refused: u64,
    /// Of the imported: a rule gave a verdict.
    pub(crate) routed: u64,
    /// Of the imported: dispatched on that verdict without a person.
    pub(crate) dispatched: u64,
    /// Of the imported: in the queue that a person routes.
    pub(crate) person_queue: u64,
    /// Of the imported: had no type of their own and got the default one.
    pub(crate) default_type: u64,
    /// Fields that the format does not know, with the number of messages that had them.
    pub(crate) ignored_fields: BTreeMap<String, u64>,
    /// How long it took.
    pub(crate) seconds: f64,
    /// Orders registered a second, each durable.
    pub(crate) orders_per_second: u64,
}

impl Report {
    /// Counts what became of a record.
    pub(crate) fn count(&mut self, default_type: bool, outcome: Outcome) {
        let summary = &mut self.summary;
        match outcome {
            Outcome::Imported { routed, dispatched } => {
                bump(&mut summary.imported, true);
                bump(&mut summary.routed, routed);
                bump(&mut summary.dispatched, dispatched);
                bump(&mut summary.person_queue, !dispatched);
                bump(&mut summary.default_type, default_type);
            }
            Outcome::Skipped => bump(&mut summary.skipped, true),
            Outcome::Refused(refusal) => self.refuse(refusal),
        }
    }

    /// Counts a refused line.
    pub(crate) fn refuse(&mut self, refusal: Refusal) {
        bump(&mut self.summary.refused, true);
        self.refusals.push(refusal);
    }

    /// Puts the figures together at the end.
    pub(crate) fn finish(&mut self, ignored_fields: BTreeMap<String, u64>, took: Duration) {
        self.refusals.sort_by_key(|refusal| refusal.line);
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
        let summary = &mut self.summary;
        summary.ignored_fields = ignored_fields;
        // By way of text, so that 1.695 is not 1.6949999999999998.
        let seconds = format!("{}.{:03}", millis / 1000, millis % 1000);
        summary.seconds = seconds.parse().unwrap_or_default();
        summary.orders_per_second = summary.imported.saturating_mul(1000) / millis;
    }

    /// Writes refusals and summary to a file, one JSON object a line, the summary last.
    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let write = || -> anyhow::Result<()> {
            let mut file = BufWriter::new(File::create(path)?);
            for refusal in &self.refusals {
                writeln!(file, "{}", serde_json::to_string(refusal)?)?;
            }
            writeln!(file, "{}", serde_json::to_string(&self.summary)?)?;
            Ok(file.flush()?)
        };
        write().with_context(|| format!("cannot write the report to `{}`", path.display()))
    }

    /// The report for people.
    pub(crate) fn text(&self) -> String {
        let summary = &self.summary;
        let mut lines: Vec<String> = self
            .refusals
            .iter()
            .take(REFUSALS_SHOWN_MAX)
            .map(|refusal| {
                let id = refusal
                    .id
                    .as_ref()
                    .map(|id| format!(" (id {id})"))
                    .unwrap_or_default();
                format!(
                    "refused line {}{id}: `{}` {}; {}",
                    refusal.line, refusal.field, refusal.problem, refusal.way_out
                )
            })
            .collect();
        let hidden = self.refusals.len().saturating_sub(REFUSALS_SHOWN_MAX);
        if hidden > 0 {
            lines.push(format!(
                "… and {hidden} more; see all with --report FILE or --json"
            ));
        }
        for (name, count) in &summary.ignored_fields {
            lines.push(format!("ignored field `{name}` in {count} messages"));
        }
        lines.push(format!(
            "imported {} ({} routed by a rule, {} of them dispatched; {} wait for a person; {} of \
             default type), skipped {}, refused {}, in {} s ({} orders/s)",
            summary.imported,
            summary.routed,
            summary.dispatched,
            summary.person_queue,
            summary.default_type,
            summary.skipped,
            summary.refused,
            summary.seconds,
            summary.orders_per_second,
        ));
        lines.join("\n")
    }
}

fn bump(figure: &mut u64, condition: bool) {
    *figure = figure.saturating_add(u64::from(condition));
}
