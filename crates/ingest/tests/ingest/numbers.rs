//! Numbers as they are written.

use crate::project::{LENIENT, Project, records};

/// Fields of the source and of the column, texts of the file, and what is read; `!` where the text is no number.
#[test]
fn numbers_in_declared_forms() {
    const INTEGER: &str = "type = \"integer\"";
    const DECIMAL: &str = "type = \"decimal\", scale = 2";
    type Case<'a> = (&'a str, &'a str, &'a str, &'a [u8], &'a [&'a str]);
    let table: [Case; 9] = [
        ("", INTEGER, "", b"1234 1.234 12.0 -5", &["1234", "!", "!", "-5"]),
        (
            "decimal_mark = \",\"",
            INTEGER,
            "thousands = \".\"",
            b"1.234 12 1234 1.23 12,0",
            &["1234", "12", "1234", "!", "!"],
        ),
        (
            "decimal_mark = \",\"",
            DECIMAL,
            "thousands = \".\"",
            b"1.234,5 0,05 1,234",
            &["1234.50", "0.05", "!"],
        ),
        ("encoding = \"windows-1252\"", INTEGER, "thousands = \" \"", b"12\xa0345 1\xa02", &["12345", "!"]),
        ("", INTEGER, "minus = \"\u{2212}\"", "\u{2212}5 -6 5-".as_bytes(), &["-5", "-6", "!"]),
        ("", INTEGER, "minus = \"trailing\"", b"5- 5 -5-", &["-5", "5", "!"]),
        ("", DECIMAL, "percent = true", b"12.5% 12.5", &["12.50", "!"]),
        ("", INTEGER, "zero_decimals = true", b"12.0 12.5 1.000 7", &["12", "!", "!", "7"]),
        ("", INTEGER, "given_in = \"thousands\"", b"12.5 1 0.0001", &["12500", "1000", "!"]),
    ];
    for (fields, field_type, form, texts, expected) in table {
        let mut bytes = b"n;row\n".to_vec();
        for text in texts.split(|byte| *byte == b' ') {
            bytes.extend_from_slice(text);
            bytes.extend_from_slice(b";x\n");
        }
        let column =
            format!("n = {{ {field_type}{}{form} }}\nrow = {{}}", if form.is_empty() { "" } else { ", " });
        let source = records(&format!("{LENIENT}\n{fields}"), &column);
        let read = Project::new().with("in.csv", &bytes).read(&source, None).unwrap();
        let mut rows = read.rows().into_iter();
        let lines: Vec<u64> = read.rejects.iter().map(|reject| reject.place.line()).collect();
        let found: Vec<&str> =
            (2..2 + expected.len() as u64)
                .map(|line| {
                    if lines.contains(&line) { "!" } else { rows.next().unwrap().split('|').next().unwrap() }
                })
                .collect();
        assert_eq!(found, expected, "{fields} {form} {}", String::from_utf8_lossy(texts));
    }
}
