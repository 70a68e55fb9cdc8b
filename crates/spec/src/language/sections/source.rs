//! Where data comes from.

use super::field;
use crate::language::Section;

pub(super) const SOURCE: Section = Section {
    name: "source",
    title: "`[source.NAME]`",
    about: "Which files, in which format, and what their rows are.",
    fields: &[
        field(
            "files",
            "Paths, or patterns with `*`, relative to the project; one or several.",
            "",
            "files = [\"data/raw/2023/*.csv\"]",
        ),
        field(
            "member",
            "ZIP archives: which of their files are read, by name or pattern.",
            "the only one",
            "member = \"data_*.csv\"",
        ),
        field(
            "format",
            "`csv` (any text with delimiters), `sdmx-csv`, `eurostat-tsv`, `fixed-width`, `workbook` (or `xlsx`, `xlsb`, `xls`, `ods`), `parquet`, `json` (objects that are rows, in a list or one after another) or `json-stat`.",
            "",
            "format = \"csv\"",
        ),
        field(
            "kind",
            "What a row is: `records` (a person, an event, a permit; or so many of them, with `weight`) or `cells` (a cell of a published table, with its `value`).",
            "`records`",
            "kind = \"cells\"",
        ),
        field(
            "encoding",
            "Texts: the character encoding, by its WHATWG label or as a DOS code page; `auto` looks for it and says what it found.",
            "`utf-8`",
            "encoding = \"windows-1252\"",
        ),
        field("delimiter", "What stands between fields: one ASCII character.", "`,`", "delimiter = \";\""),
        field("decimal_mark", "What stands before decimals: `.` or `,`.", "`.`", "decimal_mark = \",\""),
        field(
            "quote",
            "`csv`, `sdmx-csv`: what may stand around a field, or `none`.",
            "`\"`",
            "quote = \"'\"",
        ),
        field(
            "skip",
            "Lines, or rows of a sheet, above the header; `fixed-width`: above the first row, the line of names among them.",
            "0",
            "skip = 3",
        ),
        field(
            "find_header",
            "`csv`, `sdmx-csv`: pass over all lines before the one that has the declared columns.",
            "false",
            "find_header = true",
        ),
        field(
            "header",
            "`csv`, `sdmx-csv`: `false` where there is none (columns are called `1`, `2`, …), or the names in their order.",
            "true",
            "header = [\"year\", \"sex\", \"persons\"]",
        ),
        field(
            "header_rows",
            "How many rows the header has. A name is what stands in them one below the other; an empty upper one continues the one to the left.",
            "1",
            "header_rows = 2",
        ),
        field("header_join", "What is put between the parts of a name.", "a blank", "header_join = \" | \""),
        field(
            "header_returns",
            "`csv`, `sdmx-csv`: whether the header stands again further down, as on each page, and is left out there.",
            "false: such a line is rejected",
            "header_returns = true",
        ),
        field(
            "comment",
            "`csv`, `sdmx-csv`: what a line begins with that is a comment.",
            "no comments",
            "comment = \"#\"",
        ),
        field(
            "footer",
            "`csv`, `sdmx-csv`: what the first line below the table begins with; it and all that follow are left out.",
            "nothing is",
            "footer = [\"Source:\", \"Note\"]",
        ),
        field(
            "sheet",
            "Workbooks: which sheets are read, by name, pattern or number; one or several.",
            "the only one that is not hidden",
            "sheet = \"Table 1\"",
        ),
        field(
            "rows",
            "JSON: where the list of rows stands in the document, from outside in (JSON Pointer): names of members, places in lists from 0.",
            "the document itself, or objects one after another",
            "rows = \"/result/records\"",
        ),
        field(
            "metadata_lines",
            "Workbooks: whether lines above the header such as `Sex: males` are columns with one value for the sheet.",
            "false",
            "metadata_lines = true",
        ),
        field(
            "sheet_column",
            "Workbooks: the column that the name of the sheet makes.",
            "none",
            "sheet_column = \"year\"",
        ),
        field(
            "merged",
            "Workbooks: whether what a merged cell says holds for each of its rows (`repeat`), or these are rejected (`reject`).",
            "`reject`",
            "merged = \"repeat\"",
        ),
        field(
            "layout",
            "`fixed-width`: a table of the fields (name, start, width or end), relative to the project.",
            "each column has `start` and `width`",
            "layout = \"data/raw/layout.csv\"",
        ),
        field(
            "record_length",
            "`fixed-width`: how long each line is, in bytes.",
            "as long as the first",
            "record_length = 120",
        ),
        field(
            "pad_short_lines",
            "`fixed-width`: whether the last fields of a shorter line are blank; otherwise it is rejected.",
            "false",
            "pad_short_lines = true",
        ),
        field(
            "cut_long_lines",
            "`fixed-width`: whether what stands behind the last field of a longer line is left out; otherwise it is rejected.",
            "false",
            "cut_long_lines = true",
        ),
        field(
            "unpivot",
            "Wide tables: which columns are codes of a dimension and become rows.",
            "none",
            "unpivot = { into = \"year\", years = [2010, 2024] }",
        ),
        field(
            "repair",
            "Numbers whose thousands a program took for decimals (`12.500` became 12.5, `2.000` became 2): which columns or rows add up, by which numbers are repaired or rejected. One table or several; see below.",
            "numbers are what is written",
            "repair = { thousands = \".\", total = \"Total\", parts = [\"Males\", \"Females\"] }",
        ),
        field(
            "variant",
            "How some of the files are read otherwise, each as `[[source.NAME.variant]]`; a file that no variant names is read by the source or the variant that its header fits.",
            "all files are read alike",
            "variant = []",
        ),
        field(
            "dataflows",
            "SDMX-CSV: the dataflows that its rows may be of.",
            "rows of one dataflow",
            "dataflows = [\"IT1:29_7\"]",
        ),
        field(
            "concept",
            "Cells: what they count, where no column `concept` says it.",
            "the column `concept`",
            "concept = \"residents\"",
        ),
        field(
            "weight",
            "Records: the column of whole numbers from 0 that says for how many a row stands. Rows are then counted by it; they are no persons.",
            "each row is one",
            "weight = \"visas_granted\"",
        ),
        field(
            "additive",
            "Cells: the columns over which they may be added up, or `true` for all. A table that leaves such a column open has the sums; a sum of which a part is missing is missing. A stock is never added over its times.",
            "nothing is added up",
            "additive = [\"month\", \"sex\"]",
        ),
        field(
            "flag_i",
            "Cells: what Eurostat's flag `i` says, `imputed` (since 27 January 2025) or `see_metadata` (before). Where the sidecars of all files say that they were got before that day, or from Eurostat since, it need not be stated.",
            "a file with that flag is refused",
            "flag_i = \"imputed\"",
        ),
        field(
            "max_rejected",
            "The share of rejected rows above which the run fails.",
            "0.01 of records, 0 of cells",
            "max_rejected = 0.05",
        ),
        field(
            "incomplete_sums",
            "Cells: whether they are added up although some were rejected. Each run says so, and such sums are flagged `D`.",
            "false",
            "incomplete_sums = true",
        ),
        field(
            "max_rows_per_person",
            "Records: an identifier that stands on more rows is nobody.",
            "100000",
            "max_rows_per_person = 5000",
        ),
        field(
            "row_order",
            "`oldest_first` or `newest_first`: how rows of one day follow each other.",
            "`oldest_first`",
            "row_order = \"newest_first\"",
        ),
        field(
            "columns",
            "The columns, each as `NAME = { … }` in `[source.NAME.columns]`.",
            "none, which is a fault",
            "columns = { sex = { codes = { F = \"F\", M = \"M\" } } }",
        ),
    ],
};

