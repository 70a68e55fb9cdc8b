//! Unknown files: what a file is, how its table lies in it, and a sample of its rows.
//!
//! Nothing is decided for good here: what was found comes with its evidence, and a person reads it.

mod found_fixed;
mod found_json;
mod found_text;
mod found_workbook;
mod grid;
mod list_fit;
mod named_numbers;
mod sample;

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use denizen_spec::{
    Code, Column, Diagnostic, EurostatTsv, FieldType, Format, HeaderRows, Position, SdmxCsv, Source,
};

pub use self::list_fit::{ListFit, Lists};
pub use self::sample::{Sample, SampleColumn};
use crate::formats::{Recognised, recognise};
use crate::input::{StoredFile, files_of_archive, unreadable};
use crate::text_encoding::{Guess, TextEncoding};

/// Bytes of a text, unpacked, in which its layout is looked for.
const HEAD: u64 = 1 << 22;

/// Bytes of a text, unpacked, that are looked at for its encoding.
const LOOKED_AT: u64 = 1 << 28;

/// What was found in a file.
#[derive(Debug, Clone)]
pub struct FoundFile {
    /// The file.
    pub path: PathBuf,
    /// The member that was looked at, where it is an archive, and how many it has.
    pub member: Option<(String, usize)>,
    /// How its table is laid out.
    pub format: Format,
    /// What its columns are called.
    pub names: Vec<String>,
    /// Where each of them stands in its line, where fields have places: in the order of `names`.
    pub fields: Vec<(String, Position)>,
    /// For settings of the source, by their key: why they are proposed.
    pub evidence: Vec<(&'static str, String)>,
    /// What a person should look at.
    pub doubts: Vec<String>,
    /// Some of its rows.
    pub sample: Sample,
}

impl FoundFile {
    /// Looks at a file: at its beginning, and at a sample of its rows.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("permessi.csv");
    /// std::fs::write(&path, b"Anno;Citt\xe0;Permessi\n2023;Forl\xec;12\n2024;Forl\xec;15\n")?;
    /// let found = denizen_ingest::FoundFile::open(&path, "permessi.csv").unwrap();
    /// assert_eq!(found.names, ["Anno", "Città", "Permessi"]);
    /// assert_eq!(found.sample.rows, 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the file cannot be read, or holds no table that could be: what it is instead, as far as its bytes tell.
    pub fn open(path: &Path, shown: &str) -> Result<Self, Diagnostic> {
        let members = files_of_archive(path, shown)?;
        let member = match members.as_deref() {
            None => None,
            Some([]) => return Err(no_table(shown, "it is an archive without files", "fetch it again")),
            Some(names) => Some((names[0].clone(), names.len())),
        };
        let name = member.as_ref().map(|(name, _)| name.as_str());
        let mut head = Vec::new();
        let first = StoredFile::open(path, name, None).and_then(|stored| {
            stored.bytes.take(1 << 12).read_to_end(&mut head)?;
            Ok(stored.packing)
        });
        let packing = first.map_err(|error| unreadable(shown, &error))?;
        let mut found = match recognise(&head) {
            Some(Recognised { what, .. }) if what.contains("workbook") || what.contains("OLE") => {
                found_workbook::find(path, name, shown)?
            }
            Some(Recognised { what: "a Parquet file", .. }) => Self::new(path, Format::Parquet),
            Some(Recognised { what: "a JSON document", .. }) => found_json::find(path, name, shown)?,
            Some(Recognised { what, .. }) if what.starts_with("text in UTF-16") => {
                Self::text(path, name, shown)?
            }
            Some(Recognised { what, help }) => return Err(no_table(shown, &format!("it is {what}"), help)),
            None if head.is_empty() => return Err(no_table(shown, "it is empty", "fetch it again")),
            None if head.contains(&0) => {
                let help = "its first bytes hold zeros, as no text does: ask its publisher what it is";
                return Err(no_table(shown, "it is not text", help));
            }
            None => Self::text(path, name, shown)?,
        };
        if let Some(packing) = packing {
            found.evidence.push(("files", format!("packed as {}: read as it is", packing.name())));
        }
        found.member = member;
        found.sampled(shown)
    }

    /// With the names of its columns, and a sample of its rows.
    fn sampled(mut self, shown: &str) -> Result<Self, Diagnostic> {
        let source = self.source();
        let name = self.member.as_ref().map(|(name, _)| name.as_str());
        (self.names, self.sample) = sample::take(&self.path, name, shown, &source)?;
        if self.names.is_empty() {
            return Err(no_table(shown, "it has no header", "name its columns: `header = [\"…\", …]`"));
        }
        Ok(self)
    }

