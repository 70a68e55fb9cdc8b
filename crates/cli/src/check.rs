//! `denizen check`: every fault of pipeline files, without reading data beyond the headers unless they are to be compared with
//! a release.

use std::collections::BTreeSet;

use denizen::{Cancel, Project};

use crate::against::against;
use crate::args::CheckOptions;
use crate::report::{ExitStatus, Reporter};

pub(crate) fn check(options: &CheckOptions, reporter: &Reporter, cancel: &Cancel) -> Result<(), ExitStatus> {
    let mut outcome = Ok(());
    for path in &options.pipelines {
        if let Some(release) = &options.against {
            let compared = against(path, release, options, reporter, cancel);
            outcome = graver(outcome, compared);
            continue;
        }
        match Project::open(path, &options.source) {
            Ok(project) => {
                let (shown, text) = project.file();
                if let Err(fault) = project.check_previous() {
                    let error =
                        denizen::Error { diagnostics: vec![fault], path: shown, text: text.to_owned() };
                    outcome = outcome.and(Err(reporter.fail(&error)));
                    continue;
                }
                reporter.diagnostics(&project.pipeline().warnings(), &shown, text);
                let names: BTreeSet<&str> =
                    project.pipeline().tables.iter().map(|table| table.name.as_str()).collect();
                let (sources, tables) = (project.inputs().count(), names.len());
                let figures = project.figures();
                reporter.result(&format!(
                    "{shown}: ok, sources {sources}, tables {tables}, published figures {figures}"
                ));
            }
            // The status is that of the first file at fault.
            Err(error) => outcome = outcome.and(Err(reporter.fail(&error))),
        }
    }
    outcome
}

/// The status of two pipelines: that of the first at fault, and of one that only looks wrong where none is.
fn graver(first: Result<(), ExitStatus>, second: Result<(), ExitStatus>) -> Result<(), ExitStatus> {
    match (first, second) {
        (Err(ExitStatus(1)), Err(status)) => Err(status),
        (Err(status), _) => Err(status),
        (Ok(()), second) => second,
    }
}
