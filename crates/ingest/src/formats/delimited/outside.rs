//! Lines outside the table, told by what they begin with: comments, and what stands below it.

use denizen_spec::Layout;

use crate::decoder::Decoder;

/// What such lines begin with, blanks and a quote aside.
#[derive(Debug, Default)]
pub(super) struct Outside {
    comment: Option<Vec<u8>>,
    footers: Vec<Vec<u8>>,
    quote: Option<u8>,
}

impl Outside {
    pub(super) fn new(layout: &Layout, quote: Option<u8>, decoder: Decoder) -> Self {
        let bytes = |text: &String| decoder.encode(text.trim()).into_owned();
        Self {
            comment: layout.comment.as_ref().map(bytes),
            footers: layout.footer.iter().map(bytes).collect(),
            quote,
        }
    }

    /// Whether no line is outside the table.
    pub(super) fn is_empty(&self) -> bool {
        self.comment.is_none() && self.footers.is_empty()
    }

    pub(super) fn comment(&self) -> Option<&[u8]> {
        self.comment.as_deref()
    }

    pub(super) fn is_comment(&self, line: &[u8]) -> bool {
        self.comment.as_ref().is_some_and(|comment| self.begins(line, comment))
    }

    /// Whether a line is the first below the table.
    pub(super) fn is_footer(&self, line: &[u8]) -> bool {
        self.footers.iter().any(|footer| self.begins(line, footer))
    }

    /// Where the first line below the table begins among some lines.
    pub(super) fn footer_in(&self, lines: &[u8]) -> Option<usize> {
        if self.footers.is_empty() {
            return None;
        }
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', lines).map(|feed| feed + 1));
        starts.filter(|start| *start < lines.len()).find(|start| self.is_footer(&lines[*start..]))
    }

    fn begins(&self, line: &[u8], mark: &[u8]) -> bool {
        let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        let blanks = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = &line[blanks..];
        let unquoted = self.quote.and_then(|quote| line.strip_prefix(&[quote]));
        line.starts_with(mark) || unquoted.is_some_and(|line| line.trim_ascii_start().starts_with(mark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_outside_the_table() {
        let layout = Layout {
            comment: Some("#".to_owned()),
            footer: vec!["Fonte".to_owned(), "(*)".to_owned()],
            ..Layout::default()
        };
        let outside = Outside::new(&layout, Some(b'"'), Decoder::of_utf8());
        for (line, is_comment, is_footer) in [
            ("# x\n", true, false),
            (" \"# x\"", true, false),
            ("Fonte: Istat", false, true),
            ("\"Fonte: Istat\"\n", false, true),
            ("(*) note", false, true),
            ("1;# x", false, false),
            ("'Fonte", false, false),
            ("", false, false),
        ] {
            assert_eq!(
                (outside.is_comment(line.as_bytes()), outside.is_footer(line.as_bytes())),
                (is_comment, is_footer),
                "{line}"
            );
        }
        assert_eq!(outside.footer_in(b"1;2\n3;4\nFonte\n"), Some(8));
        assert_eq!(outside.footer_in(b"1;2\n3;Fonte\n"), None);
    }
}
