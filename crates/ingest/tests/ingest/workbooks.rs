//! Workbooks become rows of typed columns.

use std::io::{Cursor, Write};

use denizen_spec::{Diagnostic, RowPlace, Source};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::project::{Outcome, Project, cells, records, said};

/// An archive with these members, which are not compressed.
pub(crate) fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A sheet: its name, its state, its rows, its merged cells.
struct Sheet<'a> {
    name: &'a str,
    state: &'a str,
    /// Cells with `|` between them: `=1.5` a number, `@39233` a date, `!1` a truth value, `#N/A` an error, `?` a formula
    /// without a value, all else text. A row that begins with `~` is hidden.
    rows: &'a [&'a str],
    merged: &'a [&'a str],
}

fn sheet<'a>(name: &'a str, rows: &'a [&'a str]) -> Sheet<'a> {
    Sheet { name, state: "visible", rows, merged: &[] }
}

fn cell(place: &str, text: &str) -> String {
    match text.chars().next() {
        None => String::new(),
        Some('=') => format!("<c r=\"{place}\"><v>{}</v></c>", &text[1..]),
        Some('@') => format!("<c r=\"{place}\" s=\"1\"><v>{}</v></c>", &text[1..]),
        Some('!') => format!("<c r=\"{place}\" t=\"b\"><v>{}</v></c>", &text[1..]),
        Some('#') => format!("<c r=\"{place}\" t=\"e\"><v>{text}</v></c>"),
        Some('?') => format!("<c r=\"{place}\"><f>SUM(A1)</f></c>"),
        Some(_) => format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
    }
}

fn sheet_xml(sheet: &Sheet) -> String {
    let mut xml =
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>"
            .to_owned();
    for (row, text) in (1..).zip(sheet.rows) {
        let hidden = if text.starts_with('~') { " hidden=\"1\"" } else { "" };
        xml += &format!("<row r=\"{row}\"{hidden}>");
        for (column, text) in ('A'..).zip(text.trim_start_matches('~').split('|')) {
            xml += &cell(&format!("{column}{row}"), text);
        }
        xml += "</row>";
    }
    xml += "</sheetData>";
    if !sheet.merged.is_empty() {
        let cells = sheet.merged.iter().map(|cells| format!("<mergeCell ref=\"{cells}\"/>"));
        xml += &format!("<mergeCells>{}</mergeCells>", cells.collect::<String>());
    }
    xml + "</worksheet>"
}

/// A workbook of days that are counted from 1900 or from 1904.
fn workbook_of(sheets: &[Sheet], is_1904: bool) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
    let types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\
         \"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/></Types>"
    );
    let root = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r\" Type=\"{RELATIONS}/officeDocument\" \
         Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let (mut listed, mut related) = (String::new(), String::new());
    for (number, sheet) in (1..).zip(sheets) {
        let Sheet { name, state, .. } = sheet;
        listed +=
            &format!("<sheet name=\"{name}\" sheetId=\"{number}\" state=\"{state}\" r:id=\"r{number}\"/>");
        related += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{RELATIONS}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    let calendar = if is_1904 { "<workbookPr date1904=\"1\"/>" } else { "" };
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{calendar}<sheets>{listed}</sheets></workbook>"
    );
    let related = format!(
        "<Relationships xmlns=\"{PACKAGE}/relationships\">{related}<Relationship Id=\"s\" Type=\"{RELATIONS}/styles\" \
         Target=\"styles.xml\"/></Relationships>"
    );
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let xml: Vec<(String, String)> = (1..)
        .zip(sheets)
        .map(|(number, sheet)| (format!("xl/worksheets/sheet{number}.xml"), sheet_xml(sheet)))
        .collect();
    let parts = [
        ("[Content_Types].xml", &types),
        ("_rels/.rels", &root),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &related),
        ("xl/styles.xml", &styles),
    ];
    let parts = parts.into_iter().chain(xml.iter().map(|(name, xml)| (name.as_str(), xml)));
    let parts: Vec<(&str, &[u8])> = parts.map(|(name, xml)| (name, xml.as_bytes())).collect();
    archive(&parts)
}

fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    workbook_of(sheets, false)
}

