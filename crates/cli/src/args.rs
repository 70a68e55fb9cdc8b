//! The command line. Its help text is the manual page.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use denizen::Language;
use denizen_spec::TableFormat;

use crate::size;

/// Turn a country's raw migration records into published statistics.
///
/// A pipeline file declares a product: its sources, the operations on them, the tables. `denizen run` reads the raw
/// files, cleans and counts, and writes a release: Parquet tables, code lists, every rejected row with its reason,
/// and a manifest that lets anyone repeat the run byte for byte.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_STATUS, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Print errors only.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Number of threads; all cores unless stated. The results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
    /// Form of what is printed on standard error: `text`; `json`, which gives schedulers one object on each line; or `github`, the
    /// commands of GitHub Actions: faults at their lines, a group for each pipeline, a summary of the job.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text", hide_possible_values = true)]
    pub(crate) log_format: LogFormat,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The form of what is printed on standard error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// Text.
    Text,
    /// JSON.
    Json,
    /// Workflow commands of GitHub Actions.
    Github,
}

/// The form of the log that a command line asks for, even one that is wrong otherwise.
pub(crate) fn log_format(words: &[OsString]) -> LogFormat {
    let asks_for = |name: &str| {
        words.iter().any(|word| *word == *format!("--log-format={name}"))
            || words.windows(2).any(|pair| pair[0] == "--log-format" && pair[1] == *name)
    };
    match (asks_for("json"), asks_for("github")) {
        (true, _) => LogFormat::Json,
        (false, true) => LogFormat::Github,
        (false, false) => LogFormat::Text,
    }
}

const EXIT_STATUS: &str = "\
Exit status:
  0   done
  1   check --against: something looks wrong, and will not stop a run; diff --fail-above: more is different
  2   the command line is wrong
  10  the pipeline file is wrong
  11  an input is missing or invalid, or too many rows were rejected
  12  parts of a table do not fit together
  13  a published figure is not met
  14  the release cannot be written
  70  a fault of the program: please report it
Of several pipelines, run ends with the highest of theirs; check with that of the first at fault.

`denizen explain CODE` prints the page of an error, such as ingest::missing-column.";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a release from a pipeline file, or one from each of several.
    Run(RunOptions),
    /// Find every fault of pipeline files, without reading data beyond the headers; or compare new files with a release
    /// (--against).
    Check(CheckOptions),
    /// List the texts of code columns that have no meaning, with proposals, as a CSV to be finished by hand.
    Codes(CodesOptions),
    /// Look at unknown files and print a source that reads them, with the evidence and the doubts.
    Inspect(InspectOptions),
    /// Write a new pipeline from files of data, with lists to fill in and a description of each file. Nothing is overwritten.
    New(NewOptions),
    /// Explain an error code, a residence rule (rule:NAME), or a country by code or name; without a name, list all pages.
    Explain {
        /// Such as ingest::missing-column, rule:nz_12_16, country:YU or country:Perù.
        code: Option<String>,
    },
    /// Say what is different in a release from another one: cells that are new, gone or revised, inputs, the pipeline.
    Diff(DiffOptions),
    /// Write the tables of a release that stands in other formats, from what it has published.
    Export(ExportOptions),
    /// Set the editions of a product beside each other: how each value was revised, and by how much by age.
    Vintages(VintagesOptions),
    /// Write the page of a release that stands, in another language or to another place; or one that leads to those of several.
    Report(ReportOptions),
    /// Make synthetic records, with the shape and the faults of real ones.
    Synth(SynthOptions),
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// The pipeline files. Of several, one is made after the other, and a fault in one does not stop the others.
    #[arg(required = true, value_name = "PIPELINE")]
    pub(crate) pipelines: Vec<PathBuf>,
    /// Folder of the releases; in the project unless stated.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Read these files for a source instead of those that the pipeline names; may be given several times. For one pipeline only.
    #[arg(long, value_name = "NAME=PATH", value_parser = source)]
    pub(crate) source: Vec<(String, String)>,
    /// Name of the edition, instead of the one in the pipeline. For one pipeline only.
    #[arg(long, value_name = "NAME", value_parser = vintage)]
    pub(crate) vintage: Option<String>,
    /// Folder of the release that this one follows, instead of `previous` in the pipeline: what has changed since stands on the page
    /// and in the manifest. For one pipeline only.
    #[arg(long, value_name = "RELEASE")]
    pub(crate) previous: Option<PathBuf>,
    /// File with the pseudonym key: 64 hexadecimal digits.
    #[arg(long, value_name = "FILE", env = "DENIZEN_KEY_FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// Divide the persons into so many parts, each with files of records of its own: the layout of a cluster with as many parts.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) parts: u32,
    /// Make the release again, even when inputs, pipeline and program are those of the release that is there.
    #[arg(long)]
    pub(crate) force: bool,
    /// Memory that the run may take, such as 500MB, 1.5GB or 8GiB. The results do not depend on it.
    #[arg(long, value_name = "SIZE", default_value = "2GB", value_parser = size::memory)]
    pub(crate) memory: u64,
    /// Folder for what does not fit into memory; the folder of the releases unless stated. Nothing stays in it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(after_help = AGAINST)]
