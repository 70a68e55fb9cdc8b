//! A published table: what its columns hold, and its rows some thousand at a time, for a table may have millions.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use denizen_spec::{Code, Diagnostic, columns as names};

use super::Put;
use crate::chunks::Chunks;
use crate::columns::{Column, NONE, holds};
use crate::release::{Field, Release, Resource};

/// A table and what stands in its columns.
pub(crate) struct Table<'a> {
    pub(crate) release: &'a Release,
    pub(crate) resource: &'a Resource,
    /// The columns, in their order.
    pub(crate) columns: Vec<(Field, Content)>,
    /// The keys of indicator, unit and decimals that rows have together.
    pub(crate) units: BTreeSet<[u32; 3]>,
    rows: usize,
}

/// What all rows of a column say.
#[derive(Default)]
pub(crate) struct Content {
    /// Its place among the columns.
    pub(crate) place: usize,
    /// Its texts, each once, in the order in which rows have them; none of numbers behind the indicator, which are as many as rows.
    pub(crate) texts: Option<Column>,
    /// Whether some row says nothing.
    pub(crate) has_none: bool,
    /// What rows say, where that is one text.
    same: Option<String>,
    /// Whether rows say unlike texts.
    is_mixed: bool,
    /// The characters of its longest text.
    pub(crate) longest: usize,
    /// The keys that rows have together with that of their period; nothing of numbers.
    pub(crate) periods: BTreeSet<(u32, u32)>,
}

impl Content {
    /// The texts; none where they are not held.
    pub(crate) fn words(&self) -> &[String] {
        self.texts.as_ref().map_or(&[], |texts| &texts.words)
    }

    pub(crate) fn word(&self, key: u32) -> Option<&str> {
        self.texts.as_ref()?.word(key)
    }

    /// Whether no row says anything.
    pub(crate) fn is_empty(&self) -> bool {
        !self.is_mixed && self.same.is_none()
    }

    /// What all rows say, where it is the same.
    pub(crate) fn same(&self) -> Option<&str> {
        self.same.as_deref().filter(|_| !self.has_none && !self.is_mixed)
    }

    /// Looks at the rows of a chunk.
    fn add(&mut self, column: &Column) {
        let known = self.texts.as_ref().map_or(0, |texts| texts.words.len());
        for word in &column.words[known..] {
            self.longest = self.longest.max(word.chars().count());
            match &self.same {
                Some(same) => self.is_mixed |= same != word,
                None => self.same = Some(word.clone()),
            }
        }
        self.has_none |= column.keys.contains(&NONE);
        if let Some(texts) = &mut self.texts {
            texts.words.extend_from_slice(&column.words[known..]);
        }
    }
}

/// A dimension of a table: where a number cannot say what a row is about, the column of its codes.
#[derive(Clone, Copy)]
pub(crate) struct Dimension<'t> {
    pub(crate) name: &'t str,
    pub(crate) list: Option<&'t str>,
    pub(crate) content: &'t Content,
}

impl<'a> Table<'a> {
    /// Reads a table once.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or has not the columns that its release says it has.
    pub(crate) fn read(release: &'a Release, resource: &'a Resource) -> Result<Self, Diagnostic> {
        let fields = resource.fields();
        let end = fields.iter().position(|field| field.name == "indicator").unwrap_or(0);
        let content = |(place, field): (usize, &Field)| {
            let is_number = ["integer", "number"].contains(&field.kind.as_str());
            // Decimals are few.
            let is_held = !is_number || place < end || field.name == "decimals";
            let texts = is_held.then(Column::default);
            (field.clone(), Content { place, texts, ..Content::default() })
        };
        let columns = fields.iter().enumerate().map(content).collect();
        let mut table = Self { release, resource, columns, units: BTreeSet::new(), rows: 0 };
        let mut rows = table.rows(&(0..fields.len()).collect::<Vec<_>>())?;
        while let Some(count) = rows.next()? {
            table.add(&rows);
            table.rows += count;
        }
        Ok(table)
    }

    /// Looks at the rows of a chunk.
    fn add(&mut self, rows: &Rows) {
        let place = |name: &str| self.columns.iter().position(|(field, _)| field.name == name);
        let [indicator, unit, decimals] = ["indicator", "unit", "decimals"].map(place);
        let period = place("reference_period");
        if let (Some(indicator), Some(unit), Some(decimals)) = (indicator, unit, decimals) {
            let [indicator, unit, decimals] =
                [indicator, unit, decimals].map(|place| &rows.columns[place].keys);
            let mut last = None;
            for row in 0..indicator.len() {
                let found = [indicator[row], unit[row], decimals[row]];
                if last != Some(found) {
                    self.units.insert(found);
                    last = Some(found);
                }
            }
        }
        let end = indicator.unwrap_or(0);
        for (_, content) in &mut self.columns {
            let column = &rows.columns[content.place];
            content.add(column);
            if let Some(period) = period.filter(|_| content.place < end) {
                let mut last = None;
                for pair in column.keys.iter().copied().zip(rows.columns[period].keys.iter().copied()) {
                    if last != Some(pair) {
                        content.periods.insert(pair);
                        last = Some(pair);
                    }
                }
            }
        }
    }

