//! What a release has published: its data package, its tables and code lists, and what the manifest tells of its making.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use denizen_spec::{CheckOutcome, Diagnostic, Disclosure, Previous, Translations};
use serde::Deserialize;

use crate::chunks::Chunks;
use crate::columns::{self, unreadable};
use crate::language::Language;

/// The published half of a release.
pub(crate) struct Release {
    folder: PathBuf,
    pub(crate) package: Package,
    pub(crate) manifest: Manifest,
    /// The labels of each code list: by its name, then by code.
    lists: HashMap<String, HashMap<String, Label>>,
}

/// What `datapackage.json` says.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    #[serde(default)]
    pub(crate) synthetic: bool,
    #[serde(default)]
    pub(crate) citation: Option<String>,
    resources: Vec<Resource>,
}

impl Package {
    /// The resources in a folder, each in its first format.
    fn resources(&self, folder: &str) -> Vec<Resource> {
        let mut found: Vec<Resource> = Vec::new();
        for resource in self.resources.iter().filter(|resource| resource.path.starts_with(folder)) {
            if !found.iter().any(|known| known.stem() == resource.stem()) {
                found.push(resource.clone());
            }
        }
        found
    }
}

/// The files of tables and code lists in a folder of what is published, each in its first format. None of them is read.
pub(crate) fn files(public: &Path) -> Result<Vec<String>, Diagnostic> {
    let path = public.join("datapackage.json");
    let package: Package = json(&path, &bytes(&path)?)?;
    let all = ["tables/", "codelists/"].into_iter().flat_map(|folder| package.resources(folder));
    Ok(all.map(|resource| resource.path).collect())
}

/// A table or a code list, as the data package describes it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Resource {
    #[serde(default)]
    title: String,
    #[serde(default)]
    titles: Translations,
    #[serde(default)]
    pub(crate) indicators: Vec<Taken>,
    path: String,
    schema: Schema,
    #[serde(default, rename = "samplingFraction")]
    pub(crate) sampling_fraction: Option<f64>,
}

/// An indicator of a table, and the dimensions along which it is taken.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Taken {
    pub(crate) name: String,
    pub(crate) along: Vec<String>,
    /// What the pipeline states of it: `close_open_group_at=100`.
    #[serde(default)]
    pub(crate) parameters: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Schema {
    fields: Vec<Field>,
    #[serde(default, rename = "primaryKey")]
    primary_key: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Its type (Table Schema).
    #[serde(default, rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) codelist: Option<String>,
}

impl Resource {
    /// The name of its file, without its ending.
    pub(crate) fn stem(&self) -> &str {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        file.rsplit_once('.').map_or(file, |(stem, _)| stem)
    }

    /// Its title in a language, or in the one that it has.
    pub(crate) fn title(&self, language: Language) -> &str {
        self.titles.get(language.code()).unwrap_or(&self.title)
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    pub(crate) fn fields(&self) -> &[Field] {
        &self.schema.fields
    }

    /// The columns that tell its rows apart.
    pub(crate) fn key(&self) -> &[String] {
        &self.schema.primary_key
    }
}

/// What `manifest.json` says, as far as a page tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) pipeline: String,
    title: String,
    description: Option<String>,
    #[serde(default)]
    titles: Translations,
    #[serde(default)]
    descriptions: Translations,
    pub(crate) vintage: String,
    #[serde(default)]
    pub(crate) agency: Option<String>,
    pub(crate) disclosure: Option<Disclosure>,
    pub(crate) pipeline_sha256: String,
    /// Nothing in releases that do not hold it.
    #[serde(default)]
    pub(crate) pipeline_is_public: Option<bool>,
    #[serde(default)]
    pub(crate) previous: Option<Previous>,
    pub(crate) program: String,
    pub(crate) inputs: Vec<Input>,
    #[serde(default)]
    pub(crate) stages: Vec<Stage>,
    #[serde(default)]
    pub(crate) checks: Vec<Check>,
}

/// What came of a check of the rows of a source.
#[derive(Debug, Deserialize)]
pub(crate) struct Check {
    pub(crate) source: String,
    pub(crate) name: String,
    pub(crate) outcome: CheckOutcome,
    /// Rows, where they may be told.
    pub(crate) passed: Option<u64>,
    pub(crate) failed: Option<u64>,
    pub(crate) not_checked: Option<u64>,
}

impl Manifest {
    /// The title of the product in a language, or in the one that it has.
    pub(crate) fn title(&self, language: Language) -> &str {
        self.titles.get(language.code()).unwrap_or(&self.title)
    }

    /// What the product shows, in the same way.
    pub(crate) fn description(&self, language: Language) -> Option<&str> {
        self.descriptions.get(language.code()).or(self.description.as_deref())
    }
}

/// A file that was read.
#[derive(Debug, Deserialize)]
pub(crate) struct Input {
    pub(crate) source: String,
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) title: Option<String>,
    #[serde(default)]
    pub(crate) titles: Translations,
    pub(crate) producer: Option<String>,
    pub(crate) origin: Option<String>,
    pub(crate) licence: Option<String>,
    pub(crate) retrieved: Option<String>,
    /// Rows, where they may be told.
    pub(crate) read: Option<u64>,
    pub(crate) accepted: Option<u64>,
    pub(crate) rejected: Option<u64>,
    pub(crate) excluded: Option<u64>,
    #[serde(default)]
    pub(crate) incomplete: u64,
    #[serde(default)]
    pub(crate) repaired_numbers: u64,
    #[serde(default)]
    pub(crate) rejected_for: BTreeMap<String, u64>,
}