fn read(bytes: Vec<u8>, source: &Source) -> Result<Outcome, Vec<Diagnostic>> {
    Project::new().with("in.xlsx", bytes).read(source, None)
}

const LENIENT: &str = "files = \"in.xlsx\"\nformat = \"xlsx\"\nmax_rejected = 1.0\n";

/// Rejects as `row column reason`.
fn rejects(outcome: &Outcome) -> Vec<String> {
    let text = |reject: &denizen_spec::Reject| {
        assert!(matches!(&reject.place, RowPlace::Sheet { .. }));
        let column = reject.column.as_deref().unwrap_or("row");
        format!("{} {column} {}", reject.place.line(), reject.reason)
    };
    outcome.rejects.iter().map(text).collect()
}

#[test]
fn cells_are_what_their_columns_say() {
    let rows = [
        "text|whole|share|day|note",
        "Per\u{fa}|=12|=0.1|@39233|=9999999999999999",
        "=15146|=12.5|=0.30000000000000004|=39233",
        "@39233.75|1234|=3|@39233.75",
        "!1|=-1|0.5|31/05/2007",
        "#N/A|#N/A|=1",
        "|?|=1",
        "x|=1|=1||beside|the table",
        "=12345678901234567|=1|=1",
        "=1e15|=1|=1",
        "||| ",
        "Fonte: the office",
    ];
    let source = records(
        LENIENT,
        "text = {}\nwhole = { type = \"integer\" }\nshare = { type = \"decimal\", scale = 2 }\n\
         day = { type = \"date\", format = \"%d/%m/%Y\" }",
    );
    let outcome = read(workbook(&[sheet("S", &rows)]), &source).unwrap();
    let expected = [
        "Per\u{fa}|12|0.10|2007-05-31",
        "2007-05-31 18:00:00|1234|3.00|2007-05-31",
        "TRUE|-1|0.50|2007-05-31",
    ];
    assert_eq!(outcome.rows(), expected);
    let expected = [
        "3 whole ingest::integer",
        "6 whole ingest::integer",
        "7 row ingest::formula-without-value",
        "8 row ingest::unequal-lengths",
        "9 row ingest::inexact-number",
        "10 row ingest::inexact-number",
        "12 row ingest::note-row",
    ];
    assert_eq!(rejects(&outcome), expected);
    let notes = &outcome.warnings.iter().find(|warning| !warning.notes.is_empty()).unwrap().notes;
    let place = "first at in.xlsx, sheet `S`, row 3, column B";
    assert!(notes.iter().any(|note| note.contains(place)), "{notes:?}");
}

/// The days of two calendars: 1904 was the first of the other one.
#[test]
fn days_are_counted_as_the_workbook_says() {
    let source = records(LENIENT, "day = { type = \"date\", format = \"%d/%m/%Y\" }");
    for (is_1904, serial, expected) in [
        (false, "@39233", "2007-05-31"),
        (false, "@1", "1900-01-01"),
        (true, "@37771", "2007-05-31"),
        (true, "@1", "1904-01-02"),
    ] {
        let outcome = read(workbook_of(&[sheet("S", &["day", serial])], is_1904), &source).unwrap();
        assert_eq!(outcome.rows(), [expected], "{is_1904} {serial}");
    }
}

#[test]
fn sheets_that_are_meant() {
    let three = || {
        let one = sheet("A 1", &["id", "a"]);
        let hidden = Sheet { state: "hidden", ..sheet("A 3", &["id", "c"]) };
        workbook(&[one, sheet("A 2", &["id", "b"]), hidden, sheet("Notes", &["text", "d"])])
    };
    let table = [
        ("", "ingest::sheet `in.xlsx` has 3 sheets: which are to be read?"),
        ("sheet = \"A 2\"", "b"),
        ("sheet = 2", "b"),
        ("sheet = 3", "c"),
        ("sheet = \"A *\"", "a b"),
        ("sheet = [\"A 2\", 1]", "a b"),
        ("sheet = \"B\"", "ingest::sheet `in.xlsx` has no sheet called `B`"),
        ("sheet = 9", "ingest::sheet `in.xlsx` has no sheet of number 9"),
        ("sheet = [1, \"Notes\"]", "ingest::sheet the sheet `Notes` of `in.xlsx` has another header"),
    ];
    for (fields, expected) in table {
        let source = records(&format!("{LENIENT}{fields}"), "id = {}");
        match read(three(), &source) {
            Ok(outcome) => {
                assert_eq!(outcome.rows().join(" "), expected, "{fields}");
                let hidden = "`in.xlsx` has hidden sheets or rows";
                assert!(outcome.warnings.iter().any(|warning| warning.message == hidden));
            }
            Err(faults) => assert!(said(&faults[0]).starts_with(expected), "{fields}: {}", said(&faults[0])),
        }
    }
}