pub(super) const UNPIVOT: Section = Section {
    name: "unpivot",
    title: "`unpivot = { … }`",
    about: "Columns of a wide table become rows: what they are called goes into columns of dimensions, what they hold into one of values. The columns are named by one of `columns`, `prefix`, `years` and `others`; the columns made are declared like those of the file.",
    fields: &[
        field(
            "into",
            "The column of the dimension; with several, names are divided among them.",
            "",
            "into = \"year\"",
        ),
        field(
            "separator",
            "With several columns in `into`: what stands between the codes in a name.",
            "none",
            "separator = \"_\"",
        ),
        field("value", "The column of values.", "`value`", "value = \"persons\""),
        field(
            "columns",
            "The columns that become rows, by name.",
            "none",
            "columns = [\"males\", \"females\"]",
        ),
        field("prefix", "What their names begin with; the rest is the code.", "none", "prefix = \"age_\""),
        field(
            "years",
            "The first and the last year by which they are called.",
            "none",
            "years = [2010, 2024]",
        ),
        field(
            "others",
            "Whether all columns become rows that are neither declared nor ignored.",
            "false",
            "others = true",
        ),
        field(
            "flag_suffix",
            "What the name of a column ends with that holds the flags of the one without that end; they make the column `flag`.",
            "no flags",
            "flag_suffix = \"_flag\"",
        ),
        field("ignore", "Columns that are read as nothing.", "none", "ignore = [\"Notes\"]"),
    ],
};

