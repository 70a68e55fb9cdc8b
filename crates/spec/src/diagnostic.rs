//! What is wrong, where, what was expected, what to do: the one form in which every crate reports a fault.
//!
//! A diagnostic never holds a value of a data column; it names the file, the line and the column instead.

use std::fmt;
use std::num::NonZeroU64;
use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::{Deserialize, Serialize};
use toml::de::DeTable;

use crate::{Code, Path};

/// How much a diagnostic matters: an error stops the run, a warning does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The result would be wrong or cannot be made.
    Error,
    /// The result is right; somebody should look nevertheless.
    Warning,
}

/// Where the fault is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// Nowhere in particular.
    Nowhere,
    /// In the pipeline file.
    Pipeline {
        /// The setting.
        location: Location,
        /// A few words set under its text.
        label: String,
    },
    /// In another file.
    File {
        /// The file, as the user named it.
        path: PathBuf,
        /// Line, counted from 1.
        line: Option<NonZeroU64>,
    },
}

/// A setting of a pipeline file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Location {
    /// Bytes of the text, while it is being read.
    Span(Range<usize>),
    /// The setting, which is looked up in the text when the diagnostic is shown.
    Path(Path),
}

impl Location {
    /// The bytes of a setting in the text of a pipeline file.
    pub fn span(&self, text: &str) -> Range<usize> {
        match self {
            Self::Span(span) => span.clone(),
            Self::Path(path) => path.span(DeTable::parse_recoverable(text).0.get_ref()),
        }
    }
}

/// One fault or warning. Build it with [`Diagnostic::error`] and the methods that follow.
///
/// It is an error type: `?` takes it into `Box<dyn Error>`. [`Diagnostic::render`] shows it as `rustc` would, with the
/// lines of the pipeline file.
///
/// ```
/// use denizen_spec::{Code, Diagnostic, Path};
///
/// let fault = Diagnostic::error(Code::MissingFile, "no file fits `a.csv`")
///     .at(Path::source("s").field("files").index(0), "relative to the project")
///     .help("put the file there");
/// let text = "[source.s]\nfiles = \"a.csv\"\n";
/// assert!(fault.render("p.toml", text, false).contains("2 | files = \"a.csv\""));
/// assert!(fault.to_string().starts_with("error[ingest::missing-file]: no file fits `a.csv`"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Which entry of the catalogue this is; `denizen explain CODE` prints its page.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, with the thing in backticks.
    pub message: String,
    /// Where.
    pub place: Place,
    /// Facts that help to understand it: how often, what is there instead.
    pub notes: Vec<String>,
    /// What to do.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            place: Place::Nowhere,
            notes: Vec::new(),
            help: None,
        }
    }

    /// A warning without a place.
    pub fn warning(code: Code, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Puts it at a setting of the pipeline, with a few words to be set under its text.
    pub fn at(mut self, path: Path, label: impl Into<String>) -> Self {
        self.place = Place::Pipeline { location: Location::Path(path), label: label.into() };
        self
    }

    /// The setting that it is about, as text, and what is wrong with it.
    pub(crate) fn setting(&self) -> Option<(String, &str)> {
        match &self.place {
            Place::Pipeline { location: Location::Path(path), label } => Some((path.to_string(), label)),
            Place::Pipeline { .. } | Place::File { .. } | Place::Nowhere => None,
        }
    }

    /// Puts it at bytes of the pipeline file that is being read.
    pub(crate) fn at_span(mut self, span: Range<usize>, label: impl Into<String>) -> Self {
        self.place = Place::Pipeline { location: Location::Span(span), label: label.into() };
        self
    }

    /// Replaces the path of a setting by its bytes in a document.
    pub(crate) fn located(mut self, document: &DeTable<'_>) -> Self {
        if let Place::Pipeline { location, .. } = &mut self.place
            && let Location::Path(path) = location
        {
            *location = Location::Span(path.span(document));
        }
        self
    }

    /// Puts it in a file.
    pub fn in_file(mut self, path: impl AsRef<std::path::Path>, line: Option<u64>) -> Self {
        self.place = Place::File { path: path.as_ref().to_path_buf(), line: line.and_then(NonZeroU64::new) };
        self
    }

    /// The bytes of the pipeline file that it is about, where they are known.
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        match &self.place {
            Place::Pipeline { location: Location::Span(span), .. } => Some(span.clone()),
            Place::Pipeline { .. } | Place::Nowhere | Place::File { .. } => None,
        }
    }

    /// Adds a fact.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do, where there is something to say.
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// The diagnostic as text for a person, in the manner of `rustc`.
    ///
    /// `path` and `text` are the pipeline file, from which the lines of [`Place::Pipeline`] are shown.
    pub fn render(&self, path: &str, text: &str, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(printable_line(&self.message)).id(self.code.id());
        let group = match &self.place {
            Place::Nowhere => Group::with_title(title),
            // A pipeline that a program has built has no text to show.
            Place::Pipeline { location: Location::Path(setting), label } if text.is_empty() => {
                Group::with_title(title).element(Level::NOTE.message(format!("at `{setting}`: {label}")))
            }
            Place::Pipeline { location, label } => {
                let span = clamp(&location.span(text), text);
                // The renderer looks at all that it is given, of which only the lines of the span are shown.
                let lines = lines_of(&span, text);
                let number = 1 + text[..lines.start].matches('\n').count();
                let label = sanitize_control_chars(label);
                if lines.len() > LONGEST_SHOWN {
                    let column = 1 + text[lines.start..span.start].chars().count();
                    let origin = Origin::path(printable_line(path)).line(number).char_column(column);
                    let label = Some(label).filter(|label| !label.is_empty());
                    title.element(origin).elements(label.map(|label| Level::NOTE.message(label)))
                } else {
                    let snippet = Snippet::source(&text[lines.clone()]).path(printable_line(path));
                    let mark = AnnotationKind::Primary.span(span.start - lines.start..span.end - lines.start);
                    let mark = mark.label(Some(label).filter(|label| !label.is_empty()));
                    title.element(snippet.line_start(number).annotation(mark))
                }
            }
            Place::File { path, line } => {
                let origin = Origin::path(printable_line(&path.to_string_lossy()));
                title.element(match line {
                    Some(line) => origin.line(usize::try_from(line.get()).unwrap_or(usize::MAX)),
                    None => origin,
                })
            }
        };
        let group =
            group.elements(self.notes.iter().map(|note| Level::NOTE.message(sanitize_control_chars(note))));
        let group =
            group.elements(self.help.iter().map(|help| Level::HELP.message(sanitize_control_chars(help))));
        // Of the lines that it shows the renderer makes the control characters of ASCII visible, and only those.
        renderer.render(&[group]).to_string().replace(|c: char| !c.is_ascii() && is_obeyed(c), "\u{fffd}")
    }
}