    /// The same file, read without a header: what was taken for one is a row, for the reason given.
    ///
    /// # Errors
    ///
    /// As [`FoundFile::open`], and where a table of its format always has a header.
    pub fn without_header(mut self, shown: &str, why: &str) -> Result<Self, Diagnostic> {
        let Format::Csv(options) = &mut self.format else {
            return Err(no_table(shown, why, "put a row with names of columns above the others"));
        };
        options.layout.header = HeaderRows::None;
        options.layout.header_is_stated = true;
        self.evidence.retain(|(setting, _)| *setting != "header_rows");
        self.evidence.push(("header", why.to_owned()));
        self.sampled(shown)
    }

    fn new(path: &Path, format: Format) -> Self {
        Self {
            path: path.to_path_buf(),
            member: None,
            format,
            names: Vec::new(),
            fields: Vec::new(),
            evidence: Vec::new(),
            doubts: Vec::new(),
            sample: Sample::default(),
        }
    }

    /// A source of the file without columns, but for those of which the places must be known.
    fn source(&self) -> Source {
        let path = self.path.to_string_lossy().into_owned();
        let field = |(name, position): &(String, Position)| Column {
            position: Some(*position),
            ..Column::new(name, FieldType::Text)
        };
        let columns = self.fields.iter().map(field).collect();
        Source { format: self.format.clone(), columns, ..Source::records("inspected", [path]) }
    }

    fn text(path: &Path, member: Option<&str>, shown: &str) -> Result<Self, Diagnostic> {
        let text = HeadText::read(path, member).map_err(|error| unreadable(shown, &error))?;
        if let Some(format) = eurostat(&text) {
            let mut found = Self::new(path, format);
            let why = "the first name holds dimensions with commas between them, `\\` and the time";
            found.evidence.push(("format", why.to_owned()));
            return Ok(found);
        }
        let mut found = Self::new(path, Format::Parquet);
        found_text::find(&text, shown, &mut found)?;
        if let Format::Csv(options) = &found.format
            && is_sdmx(&text, options.delimiter)
        {
            let why = "its header has `OBS_VALUE` and the period or the structure of SDMX";
            found.evidence.push(("format", why.to_owned()));
            let dataflows = Vec::new();
            found.format = Format::SdmxCsv(SdmxCsv { text: options.clone(), dataflows });
        }
        Ok(found)
    }
}

/// The beginning of a text, decoded.
pub(crate) struct HeadText {
    pub(crate) text: String,
    /// Whether it is all of the file.
    pub(crate) is_whole: bool,
    /// The encoding as a pipeline declares it, and why.
    pub(crate) encoding: (&'static str, String),
    /// Whether parts of it are in another encoding.
    pub(crate) is_mixed: bool,
    /// The file, and the member of it where it is an archive.
    path: PathBuf,
    member: Option<String>,
}

impl HeadText {
    fn read(path: &Path, member: Option<&str>) -> io::Result<Self> {
        let open = || StoredFile::open(path, member, None);
        let Guess { label, evidence } = Guess::of(open()?.bytes.take(LOOKED_AT))?;
        let is_mixed = label.is_none();
        let label = label.unwrap_or("windows-1252");
        let mut bytes = Vec::new();
        let decoded = TextEncoding::Auto.open(open()?.bytes, Some(label));
        decoded.take(HEAD).read_to_end(&mut bytes)?;
        let is_whole = (bytes.len() as u64) < HEAD;
        if !is_whole {
            let end = memchr::memrchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1);
            bytes.truncate(end);
        }
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
        let (path, member) = (path.to_path_buf(), member.map(str::to_owned));
        Ok(Self { text, is_whole, encoding: (label, evidence), is_mixed, path, member })
    }

    fn first_line(&self) -> &str {
        self.text.lines().next().unwrap_or_default()
    }
}

/// Eurostat's table of its bulk download, told by its first name.
fn eurostat(text: &HeadText) -> Option<Format> {
    let name = text.first_line().split('\t').next()?;
    let (_, time) = name.split_once('\\')?;
    let is_it = ["time", "time_period"].contains(&time.trim().to_lowercase().as_str());
    is_it.then(|| Format::EurostatTsv(EurostatTsv { encoding: text.encoding.0.to_owned() }))
}

/// Whether the first line is a header of SDMX-CSV.
fn is_sdmx(text: &HeadText, delimiter: u8) -> bool {
    let delimiter = char::from(delimiter);
    let names = text.first_line().split(delimiter).map(|name| name.trim().trim_matches('"').trim());
    let names: Vec<&str> = names.map(|name| name.split(": ").next().unwrap_or(name)).collect();
    let has =
        |wanted: &str| names.iter().any(|name| *name == wanted || name.starts_with(&format!("{wanted}[")));
    has("OBS_VALUE") && ["TIME_PERIOD", "DATAFLOW", "STRUCTURE", "STRUCTURE_ID"].iter().any(|name| has(name))
}

/// Says that nothing is proposed for a file, why, and what to do.
pub fn no_table(shown: &str, what: &str, help: &str) -> Diagnostic {
    let message = format!("nothing is proposed for `{shown}`: {what}");
    Diagnostic::error(Code::OtherFormat, message).in_file(shown, None).help(help)
}
