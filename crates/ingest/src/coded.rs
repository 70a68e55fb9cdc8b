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
use crate::words::{Word, finish};

/// The texts of a column of codes and what each of them means.
pub(crate) struct Coded {
    /// Declared texts, sorted.
    texts: Vec<String>,
    /// What each of them means; then, what else a text can be.
    meanings: Vec<Word>,
    /// Bytes of a file, where they are the text: the place of its meaning.
    known: ByteMap,
    /// Our codes.
    codes: ArrayRef,
}

/// What a text can be that is not declared, behind the declared ones.
const OTHERS: [Word; 3] = [Word::NotStated, Word::Fault(Code::Encoding), Word::Fault(Code::UnmappedCode)];
const NOT_STATED: usize = 0;
const ENCODING: usize = 1;
const UNMAPPED: usize = 2;

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
        let (texts, meanings): (Vec<_>, Vec<_>) = entries.unzip();
        let mut known = ByteMap::default();
        // Fields are looked up as they stand first, and blanks around them never mean anything.
        let is_field = |text: &str| decoder.is_same(text) && text.trim_ascii() == text;
        for (place, text) in texts.iter().enumerate().filter(|(_, text)| is_field(text)) {
            known.insert(text.as_bytes().into(), place as u32);
        }
        for text in missing.iter().map(String::as_str).chain([""]).filter(|text| is_field(text)) {
            known.insert(text.as_bytes().into(), (texts.len() + NOT_STATED) as u32);
        }
        let meanings = [meanings, OTHERS.to_vec()].concat();
        Self { texts, meanings, known, codes: Arc::new(StringArray::from_iter_values(codes)) }
    }

    pub(crate) fn texts_met<'a>(&'a self, met: &'a [bool]) -> impl Iterator<Item = &'a str> {
        let met = self.texts.iter().zip(met).filter(|(_, met)| **met);
        met.map(|(text, _)| text.as_str())
    }

    /// The codes of the rows, and for each of the declared texts whether it occurs.
    pub(crate) fn parse(&self, texts: &mut Texts<'_>) -> Result<(ArrayRef, Vec<bool>), ArrowError> {
        let places = texts.fields().map(|field| {
            let known = self.known.get(field).or_else(|| self.known.get(field.trimmed().into()));
            known.unwrap_or_else(|| self.decoded(texts, field.trimmed()) as u32)
        });
        let places: Vec<u32> = places.collect();
        let array = finish(&places, &self.meanings, Arc::clone(&self.codes), texts)?;
        let mut met = vec![false; self.meanings.len()];
        places.iter().for_each(|place| met[*place as usize] = true);
        met.truncate(self.texts.len());
        Ok((array, met))
    }

    /// The place of the meaning of bytes that are not the text itself, or that mean nothing.
    fn decoded(&self, texts: &Texts<'_>, field: &[u8]) -> usize {
        let Some(text) = texts.decoder.decode(field) else { return self.texts.len() + ENCODING };
        if texts.is_missing(text.as_bytes()) {
            return self.texts.len() + NOT_STATED;
        }
        let declared = self.texts.binary_search_by(|declared| declared.as_str().cmp(&text));
        declared.unwrap_or(self.texts.len() + UNMAPPED)
    }
}