pub(crate) struct CheckOptions {
    /// The pipeline files.
    #[arg(required = true)]
    pub(crate) pipelines: Vec<PathBuf>,
    /// Read all files, and say what has changed since this release; its folder, or that of all vintages, of which the newest is
    /// taken.
    #[arg(long, value_name = "RELEASE")]
    pub(crate) against: Option<PathBuf>,
    /// Read these files for a source instead of those that the pipeline names; may be given several times.
    #[arg(long, value_name = "NAME=PATH", value_parser = source)]
    pub(crate) source: Vec<(String, String)>,
}

/// What `--against` tells, and from where on. The numbers are those of `denizen::against`.
pub(crate) const AGAINST: &str = "\
What --against tells, of each source and column:
  error    the run will stop: as it will say it, and columns that are read and gone
  warning  it looks wrong:
           rows, or those of the times that both have, differ by more than 25 %; so does what a row stands for
           a month or year has 2 times more or fewer rows than before, or none
           the share of rows that state nothing, or have a code, differs by more than 5 points
           a code that is new or gone is on 1 % of the rows or more
           the greatest number is 10 times as large or small
           the share of rejected rows has grown by more than 1 point
           (of fewer than 20 rows neither shares of codes nor volumes are told)
  note     it is new, and may well be so: codes on few rows, a range that has grown, a new file

Exit status of --against:
  0        nothing, or notes only
  1        warnings
  10, 11   errors: the status of the run";

