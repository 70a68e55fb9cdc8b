//! The format of a source and its options, as a pipeline file states them.

use denizen_spec::{Delimited, Format, HeaderRows, SheetChoice, Skip, Workbook};

use super::toml_text::{array, quoted};

/// The format of a source and its options: keys and values as TOML.
pub(super) fn format_settings(format: &Format, decimal_mark: char) -> Vec<(&'static str, String)> {
    let mut settings = Vec::new();
    let mark = (decimal_mark != '.').then(|| ("decimal_mark", quoted(&decimal_mark.to_string())));
    match format {
        Format::Csv(text) => {
            settings.push(("format", quoted("csv")));
            settings.extend(text_settings(text));
            settings.extend(mark);
        }
        Format::SdmxCsv(sdmx) => {
            settings.push(("format", quoted("sdmx-csv")));
            settings.extend(text_settings(&sdmx.text));
            settings.extend(mark);
        }
        Format::EurostatTsv(options) => {
            settings.push(("format", quoted("eurostat-tsv")));
            settings.extend((options.encoding != "utf-8").then(|| ("encoding", quoted(&options.encoding))));
        }
        Format::FixedWidth(options) => {
            settings.push(("format", quoted("fixed-width")));
            settings.push(("encoding", quoted(&options.encoding)));
            settings.extend((options.skip > 0).then(|| ("skip", options.skip.to_string())));
            settings.extend(options.record_length.map(|bytes| ("record_length", bytes.to_string())));
            settings.extend(options.pad_short_lines.then(|| ("pad_short_lines", "true".to_owned())));
            settings.extend(mark);
        }
        Format::Workbook(book) => settings.extend(workbook_settings(book)),
        Format::Parquet => settings.push(("format", quoted("parquet"))),
        Format::Json(options) => {
            settings.push(("format", quoted("json")));
            let pointer: String = options.rows.iter().map(|part| format!("/{}", escaped(part))).collect();
            settings.extend((!pointer.is_empty()).then(|| ("rows", quoted(&pointer))));
            settings.extend(mark);
        }
        Format::JsonStat => settings.push(("format", quoted("json-stat"))),
    }
    settings
}

/// A name in a JSON Pointer.
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn text_settings(text: &Delimited) -> Vec<(&'static str, String)> {
    let mut settings = vec![
        ("encoding", quoted(&text.encoding)),
        ("delimiter", quoted(&char::from(text.delimiter).to_string())),
    ];
    if text.quote.is_none() {
        settings.push(("quote", quoted("none")));
    }
    match text.layout.skip {
        Skip::Lines(0) => {}
        Skip::Lines(lines) => settings.push(("skip", lines.to_string())),
        Skip::ToHeader => settings.push(("find_header", "true".to_owned())),
    }
    match &text.layout.header {
        HeaderRows::Rows { count: 1, .. } => {}
        HeaderRows::Rows { count, join } => settings.extend(header_rows(*count, join)),
        HeaderRows::None => settings.push(("header", "false".to_owned())),
        HeaderRows::Names(names) => settings.push(("header", array(names.iter().map(String::as_str)))),
    }
    if !text.layout.footer.is_empty() {
        settings.push(("footer", array(text.layout.footer.iter().map(String::as_str))));
    }
    settings
}

/// A header of several rows.
fn header_rows(count: u32, join: &str) -> Vec<(&'static str, String)> {
    let mut settings = vec![("header_rows", count.to_string())];
    if join != " " {
        settings.push(("header_join", quoted(join)));
    }
    settings
}

fn workbook_settings(book: &Workbook) -> Vec<(&'static str, String)> {
    let mut settings = vec![("format", quoted("workbook"))];
    let choice = |choice: &SheetChoice| match choice {
        SheetChoice::Name(name) => quoted(name),
        SheetChoice::Number(number) => number.to_string(),
    };
    match book.sheets.as_slice() {
        [] => {}
        [one] => settings.push(("sheet", choice(one))),
        several => settings
            .push(("sheet", format!("[{}]", several.iter().map(choice).collect::<Vec<_>>().join(", ")))),
    }
    if book.skip > 0 {
        settings.push(("skip", book.skip.to_string()));
    }
    if book.header_rows > 1 {
        settings.extend(header_rows(book.header_rows, &book.header_join));
    }
    if book.metadata_lines {
        settings.push(("metadata_lines", "true".to_owned()));
    }
    settings.extend(book.sheet_column.as_ref().map(|name| ("sheet_column", quoted(name))));
    settings
}
