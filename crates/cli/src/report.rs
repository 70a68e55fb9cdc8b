//! What the user sees: diagnostics and progress on standard error, results on standard output.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Instant;

use denizen::{Change, Error, Level, Observer, Progress, SourceComparison, Stage, Work};
use denizen_spec::{Code, Diagnostic, Place, Severity, printable_line};
use indicatif::{MultiProgress, ProgressBar};
use serde_json::{Map, Value, json};

use crate::args::LogFormat;
use crate::events;
use crate::github;
use crate::progress::{Display, StageProgress, thousandths};

/// Prints diagnostics and progress, for a person, as JSON for a scheduler or as commands for GitHub Actions. Its copies write to the same place.
#[derive(Clone)]
pub(crate) struct Reporter {
    quiet: bool,
    format: LogFormat,
    terminal: bool,
    started: Instant,
    /// Bars make room for the lines that are printed between them.
    bars: MultiProgress,
}

/// Faults of one kind that are shown in full; the others are counted.
const MOST_ALIKE: usize = 5;

/// Faults of a pipeline file that are shown: each has a place of its own to be mended, but nobody reads more at once.
const MOST_IN_PIPELINE: usize = 100;

/// Faults have been printed; this is the status to exit with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExitStatus(pub(crate) u8);

/// What a command that went well has to say of its end.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// The release that it made.
    pub(crate) release: Option<PathBuf>,
    /// That release was there already.
    pub(crate) unchanged: bool,
}

impl Reporter {
    pub(crate) fn new(quiet: bool, format: LogFormat) -> Self {
        Self {
            quiet,
            format,
            terminal: std::io::stderr().is_terminal(),
            started: Instant::now(),
            bars: MultiProgress::new(),
        }
    }

