//! Steps that change records or cells one by one.

use super::field;
use crate::language::Section;

pub(super) const CLEAN: Section = Section {
    name: "clean",
    title: "`[[clean]]`",
    about: "A step that changes the rows of a source. Steps are taken in the order of the file. On cells there are `filter`, `recode`, `derive`, `correct` and `flows_from_stocks`; cells are compared with their totals before.",
    fields: &[
        field("op", "What it does: the name of one of the operations below.", "", "op = \"filter\""),
        field(
            "source",
            "The source whose rows it changes.",
            "the only one of records, or of cells where there are no records",
            "source = \"visas\"",
        ),
    ],
};

pub(super) const FILTER: Section = Section {
    name: "filter",
    title: "`op = \"filter\"`",
    about: "Keeps some rows, or leaves some out; these are excluded and counted.",
    fields: &[
        field(
            "keep",
            "What stays, by column: codes, numbers, dates, or bounds. A row stays that meets all of them; one that does not state the column goes.",
            "everything, but for `drop`",
            "keep = { sex = [\"F\"], year = [2022, 2023], age = { from = 18 } }",
        ),
        field(
            "drop",
            "What goes, in the same words. A row goes that meets all of them (a step for each drops what meets any); one that does not state the column stays. Of cells, totals of the column go too, for they are of what is left out as well.",
            "nothing",
            "drop = { citizenship = [\"IT\"] }",
        ),
    ],
};

pub(super) const KEEP: Section = Section {
    name: "keep",
    title: "Bounds in `keep` and `drop`",
    about: "Numbers and dates that are meant: those that meet all that is stated. In quotes stands the name of a column: its value in the same row is the bound, and a row that does not state it meets nothing.",
    fields: &[
        field("from", "This one and larger or later ones (included).", "no bound", "from = 2020-01-01"),
        field("at_least", "The same as `from`.", "no bound", "at_least = 18"),
        field("to", "This one and smaller or earlier ones (included).", "no bound", "to = 2020-12-31"),
        field("at_most", "The same as `to`.", "no bound", "at_most = 64"),
        field("after", "Larger or later ones only (not this one).", "no bound", "after = \"entered_on\""),
        field("more_than", "The same as `after`.", "no bound", "more_than = 17"),
        field("before", "Smaller or earlier ones only (not this one).", "no bound", "before = 2021-01-01"),
        field("less_than", "The same as `before`.", "no bound", "less_than = 65"),
        field("every", "Dates: this month and day of every year.", "any day", "every = \"12-31\""),
        field(
            "same_as",
            "The same as in another column, of codes of the same list too.",
            "no column",
            "same_as = \"country_of_birth\"",
        ),
    ],
};

pub(super) const RECODE: Section = Section {
    name: "recode",
    title: "`op = \"recode\"`",
    about: "Translates codes into those of another list or into others of their own, or asks what they stood for at a date.",
    fields: &[
        field(
            "columns",
            "The columns of codes; for `to` and `at` they have a `list`.",
            "",
            "columns = [\"citizenship\"]",
        ),
        field(
            "to",
            "The column of their list that holds the other codes; it is the name of the other list. Of cells, several codes that become one are added up where the source is `additive`, and refused otherwise.",
            "with `codes`: the list stays; else it must be given",
            "to = \"country\"",
        ),
        field(
            "codes",
            "Codes and what they become; they add to what the list says of `to` and override it. Without `to` all others stay as they are, and new codes are of the same list.",
            "none",
            "codes = { \"IT-A\" = \"IT\", \"IT-B\" = \"IT\" }",
        ),
        field(
            "at",
            "The column of the day or year at which codes must stand for something. Then `to` may name a group of countries, such as `eu`, or be left out.",
            "none: at any time",
            "at = \"crossed_on\"",
        ),
        field(
            "role",
            "With `at`: `citizenship` (a state that exists then) or `birth` (also one that had ended).",
            "`citizenship`",
            "role = \"birth\"",
        ),
        field(
            "on_error",
            "With `at`: what becomes of a code that stood for nothing then: `stop`, or `not_stated`.",
            "`stop`",
            "on_error = \"not_stated\"",
        ),
    ],
};

pub(super) const DERIVE: Section = Section {
    name: "derive",
    title: "`op = \"derive\"`",
    about: "Makes a new column.",
    fields: &[
        field("column", "Its name.", "", "column = \"year\""),
        field(
            "method",
            "How: `year`, `month` (2019-03), `quarter` (2019-Q1) or `financial_year` (2018/19) of a date; `date` of its parts; `constant`; completed `age` in years; `age_group`; `agreement` of two rules.",
            "",
            "method = \"quarter\"",
        ),
        field(
            "from",
            "`year`, `month`, `quarter`, `financial_year`: the date. `age_group`: the age.",
            "must be given there",
            "from = \"granted_on\"",
        ),
        field(
            "first_month",
            "`financial_year`: the month in which they begin, 2 to 12.",
            "must be given there",
            "first_month = 7",
        ),
        field("year", "`date`: the column of the year.", "must be given there", "year = \"year\""),
        field(
            "month",
            "`date`: the column of the month, or a number.",
            "must be given there",
            "month = \"month\"",
        ),
        field(
            "day",
            "`date`: the column of the day, a number, or `last`.",
            "must be given there",
            "day = \"last\"",
        ),
        field(
            "value",
            "`constant`: the same in all rows: a code, a whole number or a date.",
            "must be given there",
            "value = 2024",
        ),
        field("birth", "`age`: the date of birth.", "must be given there", "birth = \"birth_date\""),
        field(
            "at",
            "`age`: the day on which the age is wanted.",
            "must be given there",
            "at = \"crossed_on\"",
        ),
        field("width", "`age_group`: years in a group.", "5", "width = 10"),
        field("open", "`age_group`: the first age of the open group.", "85", "open = 65"),
        field(
            "rules",
            "`agreement`: the names of two residence steps.",
            "must be given there",
            "rules = [\"nz_12_16\", \"pe_1990_2007\"]",
        ),
    ],
};

