//! Sources by which the inputs are read: each option of a format stands in one of them.

use std::sync::OnceLock;

use denizen_spec::{Source, parse};

/// Sources that are made once.
pub(crate) struct Forms {
    made: OnceLock<Vec<Source>>,
    make: fn() -> Vec<Source>,
}

impl Forms {
    const fn new(make: fn() -> Vec<Source>) -> Self {
        Self { made: OnceLock::new(), make }
    }

    pub(crate) fn get(&self) -> &[Source] {
        self.made.get_or_init(self.make)
    }
}

/// The source of records with these fields and columns.
fn records(fields: &str, columns: &str) -> Source {
    source(fields, columns, "measure = \"count\"\nconcept = \"c\"")
}

/// The source of cells with these fields and columns, of which the table shows `dimensions`.
fn cells(fields: &str, columns: &str, dimensions: &str) -> Source {
    let fields = format!("kind = \"cells\"\nconcept = \"c\"\n{fields}");
    source(&fields, columns, &format!("measure = \"stock\"\ndimensions = [{dimensions}]"))
}

fn source(fields: &str, columns: &str, table: &str) -> Source {
    let text = format!(
        "spec = 1\ntitle = \"T\"\nvintage = \"1\"\n[source.s]\nfiles = \"in\"\nmax_rejected = 1.0\n{fields}\n\
         [source.s.columns]\n{columns}\n[[table]]\nname = \"t\"\n{table}\n"
    );
    parse(&text).map(|mut pipeline| pipeline.sources.remove(0)).unwrap_or_else(|faults| {
        panic!("{}", faults.iter().map(|fault| fault.render("", &text, false)).collect::<String>())
    })
}

/// Columns of all types, by place.
const ALL_TYPES: &str = r#"
    a = { from = "1", missing = ["9"] }
    b = { from = "2", type = "integer", thousands = "." }
    c = { from = "3", type = "decimal", minus = "brackets" }
    d = { from = "4", type = "date", format = "%-d/%-m/%Y" }
    e = { from = "5", type = "time" }
    f = { from = "6", personal = true }
    g = { from = "7", codes = { a = "b", "" = "c" } }
"#;

pub(crate) static DELIMITED: Forms = Forms::new(|| {
    let first = "a = { from = \"1\" }";
    let wide = "key = { from = \"1\" }\ncolumn = { codes = { 2 = \"B\", 3 = \"C\" } }\nvalue = { type = \"integer\" }";
    vec![
        records("format = \"csv\"\nheader = false\ndecimal_mark = \",\"", ALL_TYPES),
        records(
            "format = \"csv\"\nheader = false\nencoding = \"auto\"\nquote = \"none\"\ndelimiter = \";\"",
            first,
        ),
        records(
            "format = \"csv\"\nheader = false\nencoding = \"shift_jis\"\nquote = \"'\"\nheader_returns = true",
            first,
        ),
        records("format = \"csv\"\nheader = false\nencoding = \"utf-16\"", first),
        records(
            "format = \"csv\"\nheader = false\ncomment = \"#\"\nfooter = [\"a\"]\nskip = 2\ndelimiter = \"\\t\"",
            first,
        ),
        records("format = \"csv\"\nfind_header = true\nheader_rows = 3", "c = { from = \"a\" }"),
        cells(
            "format = \"csv\"\nheader = false\nencoding = \"windows-1252\"\nunpivot = { into = \"column\", others = true }",
            wide,
            "\"column\"",
        ),
    ]
});

pub(crate) static FIXED_WIDTH: Forms = Forms::new(|| {
    let columns = "a = { start = 1, width = 3 }\nb = { start = 3, width = 20, type = \"integer\" }";
    let form = |more: &str| records(&format!("format = \"fixed-width\"\n{more}"), columns);
    vec![
        form(""),
        form("pad_short_lines = true\ncut_long_lines = true"),
        form("encoding = \"shift_jis\"\nrecord_length = 30"),
        records("format = \"fixed-width\"\nlayout = \"layout.csv\"", "a = {}"),
    ]
});

const OF_SDMX: &str = r#"
    geo = { codes = { IT = "IT", a = "a" } }
    year = { from = "TIME_PERIOD", type = "integer" }
    value = { from = "OBS_VALUE", type = "decimal" }
"#;

pub(crate) static EUROSTAT: Forms =
    Forms::new(|| vec![cells("format = \"eurostat-tsv\"", OF_SDMX, "\"geo\", \"year\"")]);