#[derive(Debug, Args)]
pub(crate) struct CodesOptions {
    /// The pipeline file.
    pub(crate) pipeline: PathBuf,
    /// The file to write, which only you can read; printed unless stated. Fill in its column `code`, and name it in the
    /// pipeline: `codes = "FILE"`.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Read these files for a source instead of those that the pipeline names; may be given several times.
    #[arg(long, value_name = "NAME=PATH", value_parser = source)]
    pub(crate) source: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub(crate) struct InspectOptions {
    /// The files: texts, workbooks, Parquet; packed or not. Those with one header are one source.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Name of the source; that of the first file unless stated.
    #[arg(long, value_name = "NAME", value_parser = name)]
    pub(crate) name: Option<String>,
    /// Folder of the project, whose code lists are tried and from which paths start.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) project: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct NewOptions {
    /// Name of the pipeline, whose file is pipelines/NAME.toml.
    #[arg(value_parser = name)]
    pub(crate) name: String,
    /// The files of data that it is made from.
    #[arg(long, required = true, value_name = "FILE", num_args = 1..)]
    pub(crate) from: Vec<PathBuf>,
    /// Folder of the project.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) project: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct DiffOptions {
    /// The folder of the older release.
    pub(crate) old: PathBuf,
    /// The folder of the newer one.
    pub(crate) new: PathBuf,
    /// End with status 1 where more than this share (0 to 1) of the cells of a table are gone or revised, or a table cannot be compared.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(crate) fail_above: Option<f64>,
    /// Also write a page of it: one file that opens from disk, made from what both releases have published.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Language of the page: en, it or es.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language, requires = "out")]
    pub(crate) language: Language,
    /// Print lines of pipelines also where their text is not published.
    #[arg(long)]
    pub(crate) restricted: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VintagesOptions {
    /// The folder of a product, such as releases/NAME; or those of its releases.
    #[arg(required = true, value_name = "FOLDER")]
    pub(crate) folders: Vec<PathBuf>,
    /// Folder for the tables: a triangle of each table, with a row for each cell and edition, and `revisions`. Nothing is written
    /// unless stated.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: Option<PathBuf>,
    /// Format of the tables: parquet or csv.
    #[arg(long, value_name = "FORMAT", default_value = "parquet", value_parser = format)]
    pub(crate) format: TableFormat,
}

fn format(text: &str) -> Result<TableFormat, String> {
    let formats = [TableFormat::Parquet, TableFormat::Csv];
    let format = formats.into_iter().find(|format| format.name() == text);
    format.ok_or_else(|| "write `parquet` or `csv`".to_owned())
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "write a share between 0 and 1, such as 0.01".to_owned())
}

#[derive(Debug, Args)]
pub(crate) struct ExportOptions {
    /// The folder of the release.
    pub(crate) release: PathBuf,
    /// The formats, with commas between them: csv, sdmx-csv, xlsx, json.
    #[arg(long, value_name = "FORMAT", required = true, value_delimiter = ',', value_parser = table_format)]
    pub(crate) format: Vec<TableFormat>,
    /// Language of the workbook: en, it or es. SDMX and JSON hold all of them.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(crate) language: Language,
    /// The folder to write to, outside of any release: one that stands is never changed. Files of the same names are replaced.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
}

/// A format in which tables of a release are exported.
///
/// # Errors
///
/// When there is no such format, or it is that of the release itself.
pub fn table_format(text: &str) -> Result<TableFormat, String> {
    match TableFormat::ALL.into_iter().find(|format| format.name() == text) {
        Some(TableFormat::Parquet) => Err("the release is in Parquet: others are made from it".to_owned()),
        Some(format) => Ok(format),
        None => Err("write `csv`, `sdmx-csv`, `xlsx` or `json`".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct ReportOptions {
    /// The folder of a release; or that of several, for a page that leads to all of theirs.
    pub(crate) release: PathBuf,
    /// The file to write, outside of the release: a release that stands is never changed. The page for several is index.html in
    /// their folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Language of the page: en, it or es.
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = language)]
    pub(crate) language: Language,
}

#[derive(Debug, Args)]
pub(crate) struct SynthOptions {
    /// Which records.
    pub(crate) country: Country,
    /// Size: 1 is the whole population of the publication.
    #[arg(long, default_value_t = 0.01, value_parser = scale)]
    pub(crate) scale: f64,
    /// Another seed gives other persons with the same margins.
    #[arg(long, default_value_t = 1990)]
    pub(crate) seed: u64,
    /// The file to write (gzipped when it ends in .gz), with a sidecar beside it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Country {
    /// Border crossings of Peru, 1990-2007.
    Peru,
    /// Residence permits of Italy, 2007-2025.
    Italy,
}

fn source(text: &str) -> Result<(String, String), String> {
    let (name, path) =
        text.split_once('=').ok_or("write NAME=PATH, with the name of a source of the pipeline")?;
    Ok((name.to_owned(), path.to_owned()))
}

fn name(text: &str) -> Result<String, String> {
    let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
    is_name
        .then(|| text.to_owned())
        .ok_or("use small letters, digits, `_` and `-`, and begin with a letter".to_owned())
}

fn vintage(text: &str) -> Result<String, String> {
    let is_name = denizen_spec::is_file_name(text);
    is_name
        .then(|| text.to_owned())
        .ok_or("it names a folder: use letters, digits, `.`, `_` and `-` only".to_owned())
}

fn language(text: &str) -> Result<Language, String> {
    Language::of_code(text).ok_or("write `en`, `it` or `es`".to_owned())
}

fn scale(text: &str) -> Result<f64, String> {
    let scale: f64 = text.parse().map_err(|_| "not a number")?;
    denizen_synth::Options::new(scale, 0).map(|_| scale).map_err(|fault| fault.message)
}