impl fmt::Display for Diagnostic {
    /// All of it in lines of plain text, without the text of the pipeline file.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let clean = sanitize_control_chars;
        write!(formatter, "{severity}[{}]: {}", self.code, printable_line(&self.message))?;
        match &self.place {
            Place::Nowhere => {}
            Place::Pipeline { location: Location::Path(path), label } => {
                write!(formatter, "\n  at {path}: {}", clean(label))?;
            }
            Place::Pipeline { location: Location::Span(span), label } => {
                write!(formatter, "\n  at byte {}: {}", span.start, clean(label))?;
            }
            Place::File { path, line: None } => {
                write!(formatter, "\n  in {}", printable_line(&path.to_string_lossy()))?;
            }
            Place::File { path, line: Some(line) } => {
                write!(formatter, "\n  in {}:{line}", printable_line(&path.to_string_lossy()))?;
            }
        }
        for note in &self.notes {
            write!(formatter, "\n  note: {}", clean(note))?;
        }
        self.help.iter().try_for_each(|help| write!(formatter, "\n  help: {}", clean(help)))
    }
}

impl std::error::Error for Diagnostic {}

/// A text that may come from a file, such as the name of a column, without characters that a terminal obeys. Its lines stay
/// lines.
fn sanitize_control_chars(text: &str) -> String {
    text.replace(|c| c != '\n' && is_obeyed(c), "\u{fffd}")
}

/// A text on one line, without characters that a terminal obeys: a name with a line feed in it must not look like two
/// messages.
///
/// ```
/// assert_eq!(denizen_spec::printable_line("a\u{1b}[31m\nb\u{202e}"), "a\u{fffd}[31m\u{fffd}b\u{fffd}");
/// ```
pub fn printable_line(text: &str) -> String {
    text.replace(is_obeyed, "\u{fffd}")
}

/// Whether a terminal, or whatever else shows a text, obeys a character instead of showing it: control characters, marks
/// of the direction of writing, ends of lines.
///
/// ```
/// use denizen_spec::is_obeyed;
///
/// assert!(is_obeyed('\u{1b}') && is_obeyed('\u{202e}'));
/// assert!(!is_obeyed('ñ') && !is_obeyed(' '));
/// ```
pub fn is_obeyed(c: char) -> bool {
    let is_mark = matches!(c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    c.is_control() || is_mark
}

/// A span inside `text`, on character borders, whatever was asked: a message must not fail while it reports a failure.
fn clamp(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.ceil_char_boundary(span.end.clamp(start, text.len()));
    start..end
}

/// Bytes of lines that are shown under a message: nobody reads a longer one, and not every renderer can take it.
const LONGEST_SHOWN: usize = 10_000;

/// The whole lines of a span.
fn lines_of(span: &Range<usize>, text: &str) -> Range<usize> {
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |end| span.end + end + 1);
    start..end
}