pub(super) const DEDUPLICATE: Section = Section {
    name: "deduplicate",
    title: "`op = \"deduplicate\"`",
    about: "Drops a record that repeats the one before it of the same person.",
    fields: &[
        field("keys", "The columns that must agree.", "", "keys = [\"crossed_on\", \"direction\"]"),
        field("person", "The column that identifies the person.", "`person`", "person = \"passport\""),
        field(
            "order",
            "The column of days that orders a person's records.",
            "`crossed_on`",
            "order = \"day\"",
        ),
        field(
            "sequence",
            "The column of whole numbers that orders the records of one day.",
            "the order of the files",
            "sequence = \"number\"",
        ),
    ],
};

pub(super) const EXPAND: Section = Section {
    name: "expand",
    title: "`op = \"expand\"`",
    about: "A record with a first and a last day becomes a row for each reference date that it covers: from spells to stocks.",
    fields: &[
        field("first", "The column of the first day.", "", "first = \"issued\""),
        field("last", "The column of the last day, which is included.", "", "last = \"expires\""),
        field("at", "The reference dates.", "`every`", "at = [2008-01-01, 2009-01-01]"),
        field("every", "A day of every year, from `from` to `until`.", "`at`", "every = \"01-01\""),
        field(
            "from",
            "With `every`: the first day of the period.",
            "must be given there",
            "from = 2007-01-01",
        ),
        field(
            "until",
            "The last day that is observed: a record without a last day lasts until then.",
            "records without a last day stop the run",
            "until = 2024-12-31",
        ),
        field("column", "The column that is made.", "`reference_date`", "column = \"counted_on\""),
    ],
};

pub(super) const CORRECT: Section = Section {
    name: "correct",
    title: "`op = \"correct\"`",
    about: "Known faults of a source are mended, one by one. Of cells the value is, before they are compared with their totals.",
    fields: &[field(
        "entries",
        "What is wrong, each as `[[clean.entries]]`; or the name of a CSV file with a row for each, which has the columns `column`, `from`, `to`, `reason`, `source`, `status`, `count` where it is not 1, and `where.NAME` for each column that says which rows are wrong. An empty field of these asks nothing.",
        "nothing, which is a fault",
        "entries = \"corrections.csv\"",
    )],
};

pub(super) const ENTRIES: Section = Section {
    name: "entries",
    title: "`[[clean.entries]]` of `correct`",
    about: "The run stops when an entry matches no row, or another number of rows than it says; when the value is the right one already, for the source was healed; and when it is another one. Columns that are personal are not corrected: the right value would stand in the pipeline file.",
    fields: &[
        field("where", "Which rows, written as in `filter`.", "", "where = { permit = 3 }"),
        field("count", "How many rows that are.", "1", "count = 2"),
        field("column", "The column that is wrong.", "", "column = \"expires\""),
        field(
            "from",
            "The wrong value: a code in quotes, a number, a date, or `\"_U\"` where none is stated.",
            "",
            "from = 2019-01-01",
        ),
        field("to", "The right value.", "", "to = 2020-01-01"),
        field("reason", "Why it is wrong.", "", "reason = \"it would end before it begins\""),
        field("source", "Who says so.", "", "source = \"letter of the office, 3 May 2026\""),
        field(
            "status",
            "`confirmed` by the publisher, `assumed`, or `withdrawn`: not applied any more, and kept for the record.",
            "",
            "status = \"confirmed\"",
        ),
    ],
};

pub(super) const FLOWS_FROM_STOCKS: Section = Section {
    name: "flows_from_stocks",
    title: "`op = \"flows_from_stocks\"`",
    about: "Where the persons of a stock by place of birth and of residence lived on the date before, if as few as possible have moved (Abel 2013): each cell becomes one for each area of origin, `previous_residence`, with the date before, `previous_date`; those who stayed are among them. All are estimates (`E`). The first date and totals of births and areas are left out. Sums over origins are the stocks of the date, and sums over residences those of the date before. Tables show `previous_residence`, or add up over it (`additive`). Refused: births and areas without a cell on one of the dates, cells without a value, breaks in the series, and records.",
    fields: &[
        field("birth", "The column of the place of birth.", "`country_of_birth`", "birth = \"born_in\""),
        field(
            "residence",
            "The column of the place of residence.",
            "`residence`",
            "residence = \"lives_in\"",
        ),
        field("date", "The column of the dates of the stocks.", "`reference_date`", "date = \"day\""),
        field(
            "outside",
            "A code of `residence` for everywhere else: births, deaths and moves to and from other areas, by which those of one birth are more or fewer on the later date.",
            "those of one birth must be as many on all dates",
            "outside = \"XX\"",
        ),
    ],
};
