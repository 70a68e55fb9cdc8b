//! The page of a release: one file that opens from disk, asks nobody for anything, and shows what the published tables hold.
//!
//! It is made from the published half of a release alone, so that it can tell nothing that the tables do not. Which charts a
//! table gets follows from its shape (`shape`); charts are SVG of our own (`chart`), and below each stand its numbers.

mod base64;
mod chart;
mod chunks;
mod columns;
mod compared;
mod cube;
mod difference;
mod difference_page;
mod estimates;
mod facts;
mod figure;
mod figures_difference;
mod formats;
mod index;
mod language;
mod lines;
mod names;
mod other_base;
mod page;
mod panel;
mod readme;
mod release;
mod revision;
mod runs;
mod shape;
mod since;
mod survey;
#[cfg(test)]
mod test_release;
mod vintages;
mod whole;
mod words;

use std::path::{Path, PathBuf};

use denizen_spec::{Diagnostic, TableFormat};

pub use difference::{
    CodeCount, ColumnDifference, Difference, InputChange, InputDifference, PipelineLines, TableDifference,
    TableState,
};
pub use figures_difference::{FigureRevision, FiguresDifference};
pub use formats::Put;
pub use language::Language;
pub use lines::{Line, LineChange};
pub use other_base::OtherBase;
use release::Release;
pub use release::Texts;
pub use revision::{Revision, Sizes};
pub use vintages::{RevisedGroup, Revisions, Sheet, Vintages};

/// The page of a release, as HTML. The same release gives the same bytes.
///
/// `public` is the folder of what is published; `manifest` is the text of `manifest.json`, of which files that were written are
/// not needed.
///
/// # Errors
///
/// When something of the release cannot be read.
pub fn page(public: &Path, manifest: &[u8], language: Language) -> Result<String, Diagnostic> {
    page::page(&Release::read(public, manifest)?, language)
}

/// The text of `README.md` for what is published in some formats, in English.
///
/// # Errors
///
/// As [`page()`].
pub fn readme(public: &Path, manifest: &[u8], formats: &[TableFormat]) -> Result<String, Diagnostic> {
    readme::readme(&Release::read(public, manifest)?, formats)
}

/// Makes the files of the formats that are made from what is published: all but Parquet and CSV.
///
/// # Errors
///
/// As [`page()`]; when a table does not fit into a format; and what `put` refuses.
pub fn write_formats(
    public: &Path,
    manifest: &[u8],
    formats: &[TableFormat],
    put: &mut Put<'_>,
) -> Result<(), Diagnostic> {
    formats::write(&Release::read(public, manifest)?, formats, Language::English, put)
}

/// Makes the files of some formats for a release that stands, as [`write_formats`] makes them in its run: in English, or with a workbook
/// in another language.
///
/// # Errors
///
/// As [`write_formats`], and when the folder is no release.
pub fn write_formats_of(
    release: &Path,
    formats: &[TableFormat],
    language: Language,
    put: &mut Put<'_>,
) -> Result<(), Diagnostic> {
    formats::write(&opened(release)?, formats, language, put)
}

/// The files of the tables and code lists of a release, as paths below its folder `public`: each in the first of its formats.
///
/// ```no_run
/// let files = denizen_report::files_of_tables(std::path::Path::new("releases/midla/2026-11")).unwrap();
/// assert!(files.contains(&"tables/communities.parquet".to_owned()));
/// ```
///
/// # Errors
///
/// When the folder is no release, or something of it cannot be read.
pub fn files_of_tables(release: &Path) -> Result<Vec<String>, Diagnostic> {
    manifest_of(release)?;
    release::files(&release.join("public"))
}

/// A page that leads to those of all releases in a folder, which lie there as `NAME/VINTAGE`. It belongs into that folder.
///
/// ```no_run
/// use std::path::Path;
///
/// let page = denizen_report::index_of(Path::new("releases"), denizen_report::Language::Spanish).unwrap();
/// std::fs::write("releases/index.html", page).unwrap();
/// ```
///
/// # Errors
///
/// When there is no release, or one cannot be read.
pub fn index_of(folder: &Path, language: Language) -> Result<String, Diagnostic> {
    index::index(folder, language)
}

/// The page of a release that stands, in any of the languages.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen_report::{Language, page_of};
///
/// let page = page_of(Path::new("releases/midla/2026-11"), Language::Italian).unwrap();
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// ```
///
/// # Errors
///
/// When the folder is no release, or something of it cannot be read.
pub fn page_of(release: &Path, language: Language) -> Result<String, Diagnostic> {
    page::page(&opened(release)?, language)
}