/// The known name nearest to `wanted`, when it is near enough to be meant.
///
/// Three edits is the distance that `cargo` uses for its own suggestions; it only suggests, it never decides.
///
/// ```
/// use denizen_spec::did_you_mean;
///
/// assert_eq!(did_you_mean("contry", ["country", "sex"]).unwrap(), "did you mean `country`?");
/// assert_eq!(did_you_mean("reference_date", ["country", "sex"]), None);
/// ```
pub fn did_you_mean<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    nearest(wanted, known).map(|name| format!("did you mean `{name}`?"))
}

pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let letters = letters(wanted);
    known
        .into_iter()
        .take(MOST_NAMES)
        .filter(|name| may_be_near(wanted, name, letters))
        .map(|name| (strsim::damerau_levenshtein(wanted, name), name))
        .filter(|(distance, name)| *distance <= 3 && *distance < name.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// Whether two names are spelt nearly alike: one letter in four may differ, at least one of them.
///
/// ```
/// use denizen_spec::is_nearly;
///
/// assert!(is_nearly("nac_migr", "nac_migra") && is_nearly("edad", "edat"));
/// assert!(!is_nearly("mes_movi", "dia_movi") && !is_nearly("dia", "edad"));
/// ```
pub fn is_nearly(name: &str, other: &str) -> bool {
    strsim::damerau_levenshtein(name, other) <= (name.chars().count() / 4).max(1)
}

/// Known names that are looked at, so that it does not take the product of their number and that of the faults.
const MOST_NAMES: usize = 500;

/// Whether three edits can be enough. Texts of unlike length are far apart, and so are texts of unlike letters; measuring
/// their distance takes the product of the lengths.
fn may_be_near(wanted: &str, name: &str, letters_of_wanted: u64) -> bool {
    if !(wanted.is_ascii() && name.is_ascii()) {
        return wanted.chars().count().abs_diff(name.chars().count()) <= 3;
    }
    // An edit puts one letter in the place of another at the most.
    wanted.len().abs_diff(name.len()) <= 3 && (letters_of_wanted ^ letters(name)).count_ones() <= 6
}

/// Which letters an ASCII text has: a bit for each, which some of them share.
fn letters(text: &str) -> u64 {
    text.bytes().fold(0, |letters, byte| letters | 1 << (byte & 63))
}

/// `did you mean`, or else the known names when they are few enough to be read.
pub(crate) fn suggestion<'a>(
    wanted: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    const MOST_LISTED: usize = 20;
    did_you_mean(wanted, known.clone()).or_else(|| {
        let names = known.into_iter().take(MOST_LISTED + 1).map(|name| format!("`{name}`"));
        let names: Vec<String> = names.collect();
        (!names.is_empty() && names.len() <= MOST_LISTED).then(|| format!("known here: {}", names.join(", ")))
    })
}

/// Looks the places of faults up in the text of their pipeline, all at once.
pub fn located(faults: Vec<Diagnostic>, text: &str) -> Vec<Diagnostic> {
    let (document, _) = DeTable::parse_recoverable(text);
    faults.into_iter().map(|fault| fault.located(document.get_ref())).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_line_is_named_and_not_shown() {
        let text = format!("a = 1\nb = \"{}\" # é\nc = 1\n", "x".repeat(LONGEST_SHOWN));
        let fault = |span| Diagnostic::error(Code::Syntax, "m").at_span(span, "here");
        let rendered = |span| fault(span).render("p.toml", &text, false);
        let end = text.find("é").unwrap();
        assert_eq!(rendered(end..end), "error[spec::syntax]: m\n--> p.toml:2:10010\n = note: here");
        let last = text.find("c =").unwrap();
        assert!(rendered(last..last + 1).contains("3 | c = 1\n  | ^ here"), "{}", rendered(last..last + 1));
        assert!(rendered(text.len()..text.len()).starts_with("error[spec::syntax]: m\n --> p.toml:4:1"));
    }

    proptest! {
        /// What is passed over is too far away.
        #[test]
        fn near_names_are_looked_at(one in "[a-eé_]{0,8}", other in "[a-eé_]{0,8}") {
            let distance = strsim::damerau_levenshtein(&one, &other);
            prop_assert!(distance > 3 || may_be_near(&one, &other, letters(&one)));
        }
    }
}