pub(crate) static SDMX: Forms =
    Forms::new(|| vec![cells("format = \"sdmx-csv\"", OF_SDMX, "\"geo\", \"year\"")]);

pub(crate) static WORKBOOK: Forms = Forms::new(|| {
    let form = |more: &str, column: &str| records(&format!("format = \"workbook\"\n{more}"), column);
    vec![
        form("sheet = 1\nsheet_column = \"sheet\"\nmetadata_lines = true", "c = { from = \"sheet\" }"),
        form("sheet = \"*\"\nmerged = \"repeat\"\nheader_rows = 2", "c = { from = \"a\", type = \"date\" }"),
        form("skip = 1", "c = { from = \"a\", type = \"integer\" }"),
    ]
});

pub(crate) static PARQUET: Forms = Forms::new(|| {
    let names = ["a", "id", "value", "int32_field", "double_col", "timestamp_col", "date_string_col", "b"];
    let types = ["", "type = \"integer\"", "type = \"date\""];
    let form = |name: &str, of: &str| {
        let with = if of.is_empty() { String::new() } else { format!(", {of}") };
        records("format = \"parquet\"", &format!("c = {{ from = \"{name}\"{with} }}"))
    };
    names.iter().flat_map(|name| types.map(|of| form(name, of))).collect()
});

pub(crate) static JSON: Forms = Forms::new(|| {
    let columns = "a = {}\nb = { from = \"b.c\", type = \"decimal\" }";
    vec![
        records("format = \"json\"", columns),
        records("format = \"json\"\nrows = \"/result/0\"\ndecimal_mark = \",\"", columns),
        records(
            "format = \"json\"\nrepair = { thousands = \".\", total = \"a\", parts = [\"b\", \"c\"] }",
            "a = {}",
        ),
    ]
});

pub(crate) static JSON_STAT: Forms = Forms::new(|| {
    let columns = "geo = { codes = { IT = \"IT\", a = \"a\" } }\nyear = { from = \"time\", type = \"integer\" }\n\
                   value = { type = \"decimal\" }";
    vec![cells("format = \"json-stat\"", columns, "\"geo\", \"year\"")]
});

pub(crate) static REPAIRED: Forms = Forms::new(|| {
    let sums = "repair = { thousands = \".\", total = \"1\", parts = [\"2\", \"3\"] }";
    let over = |name: &str, total: &str, parts: &str| {
        format!(
            "{{ thousands = \".\", over = \"{name}\", total = \"{total}\", parts = [{parts}], whole_rows = \"as_written\" }}"
        )
    };
    let both = [over("sex", "T", "\"M\", \"F\""), over("age", "a", "\"b\", \"c\", \"d\"")].join(", ");
    let columns = "sex = { from = \"1\", codes = { M = \"M\", F = \"F\" }, total = \"T\" }\n\
                   age = { from = \"2\", codes = { b = \"b\", c = \"c\", d = \"d\" }, total = \"a\" }\n\
                   value = { from = \"3\", type = \"integer\" }";
    vec![
        records(&format!("format = \"csv\"\nheader = false\n{sums}"), "a = { from = \"1\" }"),
        cells(&format!("format = \"csv\"\nheader = false\nrepair = [{both}]"), columns, "\"sex\", \"age\""),
    ]
});

pub(crate) static PACKED: Forms = Forms::new(|| {
    vec![
        records("format = \"csv\"\nheader = false", "a = { from = \"1\" }"),
        records("format = \"csv\"\nheader = false\nmember = \"*\"", "a = { from = \"1\" }"),
    ]
});

pub(crate) static CODES: Forms = Forms::new(|| {
    vec![
        cells(
            "format = \"csv\"",
            "c = { codes = \"codes.csv\" }\nd = { list = \"list\", match = \"label\" }\nvalue = { type = \"integer\" }",
            "\"c\", \"d\"",
        ),
        cells(
            "format = \"csv\"",
            "c = { codes = { a = \"a\" }, split = \"weights.csv\" }\nd = { codes = { b = \"b\" } }\nvalue = { type = \"integer\" }",
            "\"c\", \"d\"",
        ),
    ]
});

pub(crate) static SIDECAR: Forms =
    Forms::new(|| vec![records("format = \"csv\"", "a = { type = \"integer\" }\nb = {}")]);
