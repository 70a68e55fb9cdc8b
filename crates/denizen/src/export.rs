//! The tables of a release that stands, in other formats: from what it has published alone.

use std::path::Path;

use denizen_aggregate::{table_as_csv, write_file};
use denizen_report::{Language, Put};
use denizen_spec::{Code, Diagnostic, TableFormat};

use crate::stated_files;

/// Writes the tables of a release in some formats into a folder, with the bytes that the run would have given them; a workbook may be
/// in another language than that of the run, which is English. Gives the paths of the files in that folder.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen::{Language, TableFormat};
///
/// let formats = [TableFormat::Xlsx, TableFormat::SdmxCsv];
/// let files = denizen::export(Path::new("releases/midla/2026-11"), &formats, Language::Italian, Path::new("out")).unwrap();
/// assert!(files.contains(&"structure.sdmx.json".to_owned()));
/// ```
///
/// # Errors
///
/// When the folder is no release or something of it cannot be read, a file of it is not the one that its manifest names, a table does not
/// fit into a format, or the disk refuses.
pub fn export(
    release: &Path,
    formats: &[TableFormat],
    language: Language,
    out: &Path,
) -> Result<Vec<String>, Diagnostic> {
    check_files(release)?;
    let mut written: Vec<String> = Vec::new();
    if formats.contains(&TableFormat::Csv) {
        for file in denizen_report::files_of_tables(release)? {
            let name = Path::new(&file).with_extension("csv").to_string_lossy().into_owned();
            table_as_csv(&release.join("public").join(&file), &out.join(&name))?;
            written.push(name);
        }
    }
    let put: &mut Put<'_> = &mut |name, write| {
        if written.iter().any(|known| known == name) {
            let message = format!("two tables would be written as `{name}`");
            return Err(Diagnostic::error(Code::NoFormat, message).help("rename one of the tables"));
        }
        write_file(&out.join(name), |file| write(file))?;
        written.push(name.to_owned());
        Ok(())
    };
    denizen_report::write_formats_of(release, formats, language, put)?;
    Ok(written)
}

/// What is exported must be what the manifest tells of: the files that are read have its hashes.
fn check_files(release: &Path) -> Result<(), Diagnostic> {
    // First what says which files there are.
    let package = "public/datapackage.json".to_owned();
    if release.join(&package).exists() {
        stated_files::check(release, &[package])?;
    }
    let tables = denizen_report::files_of_tables(release)?;
    let tables: Vec<String> = tables.iter().map(|file| format!("public/{file}")).collect();
    stated_files::check(release, &tables)
}
