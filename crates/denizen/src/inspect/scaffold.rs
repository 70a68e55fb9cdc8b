//! The files of a new pipeline, made from what was found in files of data.

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use denizen_spec::Date;

use super::toml_text::quoted;
use super::{Inspection, ProposedSource, shown};

/// A file that is to be written.
#[derive(Debug, Clone)]
pub struct ScaffoldFile {
    /// Where, relative to the project.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
}

/// A new pipeline with what belongs to it.
#[derive(Debug, Clone)]
pub struct Scaffold {
    /// Its files.
    pub files: Vec<ScaffoldFile>,
}

impl Scaffold {
    /// The files of a pipeline `name` from the sources of an inspection: the pipeline, a list to be filled in for each
    /// column of many codes that no list has, a sidecar for each file of data that has none, and a file for published figures.
    pub fn of(name: &str, inspection: &Inspection, project: &Path) -> Self {
        let mut files = vec![ScaffoldFile {
            path: format!("pipelines/{name}.toml").into(),
            text: pipeline(name, &inspection.sources),
        }];
        for source in &inspection.sources {
            files.extend(source.new_lists.iter().map(|(list, codes)| list_to_fill(list, codes)));
            files.extend(source.files.iter().filter_map(|file| sidecar(file, project)));
        }
        let mut figures =
            "id,statement,table,indicator,where,value,unit,tolerance,concept,source\n".to_owned();
        inspection.sources.iter().filter_map(rows_read).for_each(|figure| figures += &figure);
        files.push(ScaffoldFile { path: format!("pipelines/{name}/published.csv").into(), text: figures });
        Self { files }
    }
}

fn pipeline(name: &str, sources: &[ProposedSource]) -> String {
    let mut text =
        String::from("# Proposed by `denizen new` from files of data. Look at each TODO and each DOUBT.\n");
    text += &format!(
        "spec = 1\ntitle = {}  # TODO: what it is called in print\nvintage = \"1\"  # TODO: which edition it is\n\n",
        quoted(name)
    );
    if sources.iter().any(|source| source.has_personal_columns) {
        text += "# Counts of persons are protected: TODO: which threshold does your office use?\n";
        text += "[disclosure]\nthreshold = 7\nrounding_base = 5\n\n";
    }
    for source in sources {
        text += &source.text_with_lists;
        text.push('\n');
        text += &source.table;
        text.push('\n');
    }
    if sources.iter().any(|source| source.records.is_some()) {
        text += "# A first test: each table counts all rows that were read when it was proposed. TODO: put figures that the office has\n\
                 # published in their place; every run must meet them.\n";
        text += &format!("[[published]]\nfile = \"{name}/published.csv\"\n");
    } else {
        text += "# Figures that the office has published, which every run must meet: fill in the file, and take away the marks below.\n";
        text += &format!("# [[published]]\n# file = \"{name}/published.csv\"\n");
    }
    text
}

/// A figure that the table of a source must meet: the number of its rows, as they were read when it was proposed.
fn rows_read(source: &ProposedSource) -> Option<String> {
    let (name, rows) = (&source.name, source.records?);
    let statement = "Rows that were read when the pipeline was proposed";
    Some(format!("{name}-rows,{statement},{name},count,,{rows},records,0,{name},denizen new\n"))
}

/// A list with the codes that were found, whose labels are to be filled in.
fn list_to_fill(list: &str, codes: &[String]) -> ScaffoldFile {
    let mut text = "code,label_en,label_it,label_es,kind\n".to_owned();
    for code in codes {
        let code = csv_field(code);
        text += &format!("{code},{code},{code},{code},detail\n");
    }
    ScaffoldFile { path: format!("data/codelists/{list}.csv").into(), text }
}

fn csv_field(text: &str) -> String {
    let needs_quotes = text.contains([',', '"', '\n', '\r']) || text.trim() != text;
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// The description of a file; nothing where it has one, or lies outside the project.
fn sidecar(file: &Path, project: &Path) -> Option<ScaffoldFile> {
    let path = shown(file, project);
    let is_there = denizen_ingest::sidecar_path(file).exists();
    if is_there || Path::new(&path).is_absolute() {
        return None;
    }
    let name = file.file_name()?.to_string_lossy();
    let changed = changed_on(file).unwrap_or(Date { year: 1970, month: 1, day: 1 });
    let text = format!(
        "title     = {}  # TODO: what it holds\nproducer  = \"TODO: who made it\"\norigin    = \"TODO: where it was got from\"\n\
         licence   = \"TODO: under which licence it may be used\"\nretrieved = {changed}  # TODO: when it was got; on this day the file was written\n",
        quoted(&name)
    );
    Some(ScaffoldFile { path: denizen_ingest::sidecar_path(Path::new(&path)), text })
}

/// The day on which a file was written last.
fn changed_on(file: &Path) -> Option<Date> {
    let changed = std::fs::metadata(file).ok()?.modified().ok()?;
    let seconds = changed.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Date::from_days(i32::try_from(seconds / 86_400).ok()?)
}