/// A step on the rows of a source.
#[derive(Debug, Deserialize)]
pub(crate) struct Stage {
    pub(crate) source: String,
    pub(crate) operation: String,
    pub(crate) read: Option<u64>,
    pub(crate) accepted: Option<u64>,
    pub(crate) excluded: Option<u64>,
    #[serde(default)]
    pub(crate) made: u64,
    #[serde(default)]
    pub(crate) counts: serde_json::Map<String, serde_json::Value>,
}

/// Which texts of pipelines are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Those that are published.
    Public,
    /// Those also that only the owner of a release has.
    Restricted,
}

/// The text of the pipeline of a release.
pub(crate) enum Text {
    Held(String),
    /// It is there, and not to be read.
    Restricted,
    NotHeld,
}

/// A code in the three languages.
#[derive(Debug, Clone, Default)]
struct Label {
    texts: [Option<String>; 3],
    kind: String,
}

impl Release {
    /// Reads what a release has published in a folder.
    pub(crate) fn read(public: &Path, manifest: &[u8]) -> Result<Self, Diagnostic> {
        let path = public.join("datapackage.json");
        let package: Package = json(&path, &bytes(&path)?)?;
        let manifest = json(Path::new("manifest.json"), manifest)?;
        let mut release = Self { folder: public.to_owned(), package, manifest, lists: HashMap::new() };
        for list in release.resources("codelists/") {
            let labels = read_list(&release.folder.join(&list.path))?;
            release.lists.insert(list.stem().to_owned(), labels);
        }
        Ok(release)
    }

    /// The published tables, each once.
    pub(crate) fn tables(&self) -> Vec<Resource> {
        self.resources("tables/")
    }

    /// The text of its pipeline, where it lies there and may be read.
    pub(crate) fn text(&self, texts: Texts) -> Result<Text, Diagnostic> {
        let find = |folder: &Path| {
            let mut files = ["pipeline.toml", "pipeline.json"].map(|file| folder.join(file)).into_iter();
            files.find(|file| file.is_file())
        };
        let restricted = || find(&self.folder.parent()?.join("restricted"));
        Ok(match (find(&self.folder).or_else(restricted), texts) {
            (Some(file), Texts::Public) if !file.starts_with(&self.folder) => Text::Restricted,
            (Some(file), Texts::Public | Texts::Restricted) => {
                Text::Held(String::from_utf8(bytes(&file)?).map_err(|error| unreadable(&file, error))?)
            }
            (None, Texts::Public | Texts::Restricted) if self.manifest.pipeline_is_public == Some(false) => {
                Text::Restricted
            }
            (None, Texts::Public | Texts::Restricted) => Text::NotHeld,
        })
    }

    /// The resources in a folder, each in its first format.
    fn resources(&self, folder: &str) -> Vec<Resource> {
        self.package.resources(folder)
    }

    /// Some columns of a table.
    pub(crate) fn columns(
        &self,
        table: &Resource,
        names: &[&str],
    ) -> Result<HashMap<String, columns::Column>, Diagnostic> {
        columns::read(&self.folder.join(&table.path), names)
    }

    /// The same some rows at a time.
    pub(crate) fn chunks(&self, table: &Resource, names: &[&str]) -> Result<Chunks, Diagnostic> {
        Chunks::open(&self.folder.join(&table.path), names)
    }

    /// What a code of a list is called; nothing where no list names it.
    pub(crate) fn label(&self, list: &str, code: &str, language: Language) -> Option<&str> {
        let label = self.lists.get(list)?.get(code)?;
        let own = label.texts[language.index()].as_deref();
        own.or(label.texts[Language::English.index()].as_deref())
    }

    /// The codes of a list, sorted, with what they are called in each language; an empty text where it has no name for them.
    pub(crate) fn codes(&self, list: &str) -> Vec<(&str, [String; 3])> {
        let mut codes: Vec<(&str, [String; 3])> = self
            .lists
            .get(list)
            .into_iter()
            .flatten()
            .map(|(code, label)| (code.as_str(), label.texts.clone().map(Option::unwrap_or_default)))
            .collect();
        codes.sort();
        codes
    }

    /// Whether a list says that a code is what is left over beside others.
    pub(crate) fn is_residual(&self, list: &str, code: &str) -> bool {
        self.lists.get(list).and_then(|list| list.get(code)).is_some_and(|label| label.kind == "residual")
    }
}

fn read_list(path: &Path) -> Result<HashMap<String, Label>, Diagnostic> {
    let names = ["code", "label_en", "label_it", "label_es", "kind"];
    let columns = columns::read(path, &names)?;
    let text =
        |name: &str, row: usize| columns.get(name).and_then(|column| column.text(row)).map(str::to_owned);
    let rows = columns.get("code").map_or(0, |codes| codes.keys.len());
    let entry = |row: usize| {
        let texts = ["label_en", "label_it", "label_es"].map(|name| text(name, row));
        Some((text("code", row)?, Label { texts, kind: text("kind", row).unwrap_or_default() }))
    };
    Ok((0..rows).filter_map(entry).collect())
}

#[expect(clippy::disallowed_methods, reason = "what a release has published, no input")]
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    std::fs::read(path).map_err(|error| unreadable(path, error))
}

pub(crate) fn json<T: for<'a> Deserialize<'a>>(path: &Path, bytes: &[u8]) -> Result<T, Diagnostic> {
    serde_json::from_slice(bytes).map_err(|error| unreadable(path, error))
}
