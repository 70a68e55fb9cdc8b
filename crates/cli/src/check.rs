//! `denizen check`: every fault of pipeline files, without reading data beyond the headers.

use crate::args::CheckOptions;
use crate::project::Project;
use crate::report::{Failed, Reporter};

pub(crate) fn check(options: &CheckOptions, reporter: &Reporter) -> Result<(), Failed> {
    let mut outcome = Ok(());
    for path in &options.pipelines {
        match Project::open(path, &[], reporter) {
            Ok(project) => {
                let tables = project.pipeline.tables.len();
                let figures: usize = project.figures.iter().map(|file| file.figures.len()).sum();
                let sources = project.sources.len();
                reporter.result(&format!(
                    "{}: ok, sources {sources}, tables {tables}, published figures {figures}",
                    project.shown
                ));
            }
            // The status is that of the first file at fault.
            Err(status) => outcome = outcome.and(Err(status)),
        }
    }
    outcome
}
