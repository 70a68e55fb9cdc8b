//! What the user sees: diagnostics and progress on standard error, results on standard output.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use denizen_spec::{Code, Diagnostic, Place, Severity};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints diagnostics and progress. On a terminal progress is shown; in a pipe it is quiet.
pub(crate) struct Reporter {
    quiet: bool,
    terminal: bool,
}

/// Faults of one kind that are shown in full; the others are counted.
const MOST_ALIKE: usize = 5;

/// Faults have been printed; this is the status to exit with.
pub(crate) type Failed = ExitCode;

impl Reporter {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { quiet, terminal: std::io::stderr().is_terminal() }
    }

    /// Prints diagnostics; `path` and `text` are the pipeline file that they point into.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], path: &str, text: &str) {
        let styled = self.terminal && std::env::var_os("NO_COLOR").is_none();
        let mut alike: BTreeMap<Code, usize> = BTreeMap::new();
        for diagnostic in diagnostics.iter().filter(|found| !self.quiet || found.severity == Severity::Error)
        {
            // Faults of the pipeline file are all shown: they are few, and each has a place of its own to be mended.
            let count = alike.entry(diagnostic.code).or_default();
            *count += usize::from(!matches!(diagnostic.place, Place::Pipeline { .. }));
            if *count <= MOST_ALIKE {
                self.line(&diagnostic.render(path, text, styled));
            }
        }
        for (code, count) in alike.iter().filter(|(_, count)| **count > MOST_ALIKE) {
            self.line(&format!("{} more of the kind {code}", count - MOST_ALIKE));
        }
    }

    /// Prints faults and chooses the exit status: that of the first error.
    pub(crate) fn fail(&self, faults: &[Diagnostic], path: &str, text: &str) -> Failed {
        self.diagnostics(faults, path, text);
        let first = faults.iter().find(|fault| fault.severity == Severity::Error);
        ExitCode::from(first.map_or(70, |fault| fault.code.exit_status()))
    }

    /// A line on standard error.
    pub(crate) fn line(&self, text: &str) {
        // Nobody is left to tell when standard error is closed.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// A line of results on standard output. A reader that has seen enough is no fault.
    pub(crate) fn result(&self, text: &str) {
        if !self.quiet {
            let _ = writeln!(std::io::stdout(), "{text}");
        }
    }

    /// A bar over bytes.
    pub(crate) fn bytes(&self, what: &str, total: u64) -> ProgressBar {
        self.bar(
            what,
            total,
            "{msg:<24} {bar:30} {bytes:>10} of {total_bytes:<10} {bytes_per_sec:>12}, {eta} left",
        )
    }

    /// A bar over things to do.
    pub(crate) fn steps(&self, what: &str, total: u64) -> ProgressBar {
        self.bar(what, total, "{msg:<24} {bar:30} {pos:>10} of {len:<10} {eta} left")
    }

    /// A number that grows, towards an end that is not known.
    pub(crate) fn counter(&self, what: &str) -> ProgressBar {
        self.bar(what, 0, "{msg:<24} {pos:>10}, {per_sec:>14}")
    }

    fn bar(&self, what: &str, total: u64, template: &str) -> ProgressBar {
        if self.quiet || !self.terminal {
            return ProgressBar::hidden();
        }
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        ProgressBar::new(total).with_style(style).with_message(what.to_owned())
    }
}
