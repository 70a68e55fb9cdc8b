//! What things are called: by the code lists of the release, or else by what can be read from their codes. Ages are written
//! short, for they stand at axes.

use denizen_spec::columns;

use crate::cube::{Cube, Dimension, Kind};
use crate::figure::Value;
use crate::language::Language;
use crate::release::{Field, Release};
use crate::words;

/// The names of one release in one language.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) release: &'a Release,
    pub(crate) language: Language,
}

impl Names<'_> {
    /// A code of a dimension.
    pub(crate) fn code(&self, dimension: &Dimension, key: u32) -> String {
        let Some(code) = dimension.codes.word(key) else { return "\u{2013}".to_owned() };
        match code {
            columns::TOTAL => return self.language.say(words::TOTAL).to_owned(),
            columns::NOT_STATED => return self.language.say(words::NOT_STATED).to_owned(),
            _ => {}
        }
        if dimension.kind == Kind::Age && code.starts_with(|c: char| c.is_ascii_digit()) {
            return age(code);
        }
        let listed = dimension.list.as_ref().and_then(|list| self.release.label(list, code, self.language));
        if let Some(label) = listed {
            return label.to_owned();
        }
        match dimension.kind {
            Kind::Time => self.language.time(code),
            Kind::Age => age(code),
            Kind::Sex | Kind::Code => readable(code),
        }
    }

    /// A code in a column of a table; a dash where there is none.
    pub(crate) fn code_in(&self, field: Option<&Field>, code: Option<&str>) -> String {
        match code {
            None => "\u{2013}".to_owned(),
            Some(columns::TOTAL) => self.language.say(words::TOTAL).to_owned(),
            Some(columns::NOT_STATED) => self.language.say(words::NOT_STATED).to_owned(),
            Some(code) => {
                let list = field.and_then(|field| field.codelist.as_ref());
                let listed = list.and_then(|list| self.release.label(list, code, self.language));
                listed.map_or_else(|| self.language.time(code), str::to_owned)
            }
        }
    }

    /// A dimension.
    pub(crate) fn dimension(&self, name: &str) -> String {
        self.named("column", name)
    }

    /// A measure or an indicator.
    pub(crate) fn indicator(&self, name: &str) -> String {
        self.named("indicator", name)
    }

    /// A unit.
    pub(crate) fn unit(&self, name: &str) -> String {
        match self.release.label("unit", name, self.language) {
            Some(label) => label.to_owned(),
            None => readable(name),
        }
    }

    /// A value with its unit, as it stands in a sentence.
    pub(crate) fn with_unit(&self, value: &Value, unit: &str) -> String {
        let one = words::ONE.iter().find(|(known, _)| *known == unit && value.number == Some(1.0));
        let unit = one.map_or_else(|| self.unit(unit), |(_, one)| self.language.say(*one).to_owned());
        value.with_unit(&unit, self.language)
    }

    /// The rule of some rows, where their concept is counted by several.
    pub(crate) fn rule(&self, cube: &Cube, concept: u32, rule: u32) -> Option<String> {
        let has_several = cube.parts.iter().filter(|(of, _)| *of == concept).count() > 1;
        let name = cube.rule.word(rule).filter(|_| has_several)?;
        // What follows the colon says how it works.
        let label = self.named("rule", name);
        Some(label.split(':').next().unwrap_or_default().to_owned())
    }

    /// Something of a list of the program itself.
    pub(crate) fn named(&self, list: &str, name: &str) -> String {
        match self.release.label(list, name, self.language) {
            Some(label) => capital(label),
            None => capital(&readable(name)),
        }
    }
}

/// `resident_citizens` becomes *resident citizens*; codes in capitals stay as they are.
fn readable(code: &str) -> String {
    if code.chars().any(char::is_lowercase) { code.replace('_', " ") } else { code.to_owned() }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().collect::<String>() + letters.as_str())
}

/// `00-04` becomes `0–4`.
fn age(code: &str) -> String {
    let plain = |text: &str| text.parse::<u32>().map_or(text.to_owned(), |number| number.to_string());
    code.split_once('-').map_or(code.to_owned(), |(from, to)| format!("{}\u{2013}{}", plain(from), plain(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_without_a_list_are_readable() {
        let table = [("resident_citizens", "resident citizens"), ("AFR_N", "AFR_N"), ("058", "058")];
        for (code, expected) in table {
            assert_eq!(readable(code), expected);
        }
        assert_eq!([age("00-04"), age("85+"), age("Y_GE85")], ["0\u{2013}4", "85+", "Y_GE85"]);
        assert_eq!(capital("élan vital"), "Élan vital");
    }
}
