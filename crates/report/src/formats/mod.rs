//! The formats that are made from what a release has published, as the page is: so that they can be made later, and hold nothing
//! that its tables do not show.

mod json;
mod sdmx;
pub(crate) mod table;
pub(crate) mod xlsx;

use std::io::{self, Write};

use denizen_spec::{Diagnostic, TableFormat, columns, is_taken_for_missing, plain_label};

use crate::language::Language;
use crate::release::Release;

/// What makes a file of a release: it is told the path below the folder of what is published, and how the text is written.
pub type Put<'a> =
    dyn FnMut(&str, &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> Result<(), Diagnostic> + 'a;

/// Makes the files of some formats. Parquet and CSV, from which the others are made, are none of them. SDMX and JSON hold all languages.
pub(crate) fn write(
    release: &Release,
    formats: &[TableFormat],
    language: Language,
    put: &mut Put<'_>,
) -> Result<(), Diagnostic> {
    for format in formats {
        match format {
            TableFormat::Parquet | TableFormat::Csv => {}
            TableFormat::SdmxCsv => sdmx::write(release, put)?,
            TableFormat::Xlsx => xlsx::write(release, language, put)?,
            TableFormat::Json => json::write(release, put)?,
        }
    }
    Ok(())
}

/// A text as a field of CSV (RFC 4180). What readers take for a missing value stands in quotes.
fn field(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) || is_taken_for_missing(text) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text.to_owned()
}

/// The day of a release: that on which its newest input was retrieved. Releases know no clock.
fn day_of(release: &Release) -> Option<&str> {
    release.manifest.inputs.iter().filter_map(|input| input.retrieved.as_deref()).max()
}

/// For formats that want a day.
const NO_DAY: &str = "1970-01-01";

/// What a code is called of which no list says it: the total, and *not stated*.
fn special_label(code: &str) -> Option<[String; 3]> {
    if [columns::TOTAL, columns::NOT_STATED].contains(&code) { plain_label(code) } else { None }
}