    /// Prints diagnostics; `path` and `text` are the pipeline file that they point into.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], path: &str, text: &str) {
        let is_shown = |found: &&Diagnostic| !self.quiet || found.severity == Severity::Error;
        let shown: Vec<&Diagnostic> = diagnostics.iter().filter(is_shown).collect();
        let mut in_pipeline = 0;
        let is_one_too_many = |diagnostic: &&Diagnostic| {
            in_pipeline += usize::from(is_in_pipeline(diagnostic));
            is_in_pipeline(diagnostic) && in_pipeline > MOST_IN_PIPELINE
        };
        let (hidden, shown): (Vec<_>, Vec<_>) = shown.into_iter().partition(is_one_too_many);
        let event = |diagnostic: &Diagnostic| events::diagnostic(diagnostic, path, text);
        match self.format {
            LogFormat::Json => shown.iter().for_each(|diagnostic| self.object(&event(diagnostic))),
            LogFormat::Github => {
                self.alike(&shown, |diagnostic| self.command(&github::annotation(&event(diagnostic), path)));
            }
            LogFormat::Text => {
                let styled = self.terminal && std::env::var_os("NO_COLOR").is_none();
                self.alike(&shown, |diagnostic| self.line(&diagnostic.render(path, text, styled)));
            }
        }
        if !hidden.is_empty() {
            let message = format!("{} more faults of the pipeline file are not shown", hidden.len());
            self.refuse(&message, Some("mend those above first"));
        }
    }

    /// Shows diagnostics, of each kind the first few.
    fn alike(&self, diagnostics: &[&Diagnostic], show: impl Fn(&Diagnostic)) {
        let mut alike: BTreeMap<Code, usize> = BTreeMap::new();
        for diagnostic in diagnostics {
            let count = alike.entry(diagnostic.code).or_default();
            *count += usize::from(!is_in_pipeline(diagnostic));
            if *count <= MOST_ALIKE {
                show(diagnostic);
            }
        }
        for (code, count) in alike.iter().filter(|(_, count)| **count > MOST_ALIKE) {
            self.line(&format!("{} more of the kind {code}", count - MOST_ALIKE));
        }
    }

    /// Prints faults and chooses the exit status: that of the first error.
    pub(crate) fn fail(&self, error: &Error) -> ExitStatus {
        self.diagnostics(&error.diagnostics, &error.path, &error.text);
        ExitStatus(error.first().map_or(70, |fault| fault.code.exit_status()))
    }

    /// Prints a fault that is in no pipeline file.
    pub(crate) fn fail_alone(&self, fault: Diagnostic) -> ExitStatus {
        self.fail(&Error { diagnostics: vec![fault], path: String::new(), text: String::new() })
    }

    /// Watches a run of a pipeline file.
    pub(crate) fn of_file(&self, path: &str, text: &str) -> FileReporter {
        FileReporter { reporter: self.clone(), path: path.to_owned(), text: text.to_owned() }
    }

    /// Prints a fault of the command line, which belongs to no file and has no page.
    pub(crate) fn refuse(&self, message: &str, help: Option<&str>) -> ExitStatus {
        match self.format {
            LogFormat::Json => self.object(&events::fault(message, help)),
            LogFormat::Github => self.command(&github::annotation(&events::fault(message, help), "")),
            LogFormat::Text => {
                let help = help.map(|help| format!("\n  help: {}", printable_line(help))).unwrap_or_default();
                let lines: Vec<String> = message.lines().map(printable_line).collect();
                self.line(&format!("error: {}{help}", lines.join("\n")));
            }
        }
        ExitStatus(2)
    }

    /// A line on standard error, or several.
    pub(crate) fn line(&self, text: &str) {
        if self.format == LogFormat::Github {
            text.lines().for_each(|line| self.command(&github::shown(line)));
        } else {
            self.command(text);
        }
    }

    /// A line on standard error that a runner may obey.
    fn command(&self, text: &str) {
        // One write, so that the lines of several threads stand apart. Nobody is left to tell when it is closed.
        let write = || std::io::stderr().write_all(format!("{text}\n").as_bytes());
        let _ = self.bars.suspend(write);
    }

    /// A line of results on standard output. A reader that has seen enough is no fault.
    pub(crate) fn result(&self, text: &str) {
        if !self.quiet {
            let text = printable_line(text);
            let text = if self.format == LogFormat::Github { github::shown(&text) } else { text };
            let _ = self.bars.suspend(|| writeln!(std::io::stdout(), "{text}"));
        }
    }

    /// Something that took place, for a log in JSON; a person sees it by other means.
    pub(crate) fn event(&self, name: &str, facts: Value) {
        if self.format == LogFormat::Json && !self.quiet {
            self.object(&named(name, facts));
        }
    }

    /// The end of one of several pipelines, which a log in JSON has even when it is quiet.
    pub(crate) fn pipeline_finished(&self, facts: Value) {
        if self.format == LogFormat::Json {
            self.object(&named("pipeline_finished", facts));
        }
    }

    /// What comes next belongs together.
    pub(crate) fn group(&self, title: &str) {
        if self.format == LogFormat::Github && !self.quiet {
            self.command(&github::group(title));
        }
    }

    /// The group ends.
    pub(crate) fn end_group(&self) {
        if self.format == LogFormat::Github && !self.quiet {
            self.command(github::END_OF_GROUP);
        }
    }

    /// Adds to the summary of a job.
    pub(crate) fn job_summary(&self, markdown: impl FnOnce() -> String) {
        if self.format != LogFormat::Github {
            return;
        }
        if let Err(error) = github::add_to_summary(&markdown()) {
            self.line(&format!("the summary of the job cannot be written: {error}"));
        }
    }

    /// The reporter of a run that hides small counts. A log of GitHub Actions is read by everybody who may read the repository, and
    /// what is counted on the way may tell what the tables hide: there it tells errors only.
    pub(crate) fn for_protected(&self) -> Self {
        if self.format == LogFormat::Github && !self.quiet {
            self.line("small counts are protected: this log tells errors only");
            return Self { quiet: true, ..self.clone() };
        }
        self.clone()
    }

    /// Something that new files have otherwise than those of a release.
    pub(crate) fn change(&self, source: &SourceComparison, change: &Change) {
        if self.quiet && change.level != Level::Error {
            return;
        }
        let event = || events::change(&source.name, change);
        match self.format {
            LogFormat::Json => self.object(&event()),
            LogFormat::Github => self.command(&github::annotation(&event(), "")),
            LogFormat::Text => {}
        }
    }

    /// The end of the program, which a log in JSON has even when it is quiet.
    pub(crate) fn finished(&self, status: i32, done: &Outcome) {
        if self.format != LogFormat::Json {
            return;
        }
        let mut facts = Map::new();
        facts.insert("status".to_owned(), status.into());
        if let Some(release) = &done.release {
            let release = std::path::absolute(release).unwrap_or_else(|_| release.clone());
            facts.insert("release".to_owned(), release.to_string_lossy().into());
        }
        if done.unchanged {
            facts.insert("unchanged".to_owned(), true.into());
        }
        facts.insert("seconds".to_owned(), thousandths(self.started.elapsed()).into());
        self.object(&named("finished", Value::Object(facts)));
    }

    /// Begins to show how far a stage has come.
    pub(crate) fn stage_progress(&self, stage: &Stage<'_>) -> StageProgress {
        let display = match self {
            Self { quiet: true, .. } => Display::Nowhere,
            Self { format: LogFormat::Json, .. } => Display::Events,
            Self { format: LogFormat::Text, terminal: true, .. } => {
                Display::Bar(self.bars.add(ProgressBar::new(stage.total)))
            }
            _ => Display::Lines,
        };
        StageProgress::new(self.clone(), display, stage)
    }

    fn object(&self, event: &Value) {
        self.line(&events::printable(event));
    }
}

fn is_in_pipeline(diagnostic: &Diagnostic) -> bool {
    matches!(diagnostic.place, Place::Pipeline { .. })
}

/// Prints what happens in a run of one pipeline file.
pub(crate) struct FileReporter {
    reporter: Reporter,
    path: String,
    text: String,
}

impl Observer for FileReporter {
    fn stage(&self, stage: &Stage<'_>) -> Box<dyn Progress + '_> {
        Box::new(self.reporter.stage_progress(stage))
    }

    fn diagnostics(&self, diagnostics: &[Diagnostic]) {
        self.reporter.diagnostics(diagnostics, &self.path, &self.text);
    }

    fn work(&self, work: &Work) {
        let Work { name, rows, bytes, busy } = work;
        let facts =
            json!({ "work": name, "rows": rows, "bytes": bytes, "thread_seconds": thousandths(*busy) });
        self.reporter.event("work", facts);
    }
}

/// The facts of an event, its name before them.
fn named(name: &str, facts: Value) -> Value {
    let mut event = Map::new();
    event.insert("event".to_owned(), name.into());
    if let Value::Object(facts) = facts {
        event.extend(facts);
    }
    Value::Object(event)
}
