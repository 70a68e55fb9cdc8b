//! The log as commands of GitHub Actions, and the summary of a job there.
//!
//! A line that begins with `::` is a command to the runner: it shows faults beside the lines that they are about, and folds what
//! belongs together. Commands and how they are escaped:
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>, and `command.ts` of
//! <https://github.com/actions/toolkit>. A runner reads both streams; only where they are one (`2>&1`) does it show the lines of both in
//! their order.

use std::path::Path;

use denizen_spec::printable_line;
use serde_json::Value;

/// What a runner shows of a fault or a change, from the event that a log in JSON has of it: `::error file=…,line=…::…`. What has no
/// place stands at `pipeline`, where there is one.
pub(crate) fn annotation(event: &Value, pipeline: &str) -> String {
    let text = |name: &str| event[name].as_str();
    let command = match text("severity") {
        Some("error") => "error",
        Some("warning") => "warning",
        // What `check --against` tells and nobody need mend.
        Some(_) | None => "notice",
    };
    let file = text("file").or(Some(pipeline)).filter(|file| !file.is_empty());
    let file = file.map(|file| ("file", in_repository(file)));
    let line = event["line"].as_u64().map(|line| ("line", line.to_string()));
    // Of a change it is the name of a column.
    let column = event["column"].as_u64().map(|column| ("col", column.to_string()));
    let title = Some(("title", text("code").unwrap_or("denizen").to_owned()));
    let properties = [file, line, column, title].into_iter().flatten();
    let properties: Vec<String> =
        properties.map(|(name, value)| format!("{name}={}", property(&printable_line(&value)))).collect();
    format!("::{command} {}::{}", properties.join(","), data(&message(event)))
}

/// The message of an event, and below it what a text shows around it.
fn message(event: &Value) -> String {
    let text = |name: &str| event[name].as_str();
    let about = [text("source"), event["column"].as_str()].into_iter().flatten();
    let about: String = about.map(|name| format!("{name}: ")).collect();
    let first = text("message").unwrap_or_default();
    let mut lines: Vec<String> = first.lines().map(printable_line).collect();
    lines.extend(text("label").map(printable_line));
    let notes = event["notes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    lines.extend(notes.map(|note| format!("note: {}", printable_line(note))));
    lines.extend(text("help").map(|help| format!("help: {}", printable_line(help))));
    lines.extend(text("code").map(|code| format!("denizen explain {code}")));
    about + &lines.join("\n")
}

/// Begins a group of lines, which ends at [`END_OF_GROUP`].
pub(crate) fn group(title: &str) -> String {
    format!("::group::{}", data(&printable_line(title)))
}

/// The end of a group of lines.
pub(crate) const END_OF_GROUP: &str = "::endgroup::";

/// A line that a runner shows and does not obey, whatever it holds: names in it come from files. It looks for `::` at the beginning
/// of a line, behind spaces too, and for `##[`, the older form, everywhere.
pub(crate) fn shown(line: &str) -> String {
    let line = line.replace("##[", "## [");
    if line.trim_start().starts_with("::") { line.replacen("::", ": :", 1) } else { line }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A file as the repository names it, from which a runner starts wherever the program does.
fn in_repository(file: &str) -> String {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").filter(|workspace| !workspace.is_empty());
    let Some(workspace) = workspace else { return file.to_owned() };
    let absolute = std::path::absolute(file).unwrap_or_default();
    let inside = absolute.strip_prefix(Path::new(&workspace)).ok();
    inside.map_or(file.to_owned(), |path| path.to_string_lossy().replace('\\', "/"))
}

/// A cell of a table in Markdown that shows a text as it is.
pub(crate) fn cell(text: &str) -> String {
    let is_markup = |c: char| c.is_ascii_punctuation() && !"/.,-:;()".contains(c);
    let mut cell = String::new();
    for c in printable_line(text).chars() {
        if is_markup(c) {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

/// Adds to the summary of the job that runs, if one does.
///
/// # Errors
///
/// When it cannot be written.
#[expect(clippy::disallowed_methods, reason = "what the runner shows: it is printed, only elsewhere")]
pub(crate) fn add_to_summary(markdown: &str) -> std::io::Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut file = std::fs::File::options().append(true).create(true).open(path)?;
    std::io::Write::write_all(&mut file, markdown.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events;
    use denizen_spec::{Code, Diagnostic};
    use serde_json::json;

    /// As the toolkit of GitHub Actions escapes them.
    #[test]
    fn an_annotation_is_one_line_that_cannot_end_early() {
        let full = Diagnostic::error(Code::MissingFile, "100 % of a::b,\r\nc")
            .at(denizen_spec::Path::root().field("b"), "here")
            .note("one")
            .help("look");
        let odd = Diagnostic::warning(Code::NothingLeft, "none\u{1b}").in_file("a,b:c%\n.csv", Some(7));
        let bare = Diagnostic::warning(Code::NothingLeft, "none");
        for (event, expected) in [
            (
                events::diagnostic(&bare, "p.toml", ""),
                "::warning file=p.toml,title=ingest%3A%3Anothing-left::none%0Adenizen explain ingest::nothing-left",
            ),
            (
                events::diagnostic(&full, "p.toml", "a=\nb=1"),
                "::error file=p.toml,line=2,col=3,title=ingest%3A%3Amissing-file::100 %25 of a::b,%0A\
                 c%0Ahere%0Anote: one%0Ahelp: look%0Adenizen explain ingest::missing-file",
            ),
            (
                events::diagnostic(&odd, "p.toml", ""),
                "::warning file=a%2Cb%3Ac%25\u{fffd}.csv,line=7,title=ingest%3A%3Anothing-left::none\u{fffd}%0A\
                 denizen explain ingest::nothing-left",
            ),
            (events::fault("no such option", None), "::error file=p.toml,title=denizen::no such option"),
            (
                json!({"severity": "note", "code": "against::new", "source": "s", "column": "sex", "message": "m"}),
                "::notice file=p.toml,title=against%3A%3Anew::s: sex: m%0Adenizen explain against::new",
            ),
        ] {
            assert_eq!(annotation(&event, "p.toml"), expected);
        }
        assert_eq!(annotation(&events::fault("no", None), ""), "::error title=denizen::no");
    }

    #[test]
    fn a_line_is_shown_and_not_obeyed() {
        for (line, expected) in [
            ("table  x: 3 rows", "table  x: 3 rows"),
            ("::error::no", ": :error::no"),
            ("  ::add-mask::no", "  : :add-mask::no"),
            ("a ::b", "a ::b"),
            ("read ##[add-mask]no", "read ## [add-mask]no"),
        ] {
            assert_eq!(shown(line), expected);
        }
        assert_eq!(group("a%\n::endgroup::"), "::group::a%25\u{fffd}::endgroup::");
    }

    #[test]
    fn a_cell_ends_neither_its_row_nor_its_text() {
        assert_eq!(cell("a|b`c\n<i>*_"), "a\\|b\\`c\u{fffd}\\<i\\>\\*\\_");
        assert_eq!(cell("pipelines/italy-2024.toml"), "pipelines/italy-2024.toml");
    }
}
