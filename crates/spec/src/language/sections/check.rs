//! What must hold of rows.

use super::field;
use crate::language::Section;

pub(super) const CHECK: Section = Section {
    name: "check",
    title: "`[[check]]`",
    about: "What must hold of the rows of a source. Each row has passed, has failed, or could not be checked, for it does not state what is asked; rows that a check is not about are not counted. `restricted/checks.parquet` lists the failures by place (source, check, file, sheet, line, of which period), up to 100,000 of each check.",
    fields: &[
        field("name", "What it is called.", "", "name = \"exit_without_stay\""),
        field("title", "Why it must hold, or who says so.", "nothing", "title = \"An exit grants no days\""),
        field("source", "Whose rows.", "the only source of records", "source = \"crossings\""),
        field(
            "rows",
            "`as_read`, before the first step; or `as_released`, after the last one, with all columns that steps make. Cells are released each once, after they were corrected, divided by weights and compared with their totals.",
            "`as_read`",
            "rows = \"as_released\"",
        ),
        field(
            "when",
            "Which rows are meant: what they must meet, written as in `filter`.",
            "all rows",
            "when = { direction = [\"departure\"] }",
        ),
        field(
            "then",
            "What these rows must meet: codes of a list, a range, an order of dates, a column like another.",
            "nothing",
            "then = { days = 0, exit = { from = \"entry\" } }",
        ),
        field(
            "never",
            "What none of them may meet, all of it together.",
            "nothing",
            "never = { citizenship = [\"PE\"], quality = [\"41\"] }",
        ),
        field("stated", "Columns that these rows must state.", "none", "stated = [\"surname\"]"),
        field(
            "unique",
            "Columns that no two rows state alike, taken together.",
            "another kind of check",
            "unique = [\"permit\"]",
        ),
        field(
            "one",
            "Columns of which there is one value `per` value of others.",
            "another kind of check",
            "one = [\"person\"]",
        ),
        field(
            "per",
            "With `one`: for each value of these, together.",
            "must be given there",
            "per = [\"document\"]",
        ),
        field(
            "balance",
            "Numbers of a row that add up.",
            "another kind of check",
            "balance = { plus = [\"opening\", \"births\"], minus = [\"deaths\"], equals = \"closing\" }",
        ),
        field(
            "volume",
            "How many rows months or years have.",
            "another kind of check",
            "volume = { date = \"crossed_on\", by = \"month\", change = 0.5 }",
        ),
        field(
            "warn",
            "The share of failures, of what could be checked, above which there is a warning.",
            "0: any failure",
            "warn = 0.01",
        ),
        field("fail", "The share above which the run stops.", "it never does", "fail = 0.05"),
    ],
};

pub(super) const BALANCE: Section = Section {
    name: "balance",
    title: "`balance = { … }` of a check",
    about: "`plus` − `minus` = `equals`, in each row that states all of them.",
    fields: &[
        field("plus", "Columns of numbers that are added.", "", "plus = [\"opening\", \"arrivals\"]"),
        field("minus", "Columns that are taken away.", "none", "minus = [\"departures\"]"),
        field("equals", "The column of the result.", "", "equals = \"closing\""),
        field("tolerance", "By how much it may differ.", "0", "tolerance = 1"),
    ],
};

pub(super) const VOLUME: Section = Section {
    name: "volume",
    title: "`volume = { … }` of a check",
    about: "A month without rows has none, and is checked like others. The first ones have nothing to be compared with, and could not be checked.",
    fields: &[
        field("date", "The column of dates.", "", "date = \"crossed_on\""),
        field("by", "`month` or `year`.", "", "by = \"month\""),
        field("per", "Columns whose values are counted apart.", "all together", "per = [\"direction\"]"),
        field(
            "change",
            "By what share of the period that it is compared with a number of rows may differ.",
            "any",
            "change = 0.5",
        ),
        field(
            "against",
            "Which one that is: `before`, or `year_before`, for months have seasons.",
            "`before`",
            "against = \"year_before\"",
        ),
        field("least", "How many rows each period has at least.", "none", "least = 1000"),
        field(
            "from",
            "The first day of the periods that are looked at.",
            "that of the rows",
            "from = 1990-01-01",
        ),
        field("until", "Their last day.", "that of the rows", "until = 2007-12-31"),
    ],
};
