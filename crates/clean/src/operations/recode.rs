//! `recode`: translates the codes of columns into those of another list, or into others of their own.
//!
//! The code list that a column has now says in a column of its own how each code is called in the other list. A code
//! without a translation stops the run before any data is read: it would silently lose people.

mod at_time;

use std::collections::HashMap;

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, DictionaryArray, RecordBatch, StringArray, UInt16Array};
use arrow::datatypes::UInt16Type;
use denizen_spec::{Code, Codelist, Diagnostic, StepReport};

use crate::batch::{self, Result, Words};
use crate::operation::{Context, Failure, Operation};
use crate::operations::recode::at_time::{AtTime, Target};

pub(crate) struct Recode {
    columns: Vec<(String, HashMap<String, String>)>,
    /// Columns that are looked at together with the date of their row.
    at_time: Vec<AtTime>,
}

impl Recode {
    pub(crate) fn new(
        declared: &denizen_spec::Recode,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let (mut columns, mut at_time) = (Vec::new(), Vec::new());
        for (index, column) in declared.columns.iter().enumerate() {
            let path = context.path.clone().field("columns").index(index);
            let list = context.codelist_of(column);
            if declared.to.is_none() && declared.at.is_none() {
                columns.push((column.clone(), own_codes(declared, column, list, context)?));
                continue;
            }
            let list = list.ok_or_else(|| {
                Diagnostic::error(Code::NoTranslation, format!("`{column}` has no code list"))
                    .at(path, "declare its `list` in the source")
            })?;
            let is_list = |to: &String| list.translates_to.contains(to) || declared.at.is_none();
            let target = match &declared.to {
                None => Target::Same,
                Some(to) if is_list(to) => Target::List(translation(list, to, declared, context)?),
                Some(to) => Target::Group(to.clone()),
            };
            match (&declared.at, target) {
                (None, Target::List(translation)) => columns.push((column.clone(), translation)),
                (Some(_), target) => at_time.push(AtTime::new(column, declared, (list, target), context)?),
                (None, Target::Same | Target::Group(_)) => {}
            }
        }
        Ok(Self { columns, at_time })
    }
}

impl Operation for Recode {
    fn name(&self) -> String {
        "recode".to_owned()
    }

    fn apply(
        &self,
        mut batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        for (column, translation) in &self.columns {
            let translated = translated(&batch::words(&batch, column)?, translation)?;
            batch = batch::with_column(batch, column, translated)?;
        }
        for column in &self.at_time {
            batch = column.apply(batch, report)?;
        }
        Ok(batch)
    }
}

/// Every code of the list is translated, and ingest lets no other in; a total stays a total.
fn translated(words: &Words<'_>, translation: &HashMap<String, String>) -> Result<ArrayRef> {
    fn of<'a>(translation: &'a HashMap<String, String>, code: &'a str) -> &'a str {
        translation.get(code).map_or(code, String::as_str)
    }
    let (keys, words) = match words {
        Words::Numbered(keys, words) => (*keys, *words),
        Words::Plain(texts) => {
            let texts = texts.iter().map(|code| code.map(|code| of(translation, code)));
            return Ok(Arc::new(texts.collect::<StringArray>()));
        }
    };
    // Several codes may have one translation, which is one word.
    let mut keys_of_words = HashMap::new();
    let (mut unique, mut moved) = (Vec::new(), Vec::new());
    for word in words.iter().map(|word| of(translation, word.unwrap_or_default())) {
        moved.push(*keys_of_words.entry(word).or_insert_with(|| {
            unique.push(word);
            unique.len() as u16 - 1
        }));
    }
    let keys = if unique.len() == words.len() {
        keys.clone()
    } else {
        keys.iter().map(|key| key.map(|key| moved[usize::from(key)])).collect::<UInt16Array>()
    };
    let unique = Arc::new(StringArray::from_iter_values(unique));
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, unique)?))
}

/// Codes of the step itself: of a column with a list, codes of the list that become others of it.
fn own_codes(
    declared: &denizen_spec::Recode,
    column: &str,
    list: Option<&Codelist>,
    context: &Context<'_>,
) -> std::result::Result<HashMap<String, String>, Diagnostic> {
    for (from, to) in &declared.codes {
        let Some(list) = list else { break };
        for code in [from, to] {
            let is_part = list.entries.get(code).is_some_and(|entry| entry.kind.is_part());
            if !is_part {
                let message =
                    format!("`{column}` has codes of `{}`, and `{code}` is none of a row", list.name);
                let fault = Diagnostic::error(Code::NoTranslation, message)
                    .at(context.path.clone().field("codes").field(from), "not a code of that list");
                let help = "take another code, add it to the list, or name with `to` the list that the new codes are of";
                return Err(fault.help(help));
            }
        }
    }
    Ok(declared.codes.iter().cloned().collect())
}

