//! The tables of a release that stands, in other formats: from what it has published alone.

use std::path::Path;

use denizen_aggregate::{table_as_csv, write_file};
use denizen_report::Put;
use denizen_spec::{Code, Diagnostic, TableFormat};

/// Writes the tables of a release in some formats into a folder, with the bytes that the run would have given them. Gives the paths of
/// the files in that folder.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen_spec::TableFormat;
///
/// let formats = [TableFormat::Xlsx, TableFormat::SdmxCsv];
/// let files = denizen::export(Path::new("releases/midla/2026-11"), &formats, Path::new("out")).unwrap();
/// assert!(files.contains(&"structure.sdmx.json".to_owned()));
/// ```
///
/// # Errors
///
/// When the folder is no release or something of it cannot be read, a table does not fit into a format, or the disk refuses.
pub fn export(release: &Path, formats: &[TableFormat], out: &Path) -> Result<Vec<String>, Diagnostic> {
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
    denizen_report::write_formats_of(release, formats, put)?;
    Ok(written)
}
