//! `denizen export`: the tables of a release that stands, in other formats.

use std::path::Path;

use crate::args::ExportOptions;
use crate::report::{ExitStatus, Reporter};

pub(crate) fn export(options: &ExportOptions, reporter: &Reporter) -> Result<(), ExitStatus> {
    let ExportOptions { release, format, language, out } = options;
    if lies_in_release(out) {
        let help =
            "write elsewhere: the manifest names every file of a release, and none is changed afterwards";
        return Err(reporter.refuse("the files would be written into a release", Some(help)));
    }
    let written =
        denizen::export(release, format, *language, out).map_err(|fault| reporter.fail_alone(fault))?;
    for file in &written {
        reporter.result(&out.join(file).display().to_string());
    }
    Ok(())
}

/// Whether a folder is a release or lies in one, be it by a link.
pub fn lies_in_release(folder: &Path) -> bool {
    let there = folder.ancestors().find_map(|folder| {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        folder.canonicalize().ok()
    });
    let is_release = |folder: &Path| folder.join("manifest.json").exists() && folder.join("public").exists();
    there.is_some_and(|there| there.ancestors().any(is_release))
}
