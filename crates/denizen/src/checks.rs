//! What checks mean for a run.

use denizen_aggregate::FailedCheck;
use denizen_clean::{CheckResult, Failure};
use denizen_spec::{Check, CheckOutcome, CheckReport, Code, Diagnostic, FileReport, Path, Pipeline, Source};

/// What came of the checks of a source.
#[derive(Default)]
pub(crate) struct ToldChecks {
    pub(crate) reports: Vec<CheckReport>,
    pub(crate) failures: Vec<FailedCheck>,
    pub(crate) warnings: Vec<Diagnostic>,
    /// What stops the run.
    pub(crate) stop: Vec<Diagnostic>,
}

/// Places that a message names; the others stand in the list.
const SHOWN: usize = 3;

/// Puts the results of the checks of a source, which are in the order of the pipeline, into words.
pub(crate) fn told(
    pipeline: &Pipeline,
    source: &Source,
    files: &[FileReport],
    results: Vec<CheckResult>,
) -> ToldChecks {
    let mut told = ToldChecks::default();
    for ((id, check), result) in pipeline.checks_of(source).zip(results) {
        let failure = |failure: &Failure| failed(source, check, files, failure);
        let failures: Vec<FailedCheck> = result.failures.iter().map(failure).collect();
        let message = |what: &str| format!("the check `{}` {what}", check.name);
        let CheckReport { passed, failed, .. } = result.report;
        let path = Path::check(id);
        match result.report.outcome {
            CheckOutcome::Passed => {}
            CheckOutcome::NotRun => {
                let warning = Diagnostic::warning(Code::CheckNotRun, message("could be made of no row"));
                told.warnings.push(warning.at(path.field("name"), "nothing was checked"));
            }
            CheckOutcome::Warned | CheckOutcome::Failed => {
                let message = message(&format!("fails in {failed} of {} {}", passed + failed, unit(check)));
                let is_stop = result.report.outcome == CheckOutcome::Failed;
                let make = if is_stop { Diagnostic::error } else { Diagnostic::warning };
                let label = if is_stop { "more than `fail` allows" } else { "more than `warn` allows" };
                let fault = make(Code::CheckFailed, message).at(path.field("name"), label);
                let fault = check.title.iter().fold(fault, |fault, title| fault.note(title.clone()));
                let fault = fault.note(format!("first {}", first(&failures)));
                if is_stop { told.stop.push(fault) } else { told.warnings.push(fault) }
            }
        }
        told.failures.extend(failures);
        told.reports.push(result.report);
    }
    told
}

fn unit(check: &Check) -> &'static str {
    use denizen_spec::CheckKind;
    match check.kind {
        CheckKind::Volume(_) => "periods",
        CheckKind::Row { .. } | CheckKind::Unique(_) | CheckKind::One { .. } | CheckKind::Balance(_) => {
            "rows"
        }
    }
}

fn failed(source: &Source, check: &Check, files: &[FileReport], failure: &Failure) -> FailedCheck {
    let (file, sheet, line, period) = match failure {
        Failure::Row(place) => {
            let file = files.get(place.file()).map(|file| file.name.to_string());
            (file, place.sheet(), Some(place.line()), None)
        }
        Failure::Period(period) => (None, None, None, Some(period.clone())),
    };
    FailedCheck { source: source.name.clone(), check: check.name.clone(), file, sheet, line, period }
}

/// The first places, in words.
fn first(failures: &[FailedCheck]) -> String {
    let place = |failure: &FailedCheck| match (&failure.period, &failure.file, failure.line) {
        (Some(period), _, _) => format!("in {period}"),
        (None, Some(file), Some(line)) => format!("at {file}:{line}"),
        (None, _, _) => "nowhere".to_owned(),
    };
    let places: Vec<String> = failures.iter().take(SHOWN).map(place).collect();
    places.join(", ")
}
