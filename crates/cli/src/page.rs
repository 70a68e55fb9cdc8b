//! `denizen report`: the page of a release that stands.

use std::path::Path;

use denizen_aggregate::write_file;

use crate::args::ReportOptions;
use crate::report::{ExitStatus, Reporter};

pub(crate) fn page(options: &ReportOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let folder = &options.release;
    let is_release = folder.join("manifest.json").exists();
    let out = match &options.out {
        Some(out) if is_release && lies_in(out, folder) => {
            let help = "write it elsewhere: the manifest names every file of a release, and none is changed afterwards";
            return Err(reporter.refuse("the page would be written into the release", Some(help)));
        }
        Some(out) if is_release => out.clone(),
        Some(_) => {
            let help = "leave out --out: its links start from there";
            return Err(
                reporter.refuse("the page for several releases is index.html in their folder", Some(help))
            );
        }
        None if is_release => {
            return Err(reporter.refuse("where is the page to be written?", Some("name a file: --out FILE")));
        }
        None => folder.join("index.html"),
    };
    let page = match is_release {
        true => denizen::page_of(folder, options.language),
        false => denizen::index_of(folder, options.language),
    };
    let page = page.map_err(|fault| reporter.fail_alone(fault))?;
    let written = write_file(&out, |file| file.write_all(page.as_bytes()));
    written.map_err(|fault| reporter.fail_alone(fault))?;
    reporter.result(&format!("{}: {} kB", out.display(), page.len().div_ceil(1000)));
    Ok(())
}

/// Whether a file would lie in a folder, be it by a link.
pub(crate) fn lies_in(file: &Path, folder: &Path) -> bool {
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (parent.canonicalize(), folder.canonicalize()) {
        (Ok(parent), Ok(folder)) => parent.starts_with(folder),
        _ => false,
    }
}
