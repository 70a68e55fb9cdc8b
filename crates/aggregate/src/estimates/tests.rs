//! The estimator beside the obvious way, and by hand.

use denizen_spec::Pipeline;
use proptest::prelude::*;

use super::*;

const COMPLETE: i32 = 13;
/// The data end with 2007.
const LAST: i32 = 2007 * 12 + 11;

fn estimator(more: &str) -> Estimator {
    let text = format!(
        r#"
        spec = 1
        title = "t"
        vintage = "1"
        [source.s]
        files = "f"
        format = "csv"
        [source.s.columns]
        person = {{ personal = true }}
        crossed_on = {{ type = "date" }}
        direction = {{ codes = {{ E = "arrival", S = "departure" }} }}
        sex = {{ codes = {{ F = "F", M = "M" }} }}
        [[clean]]
        op = "residence"
        rule = "continuous"
        threshold = "13 months"
        until = 2007-12-31
        [[clean]]
        op = "derive"
        column = "month"
        method = "month"
        from = "crossed_on"
        [[table]]
        name = "t"
        measure = "emigration"
        concept = "c"
        dimensions = ["month", "sex"]
        estimate = {{ training_months = 12, level = 50, back_tests = 20{more} }}
        "#
    );
    let pipeline: Pipeline = denizen_spec::parse(&text).unwrap_or_else(|faults| panic!("{faults:?}"));
    let is_it = |table: &&Table| table.measure == Measure::Beside(Migration::Emigration, Aspect::Estimate);
    Estimator::new(pipeline.tables.iter().find(is_it).unwrap(), &pipeline).unwrap()
}

/// A crossing: months before the end of the data, sex, and the age at which it was settled as a migration or not.
type Crossing = (i32, bool, i32, bool);

fn text(crossing: &Crossing) -> String {
    let (back, _, settled, is_migration) = *crossing;
    let letter = |age: i32| {
        if age < settled {
            '?'
        } else if is_migration {
            '1'
        } else {
            '0'
        }
    };
    (0..=back.min(COMPLETE)).map(letter).collect()
}

fn counts(crossings: &[Crossing]) -> ByKey<i64> {
    let mut counts = ByKey::default();
    for crossing in crossings {
        let month = LAST - crossing.0;
        let sex = if crossing.1 { "F" } else { "M" };
        let name = format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12) + 1);
        let key =
            [Value::code(&name), Value::code(sex), Value::Number(month.into()), Value::code(&text(crossing))];
        *counts.entry(key.to_vec()).or_default() += 1;
    }
    counts
}

/// What data that end with a month say of a month, crossing by crossing: certain, undecided.
fn known_at(crossings: &[Crossing], month: i32, cut: i32, sex: Option<bool>) -> (i64, i64) {
    let mut known = (0, 0);
    for (back, is_female, settled, is_migration) in crossings {
        if LAST - back == month && sex.is_none_or(|sex| sex == *is_female) {
            let is_settled = cut - month >= *settled;
            known.0 += i64::from(is_settled && *is_migration);
            known.1 += i64::from(!is_settled);
        }
    }
    known
}

/// The estimate of a month by definition, in floating point.
fn obvious(crossings: &[Crossing], month: i32, cut: i32, sex: Option<bool>) -> Option<f64> {
    let (certain, undecided) = known_at(crossings, month, cut, sex);
    if undecided == 0 {
        return Some(certain as f64);
    }
    let age = cut - month;
    let (mut counted, mut open) = (0, 0);
    for other in cut - COMPLETE - 11..=cut - COMPLETE {
        let (then, left) = known_at(crossings, other, other + age, None);
        counted += known_at(crossings, other, other + COMPLETE, None).0 - then;
        open += left;
    }
    let first = crossings.iter().map(|(back, ..)| LAST - back).min()?;
    (open > 0 && cut - COMPLETE - 11 >= first)
        .then(|| certain as f64 + undecided as f64 * counted as f64 / open as f64)
}

fn estimates(rows: &[Row]) -> BTreeMap<(String, String), Option<i64>> {
    rows.iter().map(|(key, value)| ((key[0].text(), key[1].text()), *value)).collect()
}

/// Of each month ten crossings: four settled at once as none, four at the age of three months as migrations, two at thirteen, one of
/// each. So p(0) = 5/6, p(3) = 1/2.
#[test]
fn shares_by_hand() {
    let month = |back: i32| {
        let settled = [(0, false, 4), (3, true, 4), (13, true, 1), (13, false, 1)];
        settled.into_iter().flat_map(move |(age, is, number)| (0..number).map(move |_| (back, true, age, is)))
    };
    let crossings: Vec<Crossing> = (0..70).flat_map(month).collect();
    let ([estimate, lower, upper], told) = estimator("").estimated(&counts(&crossings), &[]);
    let found = estimates(&estimate);
    let of = |month: &str| found[&(month.to_owned(), "F".to_owned())];
    // Certain 0 and 6 undecided: 0 + 6 · 5/6. Certain 4 and 2 undecided: 4 + 2 · 1/2.
    assert_eq!((of("2007-12"), of("2007-09"), found.len()), (Some(5), Some(5), 13));
    assert!(told.warnings.is_empty(), "{:?}", told.warnings);
    // All months are alike, so that no estimate has ever been wrong.
    assert_eq!((estimates(&lower), estimates(&upper)), (found.clone(), found));
    assert!(told.quality.iter().all(|of| of.error == 0.0 && of.covered == of.intervals && of.intervals > 0));
}

