//! What codes are called, in each language.

use serde_json::{Map, Value, json};

use super::cube::Dimension;
use crate::formats::special_label;
use crate::formats::table::Table;
use crate::language::Language;
use crate::release::Release;

/// What a column is called.
pub(super) fn title(table: &Table<'_>, name: &str, language: Language) -> String {
    table.release.label("column", name, language).map_or_else(|| name.replace('_', " "), str::to_owned)
}

/// The labels of the codes of a dimension; a code that has none is its own.
pub(super) fn of_dimension(table: &Table<'_>, dimension: &Dimension<'_>, language: Language) -> Value {
    let label = |code: &str| {
        let label = dimension.list.and_then(|list| table.release.label(list, code, language));
        let special = || special_label(code).map(|texts| texts[language.index()].clone());
        let label = label.map(str::to_owned).or_else(special).unwrap_or_else(|| code.to_owned());
        (code.to_owned(), Value::from(label))
    };
    dimension.codes.iter().map(|code| label(code)).collect::<Map<_, _>>().into()
}

/// What statuses are called, in all languages.
pub(super) fn of_statuses(release: &Release) -> Value {
    let status = |(code, texts): (&str, [String; 3])| {
        let all = Language::ALL.into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
        let all: Map<_, _> = all.map(|(language, text)| (language.code().to_owned(), text.into())).collect();
        (code.to_owned(), Value::from(all))
    };
    release.codes("obs_status").into_iter().map(status).collect::<Map<_, _>>().into()
}

/// Titles and labels in the languages that are not English.
pub(super) fn translations(table: &Table<'_>) -> Value {
    let others = Language::ALL.into_iter().filter(|language| *language != Language::English);
    let translation = |language: Language| {
        let dimensions = super::cube::dimensions(table).into_iter().map(|dimension| {
            let texts = json!({
                "label": title(table, dimension.name, language),
                "category": { "label": of_dimension(table, &dimension, language) },
            });
            (dimension.name.to_owned(), texts)
        });
        let dimensions: Map<_, _> = dimensions.collect();
        let texts = json!({ "label": table.resource.title(language), "dimension": dimensions });
        (language.code().to_owned(), texts)
    };
    others.map(translation).collect::<Map<_, _>>().into()
}