    pub(crate) fn name(&self) -> &'a str {
        self.resource.stem()
    }

    /// The number of its rows.
    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// Its rows, from the first one on, with the columns in some places.
    pub(crate) fn rows(&self, places: &[usize]) -> Result<Rows, Diagnostic> {
        let all: Vec<&str> = self.columns.iter().map(|(field, _)| field.name.as_str()).collect();
        let wanted: Vec<&str> = places.iter().map(|place| all[*place]).collect();
        let chunks = self.release.chunks(self.resource, &wanted)?;
        if let Some(missing) = wanted.iter().find(|name| !chunks.found().iter().any(|found| found == *name)) {
            let message = format!("`{}` has no column `{missing}`", self.resource.path());
            return Err(Diagnostic::error(Code::NoRelease, message)
                .note("datapackage.json, which describes the table, has it"));
        }
        Ok(Rows {
            table: self.resource.path().to_owned(),
            chunks,
            places: places.to_vec(),
            names: all.iter().map(|name| (*name).to_owned()).collect(),
            is_held: self.columns.iter().map(|(_, content)| content.texts.is_some()).collect(),
            columns: vec![Column::default(); all.len()],
        })
    }

    pub(crate) fn field(&self, name: &str) -> Option<&(Field, Content)> {
        self.columns.iter().find(|(field, _)| field.name == name)
    }

    pub(crate) fn column(&self, name: &str) -> Option<&Content> {
        self.field(name).map(|(_, content)| content)
    }

    /// Whether it holds cells, and not figures that were compared, say.
    pub(crate) fn is_of_cells(&self) -> bool {
        ["indicator", names::VALUE, names::CONCEPT].iter().all(|name| self.field(name).is_some())
    }

    /// Its dimensions: the columns before the indicator.
    pub(crate) fn dimensions(&self) -> Vec<Dimension<'_>> {
        let end = self.columns.iter().position(|(field, _)| field.name == "indicator");
        let before = &self.columns[..end.unwrap_or(0)];
        let is_code_of_another =
            |name: &str| before.iter().any(|(other, _)| names::code_of(&other.name) == name);
        before
            .iter()
            .filter(|(field, _)| !is_code_of_another(&field.name))
            .map(|(field, content)| {
                let codes = before.iter().find(|(other, _)| other.name == names::code_of(&field.name));
                Dimension {
                    name: &field.name,
                    list: field.codelist.as_deref(),
                    content: codes.map_or(content, |(_, codes)| codes),
                }
            })
            .collect()
    }

    /// The columns that stand behind the value, but for those of every table, which each format has its own place for.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &(Field, Content)> {
        let end = self.columns.iter().position(|(field, _)| field.name == "vintage");
        self.columns.iter().skip(end.map_or(self.columns.len(), |end| end + 1))
    }
}

/// The rows of a table, some thousand at a time.
pub(crate) struct Rows {
    table: String,
    chunks: Chunks,
    /// The columns that are read.
    places: Vec<usize>,
    names: Vec<String>,
    is_held: Vec<bool>,
    /// The columns of the table with the keys of the rows at hand. Where the texts of a column are held, the words are those of all
    /// rows so far, in the order of [`Content::texts`]; else those of the rows at hand.
    pub(crate) columns: Vec<Column>,
}

impl Rows {
    /// Goes on to the next rows, and gives their number; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<usize>, Diagnostic> {
        let Some(chunk) = self.chunks.next()? else { return Ok(None) };
        for (place, column) in self.places.iter().enumerate() {
            let words = &mut self.columns[*column];
            if !self.is_held[*column] {
                *words = Column::default();
            }
            let keys = chunk.keys(place, words);
            words.keys = keys.map_err(|kind| holds(Path::new(&self.table), &self.names[*column], &kind))?;
        }
        Ok(Some(chunk.rows))
    }
}

/// Why rows were not written.
pub(crate) enum Fault {
    Disk(io::Error),
    Read(Diagnostic),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<Diagnostic> for Fault {
    fn from(fault: Diagnostic) -> Self {
        Self::Read(fault)
    }
}

/// Makes a file of rows that are read while it is written.
pub(crate) fn put_rows(
    put: &mut Put<'_>,
    file: &str,
    write: &mut dyn FnMut(&mut dyn Write) -> Result<(), Fault>,
) -> Result<(), Diagnostic> {
    let mut unread = None;
    let written = put(file, &mut |out| {
        write(out).map_err(|fault| match fault {
            Fault::Disk(error) => error,
            Fault::Read(fault) => {
                unread = Some(fault);
                io::Error::other("what is to be written cannot be read")
            }
        })
    });
    unread.map_or(written, Err)
}
