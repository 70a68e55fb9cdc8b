//! Columns of codes: every text is looked up, and what comes out is a dictionary of our codes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use ahash::RandomState;

use arrow::array::{ArrayRef, StringArray};
use arrow::error::ArrowError;
use denizen_spec::Code;

use crate::code_mapping::{CodeMapping, OtherTexts};
use crate::decoder::Decoder;
use crate::field_column::FieldColumn;
use crate::lookup::{ByteMap, RawField};
use crate::text_column::{Lookup, finish};

/// The texts of a column of codes and what each of them means.
pub(crate) struct CodeColumn {
    /// Declared texts, sorted.
    texts: Vec<String>,
    /// What each of them means; then, what else a text can be.
    lookups: Vec<Lookup>,
    /// Bytes of a file, where they are the text: the index of what it means.
    known: ByteMap,
    /// What texts are that are not declared as they stand; their meanings are the last of `lookups`.
    others: Option<OtherTexts>,
    /// What such texts were found to be, so that each is looked for once: those of a file come again and again.
    found: Mutex<HashMap<Box<[u8]>, u32, RandomState>>,
    /// Our codes.
    codes: ArrayRef,
    is_merging: bool,
}

/// Texts of which it is remembered what they were found to be: enough for all names, and a bound for a file of others.
const MOST_FOUND: usize = 1 << 16;

/// What a text can be that is not declared, behind the declared ones.
const OTHERS: [Lookup; 3] =
    [Lookup::NotStated, Lookup::Error(Code::Encoding), Lookup::Error(Code::UnmappedCode)];
const NOT_STATED: usize = 0;
const ENCODING: usize = 1;
const UNMAPPED: usize = 2;

impl CodeColumn {
    pub(crate) fn new(
        mapping: BTreeMap<String, CodeMapping>,
        others: Option<OtherTexts>,
        missing: &[String],
        decoder: Decoder,
        codes: &mut OurCodes,
    ) -> Self {
        let (texts, meanings): (Vec<String>, Vec<CodeMapping>) = mapping.into_iter().unzip();
        let mut lookups: Vec<Lookup> = meanings.iter().map(|meaning| codes.lookup(meaning)).collect();
        let mut known = ByteMap::default();
        // Fields are looked up as they stand first, and blanks around them never mean anything.
        let is_field = |text: &str| decoder.is_same(text) && text.trim_ascii() == text;
        for (index, text) in texts.iter().enumerate().filter(|(_, text)| is_field(text)) {
            known.insert(text.as_bytes().into(), index as u32);
        }
        // The empty text means that nothing is stated, unless it is declared to mean something.
        let empty = [""].into_iter().filter(|empty| !texts.iter().any(|text| text == empty));
        for text in missing.iter().map(String::as_str).chain(empty).filter(|text| is_field(text)) {
            known.insert(text.as_bytes().into(), (texts.len() + NOT_STATED) as u32);
        }
        let words =
            lookups.iter().filter_map(|word| if let Lookup::Key(key) = word { Some(*key) } else { None });
        let mut words: Vec<u32> = words.collect();
        let texts_with_code = words.len();
        words.sort_unstable();
        words.dedup();
        let is_merging = others.is_some() || words.len() < texts_with_code;
        // Nothing is stated by an empty field too.
        let is_merging = is_merging || missing.iter().any(|text| is_field(text));
        lookups.extend(OTHERS);
        lookups.extend(others.iter().flat_map(OtherTexts::meanings).map(|meaning| codes.lookup(meaning)));
        let codes = codes.array();
        Self { texts, lookups, known, others, found: Mutex::default(), codes, is_merging }
    }

    /// Takes the codes of all forms of the source, of which its own are the first or among them.
    pub(crate) fn share(&mut self, codes: &ArrayRef, is_merging: bool) {
        self.codes = Arc::clone(codes);
        self.is_merging = is_merging;
    }

    /// Whether the empty text is a code.
    pub(crate) fn has_empty_text(&self) -> bool {
        self.texts.first().is_some_and(String::is_empty)
    }

    /// Whether several texts of the file are one code.
    pub(crate) fn is_merging(&self) -> bool {
        self.is_merging
    }

    /// The codes of the rows, and for each of the declared texts whether it occurs.
    pub(crate) fn parse(&self, column: &mut FieldColumn<'_>) -> Result<(ArrayRef, Vec<bool>), ArrowError> {
        let declared =
            |field: RawField<'_>| self.known.get(field).or_else(|| self.known.get(field.trimmed().into()));
        let indices: Vec<u32> = match &self.others {
            None => {
                let index = |field: RawField<'_>| self.decoded(column, field.trimmed()) as u32;
                column.fields().map(|field| declared(field).unwrap_or_else(|| index(field))).collect()
            }
            Some(_) => {
                // What this chunk has had looked up, so that threads wait for one another once for each text.
                let mut found = ByteMap::default();
                let index = |field: RawField<'_>| {
                    found.get(field).unwrap_or_else(|| {
                        let index = declared(field).unwrap_or_else(|| self.other(column, field.trimmed()));
                        found.insert(field.bytes().into(), index);
                        index
                    })
                };
                column.fields().map(index).collect()
            }
        };
        let array = finish(&indices, &self.lookups, Arc::clone(&self.codes), column)?;
        let mut seen = vec![false; self.lookups.len()];
        indices.iter().for_each(|index| seen[*index as usize] = true);
        seen.truncate(self.texts.len());
        Ok((array, seen))
    }

    /// The index of the meaning of bytes that are no declared text as they stand, and are looked for once in a run.
    fn other(&self, column: &FieldColumn<'_>, field: &[u8]) -> u32 {
        // A thread that panics while it holds the lock has ended the run.
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.get(field).copied().unwrap_or_else(|| {
            let index = self.decoded(column, field) as u32;
            if found.len() < MOST_FOUND {
                found.insert(field.into(), index);
            }
            index
        })
    }

    /// The index of the meaning of bytes that are not the text itself, or that mean nothing.
    fn decoded(&self, column: &FieldColumn<'_>, field: &[u8]) -> usize {
        let Some(text) = column.decoder.decode(field) else { return self.texts.len() + ENCODING };
        let declared = self.texts.binary_search_by(|declared| declared.as_str().cmp(&text));
        let otherwise = || {
            if column.is_missing(text.as_bytes()) {
                return self.texts.len() + NOT_STATED;
            }
            let other = self.others.as_ref().and_then(|others| others.find(&text));
            self.texts.len() + other.map_or(UNMAPPED, |index| OTHERS.len() + index)
        };
        declared.unwrap_or_else(|_| otherwise())
    }
}

/// Our codes, in the order of their numbers. A column has one list of them, whatever form of the source is read, so that a
/// number is the same code in all chunks.
#[derive(Default)]
pub(crate) struct OurCodes {
    codes: Vec<String>,
    keys: HashMap<String, u32>,
}

impl OurCodes {
    /// The codes by their numbers.
    pub(crate) fn array(&self) -> ArrayRef {
        Arc::new(StringArray::from_iter_values(&self.codes))
    }

    fn lookup(&mut self, meaning: &CodeMapping) -> Lookup {
        match meaning {
            CodeMapping::NotStated => Lookup::NotStated,
            CodeMapping::Aggregate => Lookup::Aggregate,
            CodeMapping::Code(code) => Lookup::Key(*self.keys.entry(code.clone()).or_insert_with(|| {
                self.codes.push(code.clone());
                self.codes.len() as u32 - 1
            })),
        }
    }
}