/// A pivot as IstatData exports it: lines above, a header of two rows, a sheet for each year.
#[test]
fn pivots_with_lines_above() {
    let pivot = |name, year| Sheet {
        merged: &["B4:C4"],
        ..sheet(
            name,
            if year == 2023 {
                &[
                    "Citizenship by sex  ",
                    "Tempo: 2023  ",
                    "Sesso  |Maschi  |Femmine  ",
                    "Paese  |  ",
                    "Per\u{fa}  |=3|=4",
                ]
            } else {
                &[
                    "Citizenship by sex  ",
                    "Tempo: 2024  ",
                    "Sesso  |Maschi  |Femmine  ",
                    "Paese  |  ",
                    "Per\u{fa}  |..|=5",
                ]
            },
        )
    };
    let options =
        "skip = 2\nheader_rows = 2\nmetadata_lines = true\nsheet_column = \"sheet\"\nsheet = \"A *\"\n";
    let source = cells(
        &format!("files = \"in.xlsx\"\nformat = \"xlsx\"\nconcept = \"c\"\n{options}"),
        "year = { from = \"Tempo\", type = \"integer\" }\ncountry = { from = \"Sesso Paese\" }\n\
         value = { from = \"Maschi\", type = \"integer\", marks = { \"..\" = \"missing\" } }\n\
         name = { from = \"sheet\" }",
        "\"year\"",
    );
    let outcome = read(workbook(&[pivot("A 23", 2023), pivot("A 24", 2024)]), &source).unwrap();
    assert_eq!(outcome.rows(), ["2023|Per\u{fa}|3|A 23|c", "2024|Per\u{fa}|-|A 24|c"]);
}

/// IstatData writes fifty sheets of a table that has more, and says nothing.
#[test]
fn exports_that_are_cut_off() {
    let rows = ["Frequenza: Annuale  ", "id", "a"];
    let names: Vec<String> = (0..50).map(|number| format!("A {number}")).collect();
    let sheets =
        |count: usize| -> Vec<Sheet> { names[..count].iter().map(|name| sheet(name, &rows)).collect() };
    for (count, fields, expected) in [
        (50, "sheet = \"A *\"", "error"),
        (50, "sheet = [\"A 1\", \"A 2\"]", "warning"),
        (49, "sheet = \"A *\"", "nothing"),
    ] {
        let source = records(&format!("{LENIENT}skip = 1\n{fields}"), "id = {}");
        let found = match read(workbook(&sheets(count)), &source) {
            Err(faults) => faults[0].code.to_string(),
            Ok(outcome) => {
                outcome.warnings.first().map(|warning| warning.code.to_string()).unwrap_or_default()
            }
        };
        assert_eq!(found == "ingest::truncated-export", expected != "nothing", "{count} {fields}: {found}");
    }
}

#[test]
fn rows_that_share_a_cell() {
    let rows = ["country|year|persons", "Per\u{fa}|=2023|=1", "|=2024|=2", "Chile|=2023|=3", "|=2024|=4"];
    let merged = || workbook(&[Sheet { merged: &["A2:A3"], ..sheet("S", &rows) }]);
    let columns = "country = {}\nyear = { type = \"integer\" }\npersons = { type = \"integer\" }";
    let outcome = read(merged(), &records(LENIENT, columns)).unwrap();
    assert_eq!(outcome.rows(), ["Per\u{fa}|2023|1", "Chile|2023|3", "-|2024|4"]);
    assert_eq!(rejects(&outcome), ["3 row ingest::merged-cell"]);
    let repeated = read(merged(), &records(&format!("{LENIENT}merged = \"repeat\""), columns)).unwrap();
    assert_eq!(repeated.rows(), ["Per\u{fa}|2023|1", "Per\u{fa}|2024|2", "Chile|2023|3", "-|2024|4"]);
    // A column that is not read is nobody's business.
    let outcome = read(merged(), &records(LENIENT, "year = { type = \"integer\" }")).unwrap();
    assert_eq!((outcome.rows().len(), outcome.rejects.len()), (4, 0));
}

