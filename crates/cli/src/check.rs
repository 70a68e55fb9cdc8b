//! `denizen check`: every fault of pipeline files, without reading data beyond the headers.

use std::collections::BTreeSet;

use denizen::Project;

use crate::args::CheckOptions;
use crate::report::{ExitStatus, Reporter};

pub(crate) fn check(options: &CheckOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let mut outcome = Ok(());
    for path in &options.pipelines {
        match Project::open(path, &[]) {
            Ok(project) => {
                let (shown, text) = project.file();
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
