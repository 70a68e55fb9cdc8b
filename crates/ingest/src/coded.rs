//! Columns of codes: every text is looked up, and what comes out is a dictionary of our codes.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, StringArray};
use arrow::error::ArrowError;
use denizen_spec::Code;

use crate::bytes::ByteMap;
use crate::meaning::Meaning;
use crate::text::Decoder;
use crate::typed::Texts;
use crate::words::{Keys, Word};

/// The texts of a column of codes and what each of them means.
pub(crate) struct Coded {
    /// Declared texts, sorted, and what each means.
    entries: Vec<(String, Word)>,
    /// Bytes of a file, where they are the text: its entry, if it is declared.
    known: ByteMap<Entry>,
    /// Our codes.
    codes: ArrayRef,
}

/// A text that has a meaning.
#[derive(Clone, Copy)]
struct Entry {
    word: Word,
    /// Its place among the declared texts; none where it only means *not stated*.
    place: Option<u32>,
}

impl Coded {
    pub(crate) fn new(meanings: HashMap<String, Meaning>, missing: &[String], decoder: Decoder) -> Self {
        let mut meanings: Vec<_> = meanings.into_iter().collect();
        meanings.sort_by(|one, other| one.0.cmp(&other.0));
        let mut codes: Vec<String> = Vec::new();
        let mut places = HashMap::new();
        let entries = meanings.into_iter().map(|(text, meaning)| {
            let word = match meaning {
                Meaning::Code(code) => Word::Key(*places.entry(code.clone()).or_insert_with(|| {
                    codes.push(code);
                    codes.len() as u32 - 1
                })),
                Meaning::NotStated => Word::NotStated,
                Meaning::Aggregate => Word::Aggregate,
            };
            (text, word)
        });
        let entries: Vec<_> = entries.collect();
        let mut known = ByteMap::default();
        for (place, (text, word)) in entries.iter().enumerate().filter(|(_, (text, _))| decoder.is_same(text))
        {
            let entry = Entry { word: *word, place: Some(place as u32) };
            known.insert(text.as_bytes(), entry);
        }
        for text in missing.iter().map(String::as_str).chain([""]).filter(|text| decoder.is_same(text)) {
            known.insert(text.as_bytes(), Entry { word: Word::NotStated, place: None });
        }
        Self { entries, known, codes: Arc::new(StringArray::from_iter_values(codes)) }
    }

    /// Number of declared texts.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn texts_met<'a>(&'a self, met: &'a [bool]) -> impl Iterator<Item = &'a str> {
        let met = self.entries.iter().zip(met).filter(|(_, met)| **met);
        met.map(|((text, _), _)| text.as_str())
    }

    /// The codes of the rows; `met` is set for the declared texts that occur.
    pub(crate) fn parse(&self, texts: &mut Texts<'_>, met: &mut [bool]) -> Result<ArrayRef, ArrowError> {
        let mut keys = Keys::new(texts.rows());
        for (row, field) in texts.fields().enumerate() {
            let entry = match self.known.get(field) {
                Some(entry) => entry,
                None => self.decoded(texts, field),
            };
            if let Some(place) = entry.place {
                met[place as usize] = true;
            }
            keys.push(row, entry.word, texts);
        }
        keys.finish(Arc::clone(&self.codes))
    }

    /// The meaning of bytes that are not the text itself, or that mean nothing.
    fn decoded(&self, texts: &Texts<'_>, field: &[u8]) -> Entry {
        let Some(text) = texts.decoder.decode(field) else {
            return Entry { word: Word::Fault(Code::Encoding), place: None };
        };
        if texts.is_missing(text.as_bytes()) {
            return Entry { word: Word::NotStated, place: None };
        }
        match self.entries.binary_search_by(|entry| entry.0.as_str().cmp(&text)) {
            Ok(place) => Entry { word: self.entries[place].1, place: Some(place as u32) },
            Err(_) => Entry { word: Word::Fault(Code::UnmappedCode), place: None },
        }
    }
}
