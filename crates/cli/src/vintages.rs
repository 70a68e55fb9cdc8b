//! `denizen vintages`: the editions of a product beside each other.

use std::path::{Path, PathBuf};

use denizen::{Put, RevisedGroup, Revisions, TableFormat, Vintages, editions_of, vintages, write_vintages};
use denizen_aggregate::write_file;
use serde_json::json;

use crate::args::VintagesOptions;
use crate::page::lies_in;
use crate::report::{ExitStatus, Reporter};

/// Groups of revisions that are printed.
const GROUPS: usize = 60;

pub(crate) fn run(options: &VintagesOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in &options.folders {
        folders.extend(editions_of(folder).map_err(|fault| reporter.fail_alone(fault))?);
    }
    let folders: Vec<&Path> = folders.iter().map(PathBuf::as_path).collect();
    let found = vintages(&folders).map_err(|fault| reporter.fail_alone(fault))?;
    let editions = found.editions.iter().map(|(vintage, month)| {
        let month = month.as_deref().filter(|month| !vintage.starts_with(month));
        format!("{vintage}{}", month.map_or(String::new(), |month| format!(" ({month})")))
    });
    reporter.result(&format!("{}: {}", found.product, editions.collect::<Vec<_>>().join(", ")));
    let mut last: Option<&RevisedGroup> = None;
    for (group, revisions) in found.revisions.iter().take(GROUPS) {
        let is_other =
            |last: &RevisedGroup| RevisedGroup { age_months: group.age_months, ..last.clone() } != *group;
        if last.is_none_or(is_other) {
            reporter.result(&head(group));
        }
        last = Some(group);
        reporter.result(&line(group, revisions));
    }
    if found.revisions.len() > GROUPS {
        reporter.result(&format!(
            "and {} more lines: see the table of revisions",
            found.revisions.len() - GROUPS
        ));
    }
    if found.revisions.is_empty() {
        reporter.result("no value of an earlier edition has a final one beside it");
    }
    found.notes.iter().for_each(|note| reporter.result(&format!("note: {note}")));
    reporter.event("vintages", json!(found));
    match &options.out {
        Some(out) => write(&found, out, &folders, options.format, reporter),
        None => Ok(()),
    }
}

fn head(group: &RevisedGroup) -> String {
    let RevisedGroup { table, indicator, concept, rule, unit, .. } = group;
    let parts = [concept, rule, unit].map(|part| part.as_deref());
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    format!("table {table}, {indicator} ({})", parts.join(", "))
}

fn line(group: &RevisedGroup, revisions: &Revisions) -> String {
    let age = match group.age_months {
        Some(months) => format!("{months:>4} months after"),
        None => "    of unknown age".to_owned(),
    };
    let relative = revisions.relative_percent.map_or(String::new(), |share| format!(" ({share:.2} %)"));
    let [one, five, ten] = revisions.within_percent;
    format!(
        "  {age}: {} values, mean revision {:+.2}, mean absolute {:.2}{relative}, within 1 % {one:.0} %, within 5 % {five:.0} %, \
         within 10 % {ten:.0} %",
        revisions.pairs, revisions.mean, revisions.mean_absolute
    )
}

fn write(
    found: &Vintages,
    out: &Path,
    releases: &[&Path],
    format: TableFormat,
    reporter: &Reporter,
) -> Result<(), ExitStatus> {
    match format {
        TableFormat::Parquet | TableFormat::Csv => {}
        // The command line takes none of these.
        TableFormat::SdmxCsv | TableFormat::Xlsx | TableFormat::Json => {
            return Err(reporter.refuse("revisions are written as parquet or csv", None));
        }
    }
    if releases.iter().any(|release| lies_in(&out.join("revisions"), release)) {
        let help = "write them elsewhere: the manifest names every file of a release, and none is changed afterwards";
        return Err(reporter.refuse("the tables would be written into a release", Some(help)));
    }
    let put: &mut Put<'_> = &mut |name, write| write_file(&out.join(name), |file| write(file));
    let written = write_vintages(releases, found, format, put).map_err(|fault| reporter.fail_alone(fault))?;
    for (file, rows) in written {
        reporter.result(&format!("{}: {rows} rows", out.join(file).display()));
    }
    Ok(())
}