pub(super) const REPAIR: Section = Section {
    name: "repair",
    title: "`repair = { … }`",
    about: "Of each of these numbers all readings are tried: 12.5 is 12500, 2 is 2 or 2000. Where exactly one of them adds up, it is taken; numbers of which none or several do are rejected. Cells whose number changes are flagged `I`, and all are counted and said. The numbers stand in columns of one row, or below each other (`over`, cells only): in rows of one file, wherever these stand, that agree in all other columns of the source but `value`, statuses and texts beside it. Rows of which a part is missing, or twice, and rows that no sum speaks of are rejected.",
    fields: &[
        field("thousands", "What stood between thousands: `.` or `,`.", "", "thousands = \".\""),
        field(
            "over",
            "The column of the source that says what each row counts, where the numbers stand below each other in `value`.",
            "they stand in columns of one row",
            "over = \"sex\"",
        ),
        field(
            "total",
            "The column of the file that is the sum of the others; with `over`, the text of the row that is.",
            "",
            "total = \"Total\"",
        ),
        field(
            "parts",
            "The columns that add up to it; with `over`, the texts of the rows.",
            "",
            "parts = [\"Males\", \"Females\"]",
        ),
        field(
            "whole_rows",
            "Sums without any decimals (2 + 3 = 5, which could be 2000 + 3000 = 5000): `undecided`, or `as_written` where no number of the file ends in three zeros.",
            "`undecided`: they are rejected",
            "whole_rows = \"as_written\"",
        ),
    ],
};

pub(super) const VARIANT: Section = Section {
    name: "variant",
    title: "`[[source.NAME.variant]]`",
    about: "How some files of a source are read otherwise: years whose layout differs. It states only what differs, in the words of the source: the format and its options, `unpivot` (or `unpivot = false`), and of each column `from`, `absent`, `value`, its place, and the forms of its values (`columns.NAME.from = \"…\"`). What it does not state is as in the source, but for the options of a `format` that it states. The columns after reading are those of the source in all files.",
    fields: &[
        field(
            "name",
            "What the variant is called: the manifest says which file it read.",
            "",
            "name = \"2023\"",
        ),
        field(
            "files",
            "The files, among those of the source, that it holds for.",
            "its header decides, or `years`",
            "files = \"data/raw/2023/*.csv\"",
        ),
        field(
            "years",
            "The year, or the first and the last, that it holds for: the only year from 1900 to 2099 in the name of a file, by itself or in a date such as `20190131`.",
            "its header decides, or `files`",
            "years = [2010, 2018]",
        ),
    ],
};
