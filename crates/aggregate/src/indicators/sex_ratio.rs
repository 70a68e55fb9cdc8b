//! Sex ratio: men per 100 women, 100 · M / F (Spanish *razón de sexo*). It stands at the code `_T` of `sex`.

use denizen_spec::columns;

use crate::cell::{Count, Value, groups};
use crate::indicators::Computed;

pub(crate) fn sex_ratios(counts: &[Count], sex: usize) -> Vec<Computed> {
    let ratio = |group: Vec<&Count>| {
        let of = |code: &str| {
            group.iter().find(|count| matches!(&count.key[sex], Value::Code(found) if found == code))
        };
        let (men, women) = (of("M")?, of("F")?);
        let is_hidden = men.suppressed || women.suppressed;
        let value = men.shown.zip(women.shown).filter(|(_, women)| *women > 0);
        let value = value.map(|(men, women)| 100.0 * men as f64 / women as f64);
        let mut key = men.key.clone();
        key[sex] = Value::Code(columns::TOTAL.to_owned());
        let computed = Computed { key, concept: men.concept.clone(), value, base: None, partial: false };
        (value.is_some() || is_hidden).then_some(computed)
    };
    groups(counts, sex).into_iter().filter_map(ratio).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn men_per_100_women() {
        let table = [
            ("PE", "F", 200),
            ("PE", "M", 150),
            ("PE", "_T", 350),
            ("EC", "F", 0),
            ("EC", "M", 9),
            ("CO", "F", 7),
        ];
        let code = |code: &str| Value::Code(code.to_owned());
        let counts: Vec<Count> = table
            .iter()
            .map(|(country, sex, count)| Count::new(vec![code(country), code(sex)], "", Some(*count)))
            .collect();
        let ratios = sex_ratios(&counts, 1);
        assert_eq!(ratios.len(), 1);
        assert_eq!((ratios[0].key.clone(), ratios[0].value), (vec![code("PE"), code("_T")], Some(75.0)));
    }
}