/// What is different in a release from another one, such as that of the year before.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen_report::{Texts, difference};
///
/// let [old, new] = ["releases/midla/2025", "releases/midla/2026"].map(Path::new);
/// let found = difference(old, new, Texts::Public).unwrap();
/// for table in &found.tables {
///     println!("{}: {} revised", table.name, table.revised);
/// }
/// ```
///
/// # Errors
///
/// When one of the folders is no release, or something of it cannot be read.
pub fn difference(old: &Path, new: &Path, texts: Texts) -> Result<Difference, Diagnostic> {
    difference::difference(&opened(old)?, &opened(new)?, texts)
}

/// The same of a release in the making: the folder of what it will publish, and the text of its manifest as it stands.
///
/// # Errors
///
/// As [`difference()`].
pub fn difference_since(old: &Path, public: &Path, manifest: &[u8]) -> Result<Difference, Diagnostic> {
    difference::difference(&opened(old)?, &Release::read(public, manifest)?, Texts::Public)
}

/// A page of what is different, as HTML, from what both releases have published.
///
/// ```no_run
/// use std::path::Path;
///
/// use denizen_report::{Language, difference_page};
///
/// let [old, new] = ["releases/midla/2025", "releases/midla/2026"].map(Path::new);
/// let page = difference_page(old, new, Language::English).unwrap();
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// ```
///
/// # Errors
///
/// As [`difference()`].
pub fn difference_page(old: &Path, new: &Path, language: Language) -> Result<String, Diagnostic> {
    let (old, new) = (opened(old)?, opened(new)?);
    let found = difference::difference(&old, &new, Texts::Public)?;
    difference_page::page(&new, &found, language)
}

/// The editions of a product beside each other, given the folders of its releases in any order.
///
/// ```no_run
/// use std::path::{Path, PathBuf};
///
/// let editions = denizen_report::editions_of(Path::new("releases/midla")).unwrap();
/// let editions: Vec<&Path> = editions.iter().map(PathBuf::as_path).collect();
/// for (group, revisions) in &denizen_report::vintages(&editions).unwrap().revisions {
///     println!("{} after {:?} months: {}", group.indicator, group.age_months, revisions.mean);
/// }
/// ```
///
/// # Errors
///
/// When there are no two editions of one product, or something of them cannot be read.
pub fn vintages(releases: &[&Path]) -> Result<Vintages, Diagnostic> {
    vintages::vintages(releases)
}

/// The releases in the folder of a product; the folder itself where it is a release.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn editions_of(folder: &Path) -> Result<Vec<PathBuf>, Diagnostic> {
    if folder.join(MANIFEST).is_file() {
        return Ok(vec![folder.to_owned()]);
    }
    let mut editions = index::folders(folder)?;
    editions.retain(|edition| edition.join(MANIFEST).is_file());
    Ok(editions)
}

/// Gives the revision triangle of a table piece by piece: a row for each cell and edition, in sheets with the same columns.
///
/// # Errors
///
/// As [`vintages()`], and what `take` gives.
pub fn triangle(
    releases: &[&Path],
    table: &str,
    take: &mut dyn FnMut(Sheet) -> Result<(), Diagnostic>,
) -> Result<(), Diagnostic> {
    vintages::triangle(releases, table, take)
}

/// Writes the triangles of editions and the table of their revisions, which were found before, as Parquet or CSV. Gives the files with
/// the number of their rows.
///
/// # Errors
///
/// As [`vintages()`], and what `put` refuses.
pub fn write_vintages(
    releases: &[&Path],
    found: &Vintages,
    format: TableFormat,
    put: &mut Put<'_>,
) -> Result<Vec<(String, usize)>, Diagnostic> {
    vintages::write(releases, found, format, put)
}

fn opened(release: &Path) -> Result<Release, Diagnostic> {
    Release::read(&release.join("public"), &manifest_of(release)?)
}

fn manifest_of(release: &Path) -> Result<Vec<u8>, Diagnostic> {
    release::bytes(&release.join(MANIFEST)).map_err(|fault| {
        fault.help(format!("name the folder of a release, in which `{MANIFEST}` and `public/` lie"))
    })
}

/// The file that makes a folder a release.
const MANIFEST: &str = "manifest.json";
