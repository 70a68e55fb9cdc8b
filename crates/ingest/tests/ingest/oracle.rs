//! The reader beside slow and obvious ones.

use denizen_spec::{DateFormat, Source};
use proptest::prelude::*;

use crate::project::{LENIENT, Project, records};

fn reads(source: &Source, bytes: &[u8]) -> crate::project::Outcome {
    Project::new().with("in.csv", bytes).read(source, None).unwrap()
}

/// Texts that a tokeniser may take for something else.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-z]{0,3}",
        2 => "[ab;\"\n\r ,|-]{0,6}",
        1 => prop::collection::vec(any::<char>(), 0..4).prop_map(String::from_iter),
    ]
}

const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\u{c}'];

fn is_stated(text: &str) -> bool {
    !text.trim_matches(BLANKS).is_empty()
}

/// A text as it is read: without ASCII blanks around it; `-` stands for none.
fn as_read(text: &str) -> &str {
    if is_stated(text) { text.trim_matches(BLANKS) } else { "-" }
}

fn written(rows: &[Vec<String>], style: csv::QuoteStyle, end: csv::Terminator) -> Vec<u8> {
    let mut builder = csv::WriterBuilder::new();
    let mut writer = builder.delimiter(b';').quote_style(style).terminator(end).from_writer(Vec::new());
    writer.write_record(["c1", "c2", "c3"]).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    writer.into_inner().unwrap()
}

/// Whether a text of a row has line ends and delimiters, so that one of its lines may be a row of three fields: it is taken
/// for what it seems to be.
fn looks_like_rows(row: &[String]) -> bool {
    row.iter().any(|text| text.contains(';') && text.contains(['\r', '\n']))
}

/// Where each row begins in what was written: line and byte.
fn places(rows: &[Vec<String>], style: csv::QuoteStyle, end: csv::Terminator) -> Vec<(u64, u64)> {
    let before = |count: usize| written(&rows[..count], style, end);
    let lines = |text: &[u8]| {
        let ends = text.iter().filter(|byte| **byte == b'\n').count();
        1 + ends as u64
    };
    (0..rows.len()).map(|count| (lines(&before(count)), before(count).len() as u64)).collect()
}

/// The date that a text of digits and separators says, by hand.
fn obvious_date(layout: &str, text: &str) -> Option<jiff::civil::Date> {
    jiff::civil::Date::strptime(layout, text).ok().filter(|date| date.strftime(layout).to_string() == text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_was_written_is_read(
        rows in prop::collection::vec(prop::collection::vec(field(), 3), 0..8),
        always in any::<bool>(), crlf in any::<bool>(),
    ) {
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let end = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        // Of one text alone it depends on the text whether it is a row or a note.
        let stated = |row: &Vec<String>| row.iter().filter(|text| is_stated(text)).count();
        prop_assume!(rows.iter().all(|row| stated(row) != 1));
        prop_assume!(!rows.iter().any(|row| looks_like_rows(row)));
        let found = reads(&records(LENIENT, "c1 = {}\nc2 = {}\nc3 = {}"), &written(&rows, style, end));
        let expected: Vec<_> = rows
            .iter()
            .filter(|row| stated(row) > 0)
            .map(|row| row.iter().map(|text| as_read(text)).collect::<Vec<_>>().join("|"))
            .collect();
        prop_assert_eq!(found.rows(), expected);

        // The same rows as rejects, each with its place: no text of `c1` has a meaning.
        let source = records(LENIENT, "c1 = { codes = { \"more than six\" = \"1\" } }\nc2 = {}\nc3 = {}");
        let found = reads(&source, &written(&rows, style, end));
        let places = places(&rows, style, end);
        let expected: Vec<_> = rows.iter().zip(places).filter(|(row, _)| is_stated(&row[0])).collect();
        let rejects: Vec<_> = found.rejects.iter().map(|reject| (reject.place.line(), reject.place.byte().unwrap())).collect();
        prop_assert_eq!(rejects, expected.into_iter().map(|(_, place)| place).collect::<Vec<_>>());
    }

    #[test]
    fn integers(texts in prop::collection::vec("[-+0-9., ]{0,4}|[0-9]{18,20}", 1..20)) {
        let text = texts.iter().map(|text| format!("{text};x\n")).collect::<String>();
        let found = reads(&records(LENIENT, "n = { type = \"integer\" }"), format!("n;x\n{text}").as_bytes());
        let trimmed = texts.iter().map(|text| text.trim());
        let (empty, stated): (Vec<_>, Vec<_>) = trimmed.partition(|text| text.is_empty());
        let numbers = stated.iter().filter_map(|text| text.parse::<i64>().ok());
        let numbers: Vec<_> = numbers.filter(|number| number.abs() <= 1_000_000_000_000_000).collect();
        let rows: Vec<_> = found.rows().into_iter().filter(|row| *row != "-").collect();
        prop_assert_eq!(rows, numbers.iter().map(i64::to_string).collect::<Vec<_>>());
        prop_assert_eq!(found.rejects.len(), stated.len() - numbers.len());
        prop_assert_eq!(found.rows().len() - numbers.len(), empty.len());
    }

    #[test]
    fn dates_in_layouts(
        layout in prop::sample::select(vec!["%d/%m/%Y", "%Y-%m-%d", "%Y%m%d", "%m-%d-%Y", "%d.%m.%Y", "(%Y)%d%m"]),
        parts in prop::collection::vec((1..=9999_i32, 0..=13_u8, 0..=32_u8), 1..40),
        noise in "[0-9/. -]{0,10}",
    ) {
        let source = records(LENIENT, &format!("d = {{ type = \"date\", format = \"{layout}\" }}"));
        let text = |(year, month, day): &(i32, u8, u8)| {
            let text = layout.replace("%Y", &format!("{year:04}"));
            text.replace("%m", &format!("{month:02}")).replace("%d", &format!("{day:02}"))
        };
        let texts: Vec<_> = parts.iter().map(text).chain([noise]).collect();
        let rows = texts.iter().map(|text| format!("{text};\n")).collect::<String>();
        let found = reads(&source, format!("d;x\n{rows}").as_bytes());
        let stated = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
        let dates: Vec<_> = stated.clone().filter_map(|text| obvious_date(layout, text)).collect();
        let read: Vec<_> = found.rows().into_iter().filter(|row| *row != "-").collect();
        prop_assert_eq!(read, dates.iter().map(|date| date.to_string()).collect::<Vec<_>>());
        prop_assert_eq!(found.rejects.len(), stated.count() - dates.len());
    }

    #[test]
    fn every_day_comes_back(days in -719_528..2_932_896_i32) {
        let date = denizen_spec::Date::from_days(days).unwrap();
        prop_assert_eq!(date.days(), Some(days));
        prop_assert_eq!(DateFormat::iso().days(date.to_string().as_bytes()), Some(days));
    }
}
