//! `denizen inspect` and `denizen new`: from unknown files to a source, and to a pipeline.

use std::io::Write;

use denizen::{Inspection, Scaffold, source_name};
use denizen_aggregate::write_new_file;
use denizen_spec::{Code, Diagnostic, is_obeyed};

use crate::args::{InspectOptions, NewOptions};
use crate::report::{ExitStatus, Reporter};

pub(crate) fn inspect(options: &InspectOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let name = options.name.clone().or_else(|| options.files.first().map(|file| source_name(file)));
    let inspection = Inspection::of(&options.files, &options.project, &name.unwrap_or_default());
    let text: Vec<&str> = inspection.sources.iter().map(|source| source.text.as_str()).collect();
    let text = text.join("\n");
    if text.contains(|c: char| is_obeyed(c) && c != '\n') {
        return Err(reporter.refuse("a proposal holds characters that a terminal would obey", None));
    }
    // A reader that has seen enough, such as `head`, is no fault.
    let _ = std::io::stdout().write_all(text.as_bytes());
    tell(&inspection, reporter)
}

/// What could not be proposed, or is not read by what was proposed.
fn tell(inspection: &Inspection, reporter: &Reporter) -> Result<(), ExitStatus> {
    let mut outcome = Ok(());
    for fault in &inspection.refused {
        outcome = outcome.and(Err(reporter.fail_alone(fault.clone())));
    }
    for source in &inspection.sources {
        reporter.diagnostics(&source.trial.faults, &source.name, &source.text);
        let (read, rejected) = (source.trial.read, source.trial.rejected.values().sum::<u64>());
        let extent = if source.trial.is_whole { "all" } else { "the first" };
        if source.trial.faults.is_empty() {
            reporter.result(&format!(
                "{}: {extent} {read} rows were read so, and {rejected} of them rejected",
                source.name
            ));
        } else if outcome.is_ok() {
            let message = format!("the source `{}` does not run as it stands", source.name);
            let mut fault = Diagnostic::error(Code::OtherFormat, message);
            if let Some(file) = source.files.first() {
                fault = fault.in_file(file, None);
            }
            outcome =
                Err(reporter
                    .fail_alone(fault.help("mend what is told above in the section that was printed")));
        }
    }
    outcome
}

pub(crate) fn new(options: &NewOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let name = options.name.replace('-', "_");
    let inspection = Inspection::of(&options.from, &options.project, &name);
    if let Some(fault) = inspection.refused.first() {
        return Err(reporter.fail_alone(fault.clone()));
    }
    // A pipeline that cannot be read is of no use.
    let is_unread = |source: &denizen::ProposedSource| {
        !source.trial.faults.is_empty() || (source.trial.read > 0 && source.trial.accepted == 0)
    };
    if let Some(source) = inspection.sources.iter().find(|source| is_unread(source)) {
        reporter.diagnostics(&source.trial.faults, &source.name, &source.text);
        let message =
            format!("nothing was written: `{}` cannot be read as it would be proposed", source.name);
        let mut fault = Diagnostic::error(Code::OtherFormat, message);
        if let Some(file) = options.from.first() {
            fault = fault.in_file(file, None);
        }
        let help = "see what is proposed with `denizen inspect`, and write the source by hand";
        return Err(reporter.fail_alone(fault.help(help)));
    }
    let scaffold = Scaffold::of(&options.name, &inspection, &options.project);
    // All or nothing: a pipeline without its lists would be of no use.
    for file in &scaffold.files {
        let path = options.project.join(&file.path);
        if std::fs::symlink_metadata(&path).is_ok() {
            let message = format!("`{}` is there already", file.path.display());
            let fault = Diagnostic::error(Code::Unwritable, message).in_file(&path, None);
            return Err(reporter
                .fail_alone(fault.help("nothing was written: choose another name, or remove the file")));
        }
    }
    for file in &scaffold.files {
        let path = options.project.join(&file.path);
        let written = write_new_file(&path, |out| out.write_all(file.text.as_bytes()));
        written.map_err(|fault| reporter.fail_alone(fault))?;
        reporter.result(&file.path.display().to_string());
    }
    tell(&inspection, reporter)
}
