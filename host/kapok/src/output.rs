//! The one place that writes to standard output. Everything that is not a command's result (logs,
//! progress, errors) goes to standard error.

use std::io::{self, Write as _};

use anyhow::Context as _;
use serde::Serialize;

/// Writes one line of text.
pub(crate) fn line(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout().lock(), "{text}").context("cannot write to standard output")
}

/// Writes a text as it is.
pub(crate) fn text(text: &str) -> anyhow::Result<()> {
    write!(io::stdout().lock(), "{text}").context("cannot write to standard output")
}

/// Writes a value as one line of JSON.
pub(crate) fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value).context("cannot write the result as JSON")?)
}

/// Whether an error only says that nobody reads the output any longer, as in `kapok … | head -1`.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|io| io.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// Writes an error with its causes to standard error, each cause once.
pub(crate) fn error(error: &anyhow::Error) {
    let mut text = format!("error: {error}");
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // Some libraries repeat their source in their own message.
        if !last.contains(&cause) {
            text.push_str("\n  caused by: ");
            text.push_str(&cause);
        }
        last = cause;
    }
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes a line that is not the command's result to standard error.
pub(crate) fn note(text: &str) {
    // Nothing can be done if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Lays rows out in columns. The last column is not padded, so texts of double width stand there.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|cell| (*cell).to_owned()).collect();
    let lines = || std::iter::once(&head).chain(rows);
    let mut widths = vec![0; head.len()];
    for row in lines() {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in lines() {
        let mut cells: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:<width$}"))
            .collect();
        if let (Some(last), Some(cell)) = (cells.last_mut(), row.last()) {
            last.clone_from(cell);
        }
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text.pop();
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = vec![
            vec!["a".to_owned(), "1".to_owned()],
            vec!["bbbb".to_owned(), "市".to_owned()],
        ];
        assert_eq!(
            table(&["id", "unit"], &rows),
            "id    unit\na     1\nbbbb  市"
        );
    }
}
