//! Columns of codes: every text is looked up, and what comes out is a dictionary of our codes.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::error::ArrowError;
use denizen_spec::Code;

use crate::code_mapping::CodeMapping;
use crate::decoder::Decoder;
use crate::field_column::FieldColumn;
use crate::lookup::ByteMap;
use crate::text_column::{Lookup, finish};

/// The texts of a column of codes and what each of them means.
pub(crate) struct CodeColumn {
    /// Declared texts, sorted.
    texts: Vec<String>,
    /// What each of them means; then, what else a text can be.
    lookups: Vec<Lookup>,
    /// Bytes of a file, where they are the text: the index of what it means.
    known: ByteMap,
    /// Our codes.
    codes: ArrayRef,
    is_merging: bool,
}

/// What a text can be that is not declared, behind the declared ones.
const OTHERS: [Lookup; 3] =
    [Lookup::NotStated, Lookup::Error(Code::Encoding), Lookup::Error(Code::UnmappedCode)];
const NOT_STATED: usize = 0;
const ENCODING: usize = 1;
const UNMAPPED: usize = 2;

impl CodeColumn {
    pub(crate) fn new(mapping: BTreeMap<String, CodeMapping>, missing: &[String], decoder: Decoder) -> Self {
        let mut codes: Vec<String> = Vec::new();
        let mut keys = HashMap::new();
        let mut texts = Vec::new();
        let mut lookups = Vec::new();
        for (text, meaning) in mapping {
            texts.push(text);
            lookups.push(match meaning {
                CodeMapping::Code(code) => Lookup::Key(*keys.entry(code.clone()).or_insert_with(|| {
                    codes.push(code);
                    codes.len() as u32 - 1
                })),
                CodeMapping::NotStated => Lookup::NotStated,
                CodeMapping::Aggregate => Lookup::Aggregate,
            });
        }
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
        let is_merging = codes.len() < lookups.iter().filter(|word| matches!(word, Lookup::Key(_))).count();
        // Nothing is stated by an empty field too.
        let is_merging = is_merging || missing.iter().any(|text| is_field(text));
        lookups.extend(OTHERS);
        Self { texts, lookups, known, codes: Arc::new(StringArray::from_iter_values(codes)), is_merging }
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
        let indices = column.fields().map(|field| {
            let known = self.known.get(field).or_else(|| self.known.get(field.trimmed().into()));
            known.unwrap_or_else(|| self.decoded(column, field.trimmed()) as u32)
        });
        let indices: Vec<u32> = indices.collect();
        let array = finish(&indices, &self.lookups, Arc::clone(&self.codes), column)?;
        let mut seen = vec![false; self.lookups.len()];
        indices.iter().for_each(|index| seen[*index as usize] = true);
        seen.truncate(self.texts.len());
        Ok((array, seen))
    }

    /// The index of the meaning of bytes that are not the text itself, or that mean nothing.
    fn decoded(&self, column: &FieldColumn<'_>, field: &[u8]) -> usize {
        let Some(text) = column.decoder.decode(field) else { return self.texts.len() + ENCODING };
        let declared = self.texts.binary_search_by(|declared| declared.as_str().cmp(&text));
        let is_missing = || column.is_missing(text.as_bytes());
        declared.unwrap_or_else(|_| self.texts.len() + if is_missing() { NOT_STATED } else { UNMAPPED })
    }
}