#[test]
fn too_few_months_give_no_estimate_and_too_few_errors_no_interval() {
    let months =
        |number: i32| -> Vec<Crossing> { (0..number).map(|back| (back, true, 13, back % 2 == 0)).collect() };
    for (number, message) in [
        (24, Some("13 cells of periods that are not complete have no estimate")),
        // Of the youngest month: 13 and 12 to learn from, 13 until the truth is known, and 13 until that of what was made of it.
        (25, Some("13 of the estimates have no interval")),
        (50, Some("1 of the estimates have no interval")),
        (51, None),
    ] {
        let ([.., upper], told) = estimator("").estimated(&counts(&months(number)), &[]);
        assert_eq!(told.warnings.first().map(|warning| warning.message.as_str()), message, "{number}");
        assert_eq!(upper.iter().all(|(_, value)| value.is_some()), message.is_none(), "{number}");
    }
}

/// For 33 months nine of ten come to be counted in place of one: until that is learnt, intervals made of earlier errors hold nothing.
#[test]
fn intervals_that_held_too_few_are_left_out() {
    let month = |back: i32| {
        let counted = if back < 33 { 90 } else { 10 };
        (0..100).map(move |number| (back, true, 13, number < counted))
    };
    let crossings: Vec<Crossing> = (0..100).flat_map(month).collect();
    let ([estimate, lower, upper], told) = estimator("").estimated(&counts(&crossings), &[]);
    let youngest = told.quality.iter().find(|quality| quality.is_total && quality.age_months == 0).unwrap();
    assert!(youngest.coverage_percent().unwrap() < 40.0, "{youngest:?}");
    let message = format!(
        "intervals of 50 % held {} of {} earlier estimates of periods that had ended 0 months before",
        youngest.covered, youngest.intervals
    );
    assert!(told.warnings.iter().any(|warning| warning.message == message), "{:?}", told.warnings);
    let of = |rows: &[Row]| estimates(rows)[&("2007-12".to_owned(), "F".to_owned())];
    assert!(of(&estimate).is_some());
    assert_eq!((of(&lower), of(&upper)), (None, None));
}

/// Of a small group the share of all is taken.
#[test]
fn small_groups_are_learnt_from_together() {
    let women = (0..40).flat_map(|back| (0..10).map(move |_| (back, true, 13, true)));
    let men = (0..40).map(|back| (back, false, 13, false));
    let crossings: Vec<Crossing> = women.chain(men).collect();
    let of = |more: &str| {
        let ([rows, ..], _) = estimator(more).estimated(&counts(&crossings), &[1]);
        let found = estimates(&rows);
        ["F", "M", "_T"].map(|sex| found[&("2007-12".to_owned(), sex.to_owned())].unwrap())
    };
    // Of 11 undecided, 10 were counted: 10 · 10/11 and 1 · 10/11.
    assert_eq!(of(""), [9, 1, 10]);
    // Twelve men are not enough, but 120 women are.
    assert_eq!(of(", by = ['sex'], fewest = 13"), [10, 1, 11]);
    assert_eq!(of(", by = ['sex'], fewest = 12"), [10, 0, 10]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn estimates_are_those_of_the_obvious_way(
        crossings in proptest::collection::vec((0..45_i32, any::<bool>(), 0..=COMPLETE, any::<bool>()), 1..150),
    ) {
        let ([rows, lower, upper], _) = estimator("").estimated(&counts(&crossings), &[1]);
        let found = estimates(&rows);
        for ((name, sex), value) in &found {
            let (year, number) = name.split_once('-').unwrap();
            let month = year.parse::<i32>().unwrap() * 12 + number.parse::<i32>().unwrap() - 1;
            let sex = (sex != "_T").then_some(sex == "F");
            let expected = obvious(&crossings, month, LAST, sex);
            prop_assert_eq!(value.is_some(), expected.is_some(), "{}", name);
            prop_assert!((value.unwrap_or(0) as f64 - expected.unwrap_or(0.0)).abs() <= 0.5 + 1e-5);
        }
        let (lower, upper) = (estimates(&lower), estimates(&upper));
        for (key, value) in &found {
            if let (Some(lower), Some(value), Some(upper)) = (lower[key], value, upper[key]) {
                prop_assert!(lower <= *value && *value <= upper);
            }
        }
    }
}
