//! What the codes and columns are called that the program itself makes: measures and indicators, units, statuses, rules, columns.
//!
//! A project names its own (concepts, units, codes) in code lists; where it has a list of one of these names, that comes first.

mod columns;
mod indicators;
mod permits;
mod rules;
mod statuses;
mod units;

use crate::columns::{NOT_STATED, TOTAL};

pub use permits::permit_labels;

/// A text in the [`LANGUAGES`](crate::LANGUAGES).
pub type Label = [&'static str; 3];

/// Lists of codes that every table uses, each by the column that holds them.
pub const OWN_LISTS: [&str; 6] = ["indicator", "unit", "concept", "obs_status", "conf_status", "rule"];

/// What a code of one of the [`OWN_LISTS`] is called, or a column (`column`); nothing where only the project can say it.
///
/// ```
/// use denizen_spec::label;
///
/// assert_eq!(label("unit", "persons"), Some(["persons", "persone", "personas"]));
/// assert_eq!(label("obs_status", "P"), Some(["Provisional", "Provvisorio", "Provisional"]));
/// assert_eq!(label("unit", "apples"), None);
/// ```
pub fn label(list: &str, code: &str) -> Option<Label> {
    let table: &[(&str, Label)] = match list {
        "indicator" => indicators::LABELS,
        "unit" => units::LABELS,
        "obs_status" => statuses::OBSERVATION,
        "conf_status" => statuses::CONFIDENTIALITY,
        "rule" => rules::LABELS,
        "column" => return columns::title(code),
        _ => return None,
    };
    table.iter().find(|(known, _)| *known == code).map(|(_, label)| *label)
}

/// What a column of a published table holds, in a sentence.
///
/// ```
/// let [english, italian, _] = denizen_spec::column_description("unit").unwrap();
/// assert_eq!((english, italian), ("What the value is in.", "In che cosa è espresso il valore."));
/// ```
pub fn column_description(name: &str) -> Option<Label> {
    columns::description(name)
}

/// What a status of several letters is called: what each of them is.
///
/// ```
/// use denizen_spec::status_label;
///
/// assert_eq!(status_label("BP").unwrap()[0], "Break in the series; provisional");
/// assert_eq!(status_label("?"), None);
/// ```
pub fn status_label(status: &str) -> Option<[String; 3]> {
    let mut texts = [const { String::new() }; 3];
    for (place, letter) in status.chars().enumerate() {
        let label = label("obs_status", letter.encode_utf8(&mut [0; 4]))?;
        for (text, label) in texts.iter_mut().zip(label) {
            let label = if place == 0 { label.to_owned() } else { format!("; {}", small(label)) };
            *text += &label;
        }
    }
    (!status.is_empty()).then_some(texts)
}

fn small(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

/// What a group of ages is called: `00-04`, `85+`, `7`.
///
/// ```
/// use denizen_spec::age_label;
///
/// assert_eq!(age_label("00-04").unwrap(), ["0 to 4 years", "0-4 anni", "0 a 4 años"]);
/// assert_eq!(age_label("85+").unwrap()[0], "85 years and over");
/// assert_eq!(age_label("<5").unwrap()[0], "Under 5 years");
/// assert_eq!(age_label("1").unwrap(), ["1 year", "1 anno", "1 año"]);
/// assert_eq!(age_label("adults"), None);
/// ```
pub fn age_label(code: &str) -> Option<[String; 3]> {
    let number = |text: &str| text.parse::<u32>().ok();
    if let Some(from) = code.strip_suffix('+') {
        let from = number(from)?;
        return Some([
            format!("{from} years and over"),
            format!("{from} anni e più"),
            format!("{from} años y más"),
        ]);
    }
    if let Some(to) = code.strip_prefix('<') {
        let to = number(to)?;
        return Some([
            format!("Under {to} years"),
            format!("Meno di {to} anni"),
            format!("Menos de {to} años"),
        ]);
    }
    if let Some((from, to)) = code.split_once('-') {
        let (from, to) = (number(from)?, number(to)?);
        return Some([
            format!("{from} to {to} years"),
            format!("{from}-{to} anni"),
            format!("{from} a {to} años"),
        ]);
    }
    let age = number(code)?;
    Some(match age {
        1 => ["1 year", "1 anno", "1 año"].map(str::to_owned),
        _ => [format!("{age} years"), format!("{age} anni"), format!("{age} años")],
    })
}

/// What a code is called that says how two residence rules agree, or of which kind a crossing is; total and *not stated* too.
///
/// ```
/// use denizen_spec::plain_label;
///
/// assert_eq!(plain_label("only_nz_12_16").unwrap()[0], "Only by nz_12_16");
/// assert_eq!(plain_label("work"), None);
/// ```
pub fn plain_label(code: &str) -> Option<[String; 3]> {
    let fixed: Option<Label> = match code {
        TOTAL => Some(["Total", "Totale", "Total"]),
        NOT_STATED => Some(["Not stated", "Non indicato", "No declarado"]),
        "arrival" => Some(["Arrival", "Ingresso", "Entrada"]),
        "departure" => Some(["Departure", "Uscita", "Salida"]),
        "both" => Some(["By both rules", "Secondo entrambe le regole", "Según ambas reglas"]),
        "neither" => {
            Some(["By neither rule", "Secondo nessuna delle due regole", "Según ninguna de las dos reglas"])
        }
        "no_person" => Some(["Linked to nobody", "Non collegato a nessuno", "Sin persona vinculada"]),
        "outside_period" => Some([
            "Outside the period of a rule",
            "Fuori dal periodo di una regola",
            "Fuera del período de una regla",
        ]),
        _ => None,
    };
    if let Some(label) = fixed {
        return Some(label.map(str::to_owned));
    }
    if let Some(rule) = code.strip_prefix("only_") {
        return Some([
            format!("Only by {rule}"),
            format!("Solo secondo {rule}"),
            format!("Solo según {rule}"),
        ]);
    }
    let rule = code.strip_prefix("undecided_")?;
    Some([
        format!("Not decided by {rule}"),
        format!("Non deciso da {rule}"),
        format!("Sin decidir por {rule}"),
    ])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Aspect, Indicator, Measure, Migration, Unit};

    #[test]
    fn everything_that_the_program_makes_has_a_name() {
        let measures = Measure::ALL.map(Measure::name).into_iter();
        let beside =
            Migration::ALL.iter().flat_map(|migration| Aspect::ALL.map(|aspect| aspect.name_of(*migration)));
        for name in Indicator::all().map(|indicator| indicator.name).chain(measures).chain(beside) {
            assert!(label("indicator", name).is_some(), "{name}");
        }
        for indicator in Indicator::all() {
            if let Unit::Named(unit) = indicator.unit {
                assert!(label("unit", unit).is_some(), "{unit}");
            }
            assert_eq!(label("indicator", indicator.name).map(|label| label[0]), Some(indicator.title));
        }
        for column in crate::columns::OF_TABLES.iter().chain(&["reference_area"]) {
            assert!(label("column", column).is_some() && column_description(column).is_some(), "{column}");
        }
        for preset in denizen_residence::presets() {
            let title = label("rule", preset.name).map(|label| label[0]);
            assert_eq!(title, Some(preset.title), "{}", preset.name);
        }
    }

    #[test]
    fn each_code_has_one_label_in_each_language() {
        let tables = [
            indicators::LABELS,
            units::LABELS,
            statuses::OBSERVATION,
            statuses::CONFIDENTIALITY,
            rules::LABELS,
        ];
        for table in tables {
            let codes: BTreeSet<&str> = table.iter().map(|(code, _)| *code).collect();
            assert_eq!(codes.len(), table.len());
            assert!(table.iter().all(|(_, labels)| labels.iter().all(|label| !label.is_empty())));
        }
    }
}
