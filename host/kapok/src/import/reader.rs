//! Cuts a file into lines, with a limit on each, so that no input can exhaust memory.

use std::io::{self, BufRead, Read as _};

/// The longest line that is taken, in bytes without its line break.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;

/// One line of the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Number, from 1.
    pub(crate) number: u64,
    /// What it holds.
    pub(crate) content: Content,
    /// Bytes of the input up to and including this line.
    pub(crate) read_bytes: u64,
}

/// What a line holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// Its bytes, without line break and byte order mark.
    Bytes(Vec<u8>),
    /// More than [`LINE_BYTES_MAX`]; it was skipped.
    TooLong,
}

/// Lines of an input, one after the other. Empty lines are passed over.
#[derive(Debug)]
pub(crate) struct Lines<R> {
    input: R,
    number: u64,
    read_bytes: u64,
}

impl<R: BufRead> Lines<R> {
    /// Lines of this input.
    pub(crate) fn new(input: R) -> Self {
        Self {
            input,
            number: 0,
            read_bytes: 0,
        }
    }

    /// The next line that is not empty, or nothing at the end.
    pub(crate) fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let Some(content) = self.next_content()? else {
                return Ok(None);
            };
            let empty = matches!(&content, Content::Bytes(bytes) if bytes.trim_ascii().is_empty());
            if !empty {
                return Ok(Some(Line {
                    number: self.number,
                    content,
                    read_bytes: self.read_bytes,
                }));
            }
        }
    }

    fn next_content(&mut self) -> io::Result<Option<Content>> {
        let limit = u64::try_from(LINE_BYTES_MAX)
            .unwrap_or(u64::MAX)
            .saturating_add(2);
        let mut bytes = Vec::new();
        let read = self
            .input
            .by_ref()
            .take(limit)
            .read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(None);
        }
        self.number = self.number.saturating_add(1);
        self.count(read);
        let whole = bytes.pop_if(|byte| *byte == b'\n').is_some();
        bytes.pop_if(|byte| *byte == b'\r');
        if bytes.len() > LINE_BYTES_MAX {
            if !whole {
                self.skip_rest_of_line()?;
            }
            return Ok(Some(Content::TooLong));
        }
        if self.number == 1 && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        Ok(Some(Content::Bytes(bytes)))
    }

    fn skip_rest_of_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let line_break = buffer.iter().position(|byte| *byte == b'\n');
            let used = line_break.map_or(buffer.len(), |at| at.saturating_add(1));
            self.input.consume(used);
            self.count(used);
            if line_break.is_some() {
                return Ok(());
            }
        }
    }

    fn count(&mut self, bytes: usize) {
        self.read_bytes = self
            .read_bytes
            .saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: &[(u64, Option<&[u8]>)]) {
        let mut lines = Lines::new(io::BufReader::with_capacity(7, input));
        let mut found = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            found.push(match line.content {
                Content::Bytes(bytes) => (line.number, Some(bytes)),
                Content::TooLong => (line.number, None),
            });
        }
        let expected: Vec<_> = expected
            .iter()
            .map(|(number, bytes)| (*number, bytes.map(<[u8]>::to_vec)))
            .collect();
        assert_eq!(found, expected);
        assert_eq!(lines.read_bytes, u64::try_from(input.len()).unwrap());
    }

    #[test]
    fn lines_are_numbered_and_cleaned() {
        check(b"", &[]);
        check(b"\n \r\n", &[]);
        check(
            b"\xEF\xBB\xBF{}\r\n\n{\"a\"}",
            &[(1, Some(b"{}")), (3, Some(b"{\"a\"}"))],
        );
        check(b"\xff\n", &[(1, Some(b"\xff"))]);
    }

    #[test]
    fn a_line_too_long_is_skipped_and_the_next_one_read() {
        let fits = vec![b'a'; LINE_BYTES_MAX];
        let long = vec![b'b'; LINE_BYTES_MAX + 1];
        let longer = vec![b'c'; 3 * LINE_BYTES_MAX];
        let input = [
            &fits,
            &b"\r\n"[..],
            &long,
            b"\n",
            &longer,
            b"\nx\n",
            &longer,
        ]
        .concat();
        check(
            &input,
            &[
                (1, Some(&fits)),
                (2, None),
                (3, None),
                (4, Some(b"x")),
                (5, None),
            ],
        );
    }
}
