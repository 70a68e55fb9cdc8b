//! What has changed since the edition before, in sentences, as the manifest of the release tells it.

use denizen_spec::Previous;

use crate::facts::Facts;
use crate::language::Language;
use crate::words;

pub(crate) fn since(previous: &Previous, language: Language) -> Facts {
    let changes = &previous.changes;
    let number = |count: usize| language.number(count as f64, 0);
    let mut sentences = Vec::new();
    if changes.is_none() {
        sentences.push(language.fill(words::SINCE_NOTHING, &[&previous.vintage]));
    } else {
        let counts = [changes.new, changes.gone, changes.revised, changes.other_status].map(number);
        let [new, gone, revised, other_status] = counts.each_ref().map(String::as_str);
        let filled = [previous.vintage.as_str(), new, gone, revised, other_status];
        sentences.push(language.fill(words::SINCE_CELLS, &filled));
        if changes.revised > 0 {
            let percent = 100.0 * changes.revised as f64 / changes.cells.max(1) as f64;
            let parts = [revised, &language.number(percent, 1), &number(changes.cells)];
            sentences.push(language.fill(words::SINCE_SHARE, &parts));
        }
    }
    let tables = [
        (words::NEW_TABLES, &changes.new_tables),
        (words::GONE_TABLES, &changes.gone_tables),
        (words::TABLES_NOT_COMPARED, &changes.not_compared),
    ];
    for (words, names) in tables.into_iter().filter(|(_, names)| !names.is_empty()) {
        sentences.push(language.fill(words, &[&names.join(", ")]));
    }
    if let Some(corrections) = changes.corrections.filter(|found| *found != Default::default()) {
        let counts = [corrections.new, corrections.withdrawn, corrections.gone].map(number);
        sentences.push(language.fill(words::CORRECTIONS, &counts.each_ref().map(String::as_str)));
    }
    let hash = previous.manifest_sha256.get(..12).unwrap_or_default();
    sentences.push(language.fill(words::PREVIOUS, &[&previous.title, &previous.vintage, hash]));
    Facts { sentences, ..Facts::default() }
}
