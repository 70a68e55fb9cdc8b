//! A text in several languages: `title = { en = "…", it = "…", es = "…" }`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::codelist::LANGUAGES;
use crate::path::Path;
use crate::pipeline::Pipeline;
use crate::text::Fields;
use crate::{Code, Diagnostic, Disclosure};

/// A text by language; empty where it is in no language in particular.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Translations(BTreeMap<String, String>);

impl Translations {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in a language.
    pub fn get(&self, language: &str) -> Option<&str> {
        self.0.get(language).map(String::as_str)
    }

    /// The languages and their texts.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// The text that stands where there is room for one: the first of [`LANGUAGES`] that it is in.
    fn first(&self) -> Option<String> {
        LANGUAGES.iter().find_map(|language| self.0.get(*language).cloned())
    }

    fn languages(&self) -> BTreeSet<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}

impl Fields<'_, '_> {
    /// A text that may be given in several languages: the one that stands for all, and all.
    pub(crate) fn optional_translated(&self, key: &'static str) -> (Option<String>, Translations) {
        let none = Translations::default();
        let Some(fields) = self.value(key).and_then(|value| self.inner(value)) else {
            return (self.optional_text(key), none);
        };
        fields.in_section("text");
        let mut texts = BTreeMap::new();
        for language in LANGUAGES {
            texts.extend(fields.optional_text(language).map(|text| (language.to_owned(), text)));
        }
        if texts.is_empty() {
            fields.text(LANGUAGES[0]);
        }
        fields.finish();
        let translations = Translations(texts);
        (translations.first(), translations)
    }

    /// The same, of a text that must be there.
    pub(crate) fn translated(&self, key: &'static str) -> (Option<String>, Translations) {
        if self.has(key) { self.optional_translated(key) } else { (self.text(key), Translations::default()) }
    }
}

impl Pipeline {
    /// Texts that are not in all languages in which another text of the pipeline is.
    pub(crate) fn incomplete_texts(&self) -> Vec<Diagnostic> {
        let root = || Path::root();
        let mut texts = vec![(root().field("title"), &self.titles)];
        if self.description.is_some() {
            texts.push((root().field("description"), &self.descriptions));
        }
        if let Some(Disclosure::None { reasons, .. }) = &self.disclosure
            && !reasons.is_empty()
        {
            texts.push((root().field("disclosure").field("reason"), reasons));
        }
        let titled = self.table_ids().filter(|(_, table)| table.title.is_some());
        texts.extend(titled.map(|(id, table)| (Path::table(id).field("title"), &table.titles)));
        let declared: BTreeSet<&str> = texts.iter().flat_map(|(_, text)| text.languages()).collect();
        let fault = |(path, text): &(Path, &Translations)| {
            let known = text.languages();
            let missing: Vec<&str> = LANGUAGES
                .into_iter()
                .filter(|language| declared.contains(language) && !known.contains(language))
                .collect();
            let languages =
                missing.iter().map(|language| format!("`{language}`")).collect::<Vec<_>>().join(" and ");
            let message = format!("the text is not there in {languages}");
            let label = "other texts of this pipeline are in these languages";
            let help =
                "write `{ en = \"…\", it = \"…\", es = \"…\" }` with each language that one of the texts has";
            let fault = Diagnostic::error(Code::MissingField, message).at(path.clone(), label).help(help);
            (!missing.is_empty()).then_some(fault)
        };
        texts.iter().filter_map(fault).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    fn faults(title: &str, table: &str) -> Vec<String> {
        messages(&pipeline(title, table))
    }

    fn messages(text: &str) -> Vec<String> {
        parse(text).err().unwrap_or_default().into_iter().map(|fault| fault.message).collect()
    }

    fn pipeline(title: &str, table: &str) -> String {
        format!(
            r#"
            spec = 1
            title = {title}
            vintage = "2026"
            [source.s]
            files = "s.csv"
            format = "csv"
            [source.s.columns]
            year = {{ type = "integer" }}
            [[table]]
            name = "t"
            {table}
            measure = "count"
            concept = "c"
            dimensions = ["year"]
            "#
        )
    }

    #[test]
    fn a_text_is_in_all_languages_or_in_none_in_particular() {
        let all = r#"{ en = "T", it = "T", es = "T" }"#;
        let table: [(&str, &str, &[&str]); 7] = [
            (r#""T""#, r#"title = "t""#, &[]),
            (all, "", &[]),
            (all, r#"title = { en = "t", it = "t", es = "t" }"#, &[]),
            (all, r#"title = { en = "t", it = "t" }"#, &["the text is not there in `es`"]),
            (all, r#"title = "t""#, &["the text is not there in `en` and `it` and `es`"]),
            (r#"{ en = "T", it = "T" }"#, r#"title = { en = "t", it = "t" }"#, &[]),
            (r#"{ en = "T", fr = "T" }"#, "", &["unknown field `fr`"]),
        ];
        for (title, of_table, expected) in table {
            assert_eq!(faults(title, of_table), expected, "{title} {of_table}");
        }
    }

    #[test]
    fn a_reason_for_no_protection_is_in_no_language_or_in_all() {
        let all = r#"{ en = "r", it = "r", es = "r" }"#;
        let table: [(&str, &[&str]); 4] = [
            (r#""r""#, &[]),
            (all, &[]),
            (r#"{ en = "r", it = "r" }"#, &["the text is not there in `es`"]),
            (r#"{ en = "r", it = " ", es = "r" }"#, &["expected why counts may be published as they are"]),
        ];
        for (reason, expected) in table {
            let end =
                format!("dimensions = [\"year\"]\n[disclosure]\nmethod = \"none\"\nreason = {reason}\n");
            let text =
                pipeline(r#"{ en = "T", it = "T", es = "T" }"#, "").replace("dimensions = [\"year\"]", &end);
            assert_eq!(messages(&text), expected, "{reason}");
        }
    }

    #[test]
    fn the_first_language_stands_where_there_is_room_for_one() {
        let text = r#"
            spec = 1
            title = { it = "Italiano", en = "English" }
            vintage = "2026"
            [source.s]
            files = "s.csv"
            format = "csv"
            [source.s.columns]
            year = { type = "integer" }
            [[table]]
            name = "t"
            measure = "count"
            concept = "c"
            dimensions = ["year"]
            "#;
        let pipeline = parse(text).unwrap();
        assert_eq!(pipeline.title, "English");
        assert_eq!(pipeline.titles.get("it"), Some("Italiano"));
    }
}