/// What the codes of a list are in the list `to`: as its column says, and the codes of the step before that.
fn translation(
    list: &Codelist,
    to: &str,
    declared: &denizen_spec::Recode,
    context: &Context<'_>,
) -> std::result::Result<HashMap<String, String>, Diagnostic> {
    let fault = |message: String, label: &str| {
        Diagnostic::error(Code::NoTranslation, message).at(context.path.clone().field("to"), label)
    };
    let own: HashMap<&str, &str> =
        declared.codes.iter().map(|(from, to)| (from.as_str(), to.as_str())).collect();
    check_own(&own, list, to, context)?;
    let index = list.translates_to.iter().position(|name| name == to);
    if index.is_none() && own.is_empty() {
        let message = format!("the list `{}` does not translate to `{to}`", list.name);
        let help = format!("it translates to: {}", list.translates_to.join(", "));
        return Err(fault(message, "not a column of that code list").help(help));
    }
    let mut translated = HashMap::new();
    let mut untranslated: Vec<&str> = Vec::new();
    for (code, entry) in list.entries.iter().filter(|(_, entry)| entry.kind.is_part()) {
        let of_list = index.and_then(|index| entry.translations.get(index)).map(String::as_str);
        match own.get(code.as_str()).copied().or(of_list).filter(|code| !code.is_empty()) {
            Some(other) => drop(translated.insert(code.clone(), other.to_owned())),
            None => untranslated.push(code),
        }
    }
    if let Some(code) = untranslated.first() {
        let message = format!("{} codes of `{}` have no code in `{to}`", untranslated.len(), list.name);
        let fault = fault(message, "every code needs a translation");
        let help = "add it to the list, or to the step: `codes = { … }`";
        return Err(fault.note(format!("the first is `{code}`")).help(help));
    }
    Ok(translated)
}

/// Codes of the step are of the list that a column has, and become codes of the other one.
fn check_own(
    own: &HashMap<&str, &str>,
    list: &Codelist,
    to: &str,
    context: &Context<'_>,
) -> std::result::Result<(), Diagnostic> {
    let target = context.lists.iter().find(|known| known.name == to);
    let is_part =
        |list: &Codelist, code: &str| list.entries.get(code).is_some_and(|entry| entry.kind.is_part());
    let mut sorted: Vec<_> = own.iter().collect();
    sorted.sort_unstable();
    for (from, other) in sorted {
        let problem = if !is_part(list, from) {
            format!("`{from}` is no code of `{}`", list.name)
        } else if target.is_some_and(|target| !is_part(target, other)) {
            format!("`{other}` is no code of `{to}`")
        } else {
            continue;
        };
        let path = context.path.clone().field("codes").field(from);
        return Err(Diagnostic::error(Code::NoTranslation, problem).at(path, "not a code of that list"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use arrow::array::AsArray;

    use super::*;
    use crate::test_batch::{batch, rows};

    fn recode() -> Recode {
        let translation = [("PER", "PE"), ("CHL", "CL"), ("SRB", "RS"), ("SCG", "RS")];
        let translation = translation.map(|(code, other)| (code.to_owned(), other.to_owned()));
        Recode { columns: vec![("citizenship".to_owned(), translation.into())], at_time: Vec::new() }
    }

    fn applied(records: RecordBatch) -> RecordBatch {
        recode().apply(records, &mut StepReport::new("recode")).unwrap()
    }

    #[test]
    fn codes_are_translated_whether_they_are_numbered_or_not() {
        let table = [
            ("PER 1 | CHL 2 | PER 3", "PE 1 | CL 2 | PE 3"),
            // What is not stated stays so.
            ("PER 1 | - 2 | CHL 3", "PE 1 | - 2 | CL 3"),
            ("- 1 | - 2", "- 1 | - 2"),
            // Two codes with one translation.
            ("SRB 1 | SCG 2 | PER 3 | SRB 4", "RS 1 | RS 2 | PE 3 | RS 4"),
            // A total stays a total.
            ("_T 1 | PER 2", "_T 1 | PE 2"),
        ];
        for kind in ["word", "text"] {
            for (given, expected) in table {
                let records = batch(&format!("citizenship:{kind} n:integer"), given);
                assert_eq!(rows(&applied(records)), expected, "{kind} {given}");
            }
        }
    }

    #[test]
    fn two_codes_with_one_translation_become_one_word() {
        let records = applied(batch("citizenship", "SRB | SCG | PER"));
        let words = records.column(0).as_dictionary::<UInt16Type>().values().as_string::<i32>();
        assert_eq!(words.iter().flatten().collect::<Vec<_>>(), ["RS", "PE"]);
    }
}
