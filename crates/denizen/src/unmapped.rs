//! The texts of columns that have no meaning, for whoever is to give them one.

use denizen_ingest::{Chunks, IngestStats, Input, Key, Proposal};
use denizen_spec::{Diagnostic, FieldType, Source};

use crate::Error;
use crate::observer::{Cancel, Observer, Stage, Unit};
use crate::project::Project;

/// A text without a meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnmappedCode {
    /// The source.
    pub source: String,
    /// Its column, which is not personal.
    pub column: String,
    /// The text, of which the first 200 characters are kept.
    pub value: String,
    /// Rows that have it.
    pub rows: u64,
    /// What may be meant.
    pub proposal: Option<Proposal>,
    /// Whether the source has personal columns: then a stray delimiter may have put anybody's text there.
    pub of_persons: bool,
}

impl Project {
    /// Reads all sources as a run would, and returns every text of a column of codes that has no meaning: of each column the
    /// first thousand in their order, the most frequent first. Columns that are personal are not looked at, so that no key is
    /// needed.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or the work is stopped.
    pub fn unmapped_codes(
        &self,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Vec<UnmappedCode>, Box<Error>> {
        let mut unmapped = Vec::new();
        for input in self.inputs() {
            let found = self.unmapped_of(input, observer, cancel).map_err(|diagnostics| {
                let (path, text) = self.file();
                Box::new(Error { diagnostics, path, text: text.to_owned() })
            })?;
            unmapped.extend(found);
        }
        Ok(unmapped)
    }

    fn unmapped_of(
        &self,
        opened: &Input,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Vec<UnmappedCode>, Vec<Diagnostic>> {
        let source = without_personal_columns(opened.source());
        let given = self.overrides.iter().filter(|(name, _)| *name == source.name);
        let given: Vec<String> = given.map(|(_, path)| path.clone()).collect();
        let mut input = denizen_ingest::open(&source, &self.root, (!given.is_empty()).then_some(&given))?;
        input.add_references(&self.root)?;
        let (_, stats) = read(&input, None, observer, cancel)?;
        let of_persons = opened.source().has_personal_columns();
        let mut found = Vec::new();
        for column in &source.columns {
            let texts = stats.unmapped().filter(|(name, ..)| *name == column.name);
            let mut texts: Vec<(&str, u64)> = texts.map(|(_, text, rows)| (text, rows)).collect();
            texts.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
            let proposals = if texts.is_empty() { None } else { input.proposals(&column.name) };
            found.extend(texts.into_iter().map(|(text, rows)| UnmappedCode {
                source: source.name.clone(),
                column: column.name.clone(),
                value: text.to_owned(),
                rows,
                proposal: proposals.as_ref().and_then(|proposals| proposals.propose(text)),
                of_persons,
            }));
        }
        Ok(found)
    }
}

/// The source with its personal columns as texts that nobody asks for: what a row is depends on all its columns.
fn without_personal_columns(source: &Source) -> Source {
    let mut source = source.clone();
    for variant in &mut source.variants {
        variant.source = without_personal_columns(&variant.source);
    }
    for column in source.columns.iter_mut().filter(|column| column.personal) {
        column.field_type = FieldType::Text;
        column.personal = false;
        column.codelist = None;
        column.matching = None;
        column.codes.clear();
        column.with.clear();
    }
    source
}

/// What all chunks of an input held, read on all threads; none of their rows is kept.
pub(crate) fn read(
    input: &Input,
    key: Option<&Key>,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<(Chunks, IngestStats), Vec<Diagnostic>> {
    let chunks = input.clone().chunks(key)?;
    let name = format!("reading {}", input.source().name);
    let progress = observer.stage(&Stage { name: &name, total: input.bytes(), unit: Unit::Bytes });
    let thread = |_: rayon::BroadcastContext<'_>| -> Result<IngestStats, Diagnostic> {
        let mut stats = IngestStats::default();
        while let Some(raw) = chunks.read()? {
            cancel.check()?;
            let chunk = chunks.parse(raw)?;
            stats.merge(chunk.stats);
            progress.advance(stats.read(), chunk.bytes_read);
        }
        Ok(stats)
    };
    let all: Result<Vec<IngestStats>, Diagnostic> = rayon::broadcast(thread).into_iter().collect();
    let mut sum = IngestStats::default();
    all.map_err(|fault| vec![fault])?.into_iter().for_each(|stats| sum.merge(stats));
    progress.finish();
    Ok((chunks, sum))
}
