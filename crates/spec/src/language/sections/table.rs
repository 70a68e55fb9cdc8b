//! What is published.

use super::field;
use crate::language::Section;

pub(super) const TABLE: Section = Section {
    name: "table",
    title: "`[[table]]`",
    about: "What is counted and shown. Tables of one name are parts of one file.",
    fields: &[
        field("name", "Its name, which is that of its file.", "", "name = \"visas\""),
        field(
            "measure",
            "Records: `count`, `emigration`, `immigration`, `stock` (after `expand`, `stock` or `retention`). Cells: `stock` or `flow`.",
            "",
            "measure = \"count\"",
        ),
        field(
            "title",
            "What it shows, in one line, in the languages of the pipeline.",
            "nothing",
            "title = \"Visas by citizenship\"",
        ),
        field(
            "source",
            "The source that it is made from; or several, whose records are counted together, or whose cells are put side by side. Their columns must mean the same, and no residence rule can be behind them. A cell that two of them give stops the run.",
            "the only one of the kind",
            "source = [\"arrivals\", \"departures\"]",
        ),
        field(
            "dimensions",
            "The columns that are shown, in this order.",
            "none: one number",
            "dimensions = [\"year\", \"citizenship\"]",
        ),
        field(
            "from",
            "Where a dimension is called other than its column.",
            "the same names",
            "from = { destination = \"country\" }",
        ),
        field(
            "concept",
            "What is counted; unlike concepts are never added. Records must have it.",
            "of cells, that of the source",
            "concept = \"visas_granted\"",
        ),
        field(
            "unit",
            "What is counted, in the plural.",
            "`records` for `count`, else `persons`",
            "unit = \"visas\"",
        ),
        field(
            "rule",
            "The residence step by which migrations are counted.",
            "the only one",
            "rule = \"official\"",
        ),
        field("filter", "Which rows are counted: column and codes.", "all", "filter = { sex = [\"F\"] }"),
        field(
            "except",
            "Which rows are not: column and codes; a row that has one of them is left out. Of cells, totals of the column are left out too, and it is a dimension or additive.",
            "none",
            "except = { citizenship = [\"IT\"] }",
        ),
        field(
            "indicators",
            "What is computed from the counts: names, or tables of a name and parameters.",
            "nothing",
            "indicators = [\"share\", \"rank\"]",
        ),
        field(
            "over",
            "The dimension over which shares and ranks are taken, or several over which shares are taken together.",
            "the last one",
            "over = [\"sex\", \"age_group\"]",
        ),
        field(
            "total",
            "`true`: totals over all dimensions over which there can be some. Of cells: over additive ones.",
            "false",
            "total = true",
        ),
        field("totals", "Totals over these dimensions.", "none", "totals = [\"citizenship\"]"),
        field(
            "reference_area",
            "The country or region that it is about.",
            "that of the pipeline",
            "reference_area = \"PE\"",
        ),
        field(
            "account",
            "Which codes of a dimension are opening and closing population and what came in between: for indicators of accounts.",
            "none",
            "account = { dimension = \"item\", opening = \"P0\", closing = \"P1\" }",
        ),
        field(
            "breaks",
            "Years from which on counts are not comparable with earlier ones: no change is told across them.",
            "none but those that the publisher flags",
            "breaks = [2019]",
        ),
    ],
};

pub(super) const INDICATOR: Section = Section {
    name: "indicator",
    title: "An indicator with parameters",
    about: "Within `indicators`. `denizen explain indicator:NAME` says what each is.",
    fields: &[
        field("name", "The indicator.", "", "name = \"mean_age\""),
        field(
            "close_open_group_at",
            "`mean_age`: where the open group of ages is taken to end.",
            "must be given where a group is open",
            "close_open_group_at = 100",
        ),
        field(
            "since",
            "`index`, `mean_annual_growth`, `exponential_growth`: the year of the earlier count, on the same day.",
            "must be given there",
            "since = 2012",
        ),
        field("largest", "`top_share`: how many codes are taken together.", "5", "largest = 10"),
        field(
            "per",
            "Rates and shares in a population: the table that has it.",
            "must be given there",
            "per = { table = \"residents\" }",
        ),
        field(
            "less",
            "Net and gross migration: the table of the flow the other way.",
            "must be given there",
            "less = { table = \"departures\" }",
        ),
    ],
};

pub(super) const OTHER_TABLE: Section = Section {
    name: "other_table",
    title: "Counts of another table",
    about: "In `per` and `less`. They are met by the dimensions that both tables have, which must be of one list; of a dimension that only \
            the other table has, its total is taken.",
    fields: &[
        field("table", "Its name.", "", "table = \"residents\""),
        field(
            "measure",
            "Which of its parts, where it has several.",
            "the only one",
            "measure = \"emigration\"",
        ),
        field(
            "concept",
            "Which of its concepts, where it has several.",
            "the only one",
            "concept = \"residents\"",
        ),
        field("where", "Dimensions of it that stand at one code.", "none", "where = { item = \"P0\" }"),
        field(
            "on",
            "The day of its counts, where its time is a year: `01-01`, `07-01` or `12-31`.",
            "must be given there",
            "on = \"01-01\"",
        ),
    ],
};

pub(super) const ACCOUNT: Section = Section {
    name: "account",
    title: "The account of a population",
    about: "`account` in a table: opening + births + plus - deaths - minus = closing.",
    fields: &[
        field("dimension", "The dimension whose codes are the items.", "", "dimension = \"item\""),
        field("opening", "The population at the beginning.", "", "opening = \"P0\""),
        field("closing", "The population at the end.", "", "closing = \"P1\""),
        field("births", "Births.", "none", "births = \"LBIRTH\""),
        field("deaths", "Deaths.", "none", "deaths = \"DEATH\""),
        field("plus", "What else adds to the population.", "nothing", "plus = [\"IMM\"]"),
        field("minus", "What else takes from it.", "nothing", "minus = [\"EMI\"]"),
        field(
            "optional",
            "Items that are not published at all times: where they are not there, there is nothing of them.",
            "none: an item that is not there leaves the account open",
            "optional = [\"ADJ\"]",
        ),
    ],
};
