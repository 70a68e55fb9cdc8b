//! `denizen codes`: the texts of columns that have no meaning, as a file to be finished by hand.

use std::io::Write;

use denizen::{Cancel, Project, UnmappedCode};
use denizen_aggregate::write_private_file;
use denizen_ingest::{CODES_COLUMNS, MOST_UNMAPPED};
use denizen_spec::is_obeyed;

use crate::args::CodesOptions;
use crate::report::{ExitStatus, Reporter};

pub(crate) fn codes(options: &CodesOptions, reporter: &Reporter, cancel: &Cancel) -> Result<(), ExitStatus> {
    let project = Project::open(&options.pipeline, &options.source).map_err(|error| reporter.fail(&error))?;
    let (path, text) = project.file();
    let observer = reporter.of_file(&path, text);
    let unmapped = project.unmapped_codes(&observer, cancel).map_err(|error| reporter.fail(&error))?;
    let table = table(&unmapped);
    cut_off(&unmapped).iter().for_each(|warning| reporter.line(warning));
    let Some(out) = &options.out else {
        check_shown(&unmapped, reporter)?;
        // A reader that has seen enough, such as `head`, is no fault.
        let _ = std::io::stdout().write_all(table.as_bytes());
        return Ok(());
    };
    let written = write_private_file(out, |file| file.write_all(table.as_bytes()));
    written.map_err(|fault| reporter.fail_alone(fault))?;
    reporter.result(&format!("{}: {} texts without a meaning", out.display(), unmapped.len()));
    Ok(())
}

/// Columns that may have more texts than are kept.
fn cut_off(unmapped: &[UnmappedCode]) -> Vec<String> {
    let columns =
        unmapped.chunk_by(|one, other| (&one.source, &one.column) == (&other.source, &other.column));
    let full = columns.filter(|texts| texts.len() >= MOST_UNMAPPED).map(|texts| &texts[0]);
    let warning = |code: &UnmappedCode| {
        let UnmappedCode { source, column, .. } = code;
        format!(
            "warning: `{column}` of `{source}` may have more texts than these {MOST_UNMAPPED}, the first in their order: \
             give them codes, and ask again"
        )
    };
    full.map(warning).collect()
}

/// What is printed may be kept by others, and a terminal obeys some characters.
fn check_shown(unmapped: &[UnmappedCode], reporter: &Reporter) -> Result<(), ExitStatus> {
    let help = Some("write a file that only you can read: `--out FILE`");
    if let Some(code) = unmapped.iter().find(|code| code.of_persons) {
        let message = format!("texts of `{}` are not printed, for it has personal columns", code.source);
        return Err(reporter.refuse(&message, help));
    }
    if unmapped.iter().any(|code| code.value.contains(is_obeyed)) {
        return Err(reporter.refuse("a text holds characters that a terminal would obey", help));
    }
    Ok(())
}

/// The file: `code` is empty, and a proposal only proposes.
fn table(unmapped: &[UnmappedCode]) -> String {
    let mut table = format!("{}\n", CODES_COLUMNS.join(","));
    for UnmappedCode { source, column, value, rows, proposal, .. } in unmapped {
        let rows = rows.to_string();
        let code = proposal.as_ref().and_then(|proposal| proposal.code.as_deref()).unwrap_or_default();
        let (label, why) = proposal.as_ref().map_or(("", ""), |proposal| (&proposal.label, &proposal.why));
        let fields = [source, column, value, &rows, "", code, label, why].map(quoted);
        table += &format!("{}\n", fields.join(","));
    }
    table
}

/// A field of CSV.
fn quoted(text: &str) -> String {
    let needs_quotes = text.contains([',', '"', '\n', '\r']) || text.trim() != text;
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_too_many_texts_are_named() {
        let code = |column: &str, value: usize| UnmappedCode {
            source: "s".to_owned(),
            column: column.to_owned(),
            value: value.to_string(),
            rows: 1,
            proposal: None,
            of_persons: false,
        };
        let few = (0..MOST_UNMAPPED - 1).map(|value| code("few", value));
        let many = (0..MOST_UNMAPPED).map(|value| code("many", value));
        let warnings = cut_off(&few.chain(many).collect::<Vec<_>>());
        assert!(warnings.len() == 1 && warnings[0].contains("`many` of `s`"), "{warnings:?}");
    }

    #[test]
    fn fields_are_quoted_where_they_must_be() {
        let table = [
            ("Perù", "Perù"),
            ("Korea, Republic of", "\"Korea, Republic of\""),
            ("a \"b\"", "\"a \"\"b\"\"\""),
            (" a", "\" a\""),
            ("a\nb", "\"a\nb\""),
        ];
        for (text, expected) in table {
            assert_eq!(quoted(text), expected);
        }
    }
}