/// An ODS file of one sheet, given by its rows.
fn ods(rows: &str) -> Vec<u8> {
    const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";
    const OASIS: &str = "urn:oasis:names:tc:opendocument:xmlns";
    let content = format!(
        "<office:document-content xmlns:office=\"{OASIS}:office:1.0\" xmlns:table=\"{OASIS}:table:1.0\" \
         xmlns:text=\"{OASIS}:text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let manifest = format!(
        "<manifest:manifest xmlns:manifest=\"{OASIS}:manifest:1.0\"><manifest:file-entry manifest:full-path=\"/\" \
         manifest:media-type=\"{KIND}\"/></manifest:manifest>"
    );
    archive(&[
        ("mimetype", KIND.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ])
}

#[test]
fn rows_that_share_a_cell_in_ods() {
    let cell = |text: &str, more: &str| match text.parse::<f64>() {
        Ok(number) => {
            format!("<table:table-cell office:value-type=\"float\" office:value=\"{number}\"{more}/>")
        }
        Err(_) => format!(
            "<table:table-cell office:value-type=\"string\"{more}><text:p>{text}</text:p></table:table-cell>"
        ),
    };
    let row = |cells: &[String]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let covered = || "<table:covered-table-cell/>".to_owned();
    let rows = [
        row(&["country", "year", "persons"].map(|text| cell(text, ""))),
        row(&[cell("Peru", " table:number-rows-spanned=\"2\""), cell("2023", ""), cell("1", "")]),
        row(&[covered(), cell("2024", ""), cell("2", "")]),
        row(&["Chile", "2023", "3"].map(|text| cell(text, ""))),
    ];
    let columns = "country = {}\nyear = { type = \"integer\" }\npersons = { type = \"integer\" }";
    let of =
        |options: &str| read(ods(&rows.concat()), &records(&format!("{LENIENT}{options}"), columns)).unwrap();
    let outcome = of("");
    assert_eq!(outcome.rows(), ["Peru|2023|1", "Chile|2023|3"]);
    assert_eq!(rejects(&outcome), ["3 row ingest::merged-cell"]);
    assert_eq!(of("merged = \"repeat\"").rows(), ["Peru|2023|1", "Peru|2024|2", "Chile|2023|3"]);
}

/// A record of a binary part: kind and length in seven bits a byte.
fn record(kind: u32, bytes: &[u8]) -> Vec<u8> {
    let number = |mut number: u32| {
        let mut bytes = Vec::new();
        while number >= 0x80 {
            bytes.push(number as u8 & 0x7F | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    [number(kind), number(bytes.len() as u32), bytes.to_vec()].concat()
}

/// An XLSB file of one sheet: rows of texts and numbers, and the places of merged cells (first and last row, first and last
/// column).
fn xlsb(rows: &[&str], merged: &[[u32; 4]]) -> Vec<u8> {
    let numbers =
        |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let text = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [numbers(&[text.encode_utf16().count() as u32]), units].concat()
    };
    let book = [
        record(0x9C, &[numbers(&[0, 1]), text("rId1"), text("S")].concat()),
        record(0x90, &[]),
        record(0x9D, &[]),
        record(0x84, &[]),
    ];
    let mut sheet = [record(0x94, &[0; 16]), record(0x91, &[])].concat();
    for (number, row) in (0..).zip(rows) {
        sheet.extend(record(0, &[numbers(&[number]), vec![0; 13]].concat()));
        for (column, cell) in (0..).zip(row.split('|')).filter(|(_, cell)| !cell.is_empty()) {
            let place = numbers(&[column, 0]);
            sheet.extend(match cell.parse::<f64>() {
                Ok(number) => record(5, &[place, number.to_le_bytes().to_vec()].concat()),
                Err(_) => record(6, &[place, text(cell)].concat()),
            });
        }
    }
    sheet.extend(record(0x92, &[]));
    merged.iter().for_each(|region| sheet.extend(record(176, &numbers(region))));
    let types = "<Types><Override PartName=\"/xl/workbook.bin\" ContentType=\"application/vnd.ms-excel.sheet.binary.macroEnabled.main\"/></Types>";
    let related = "<Relationships><Relationship Id=\"rId1\" Type=\"worksheet\" Target=\"worksheets/sheet1.bin\"/></Relationships>";
    archive(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("xl/workbook.bin", &book.concat()),
        ("xl/_rels/workbook.bin.rels", related.as_bytes()),
        ("xl/worksheets/sheet1.bin", &sheet),
    ])
}

#[test]
fn rows_that_share_a_cell_in_xlsb() {
    let rows = ["country|year|persons", "Peru|2023|1", "|2024|2", "Chile|2023|3"];
    let columns = "country = {}\nyear = { type = \"integer\" }\npersons = { type = \"integer\" }";
    let of = |options: &str| {
        read(xlsb(&rows, &[[1, 2, 0, 0]]), &records(&format!("{LENIENT}{options}"), columns)).unwrap()
    };
    assert_eq!(of("").rows(), ["Peru|2023|1", "Chile|2023|3"]);
    assert_eq!(rejects(&of("")), ["3 row ingest::merged-cell"]);
    assert_eq!(of("merged = \"repeat\"").rows(), ["Peru|2023|1", "Peru|2024|2", "Chile|2023|3"]);
}

#[test]
fn what_is_wrong_with_a_workbook_is_said() {
    let titled = workbook(&[sheet("S", &["A title", "", "id|sex", "1|M", "~2|F"])]);
    let table: [(Vec<u8>, &str); 5] = [
        (
            titled.clone(),
            "ingest::missing-column `in.xlsx` has no column `id`\
             \n  note: row 3 of the sheet `S` has all declared columns\n  help: write `skip = 2`",
        ),
        (b"id;sex\n".to_vec(), "ingest::other-format `in.xlsx` is no workbook\n"),
        (archive(&[("a.csv", b"id\n1\n")]), "ingest::other-format `in.xlsx/a.csv` is no workbook\n"),
        (titled[..titled.len() - 30].to_vec(), "ingest::unreadable `in.xlsx`"),
        (
            [
                b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".as_slice(),
                b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0",
            ]
            .concat(),
            "ingest::unreadable `in.xlsx` is protected by a password",
        ),
    ];
    for (bytes, expected) in table {
        let faults = read(bytes, &records(LENIENT, "id = {}")).unwrap_err();
        assert!(said(&faults[0]).starts_with(expected), "{}", said(&faults[0]));
    }
    let outcome = read(titled, &records(&format!("{LENIENT}skip = 2"), "id = {}")).unwrap();
    assert_eq!(outcome.rows(), ["1", "2"]);
    let hidden = "rows of its sheets that are hidden are read like all others: 1";
    let is_said = |warning: &Diagnostic| warning.notes.iter().any(|note| note == hidden);
    assert!(outcome.warnings.iter().any(is_said), "{:?}", outcome.warnings);
}

/// An ODS file is held in memory by its reader.
#[test]
fn open_documents() {
    let content = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
        xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
        xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet>\
        <table:table table:name=\"S\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>id</text:p>\
        </table:table-cell><table:table-cell office:value-type=\"string\"><text:p>day</text:p></table:table-cell>\
        </table:table-row><table:table-row><table:table-cell office:value-type=\"float\" office:value=\"0.1\"><text:p>0,1\
        </text:p></table:table-cell><table:table-cell office:value-type=\"date\" office:date-value=\"2007-05-31\">\
        <text:p>31/05/07</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>\
        </office:document-content>";
    let mimetype = b"application/vnd.oasis.opendocument.spreadsheet";
    let manifest =
        "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    let bytes = archive(&[
        ("mimetype", mimetype),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ]);
    let columns = "id = { type = \"decimal\", scale = 1 }\nday = { type = \"date\", format = \"%d/%m/%Y\" }";
    let outcome = read(bytes, &records(LENIENT, columns)).unwrap();
    assert_eq!(outcome.rows(), ["0.1|2007-05-31"]);
}
