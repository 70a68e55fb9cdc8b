//! Steps that find out what belongs together.

use super::field;
use crate::language::Section;

pub(super) const INHERIT: Section = Section {
    name: "inherit",
    title: "`op = \"inherit\"`",
    about: "A row takes from the row that it names what it does not state itself: a child's permit without days those of the parent's permit. What a row states stays. Only what the named row states itself is taken, so that nothing goes from row to row to row. Rows that name no row, or several of which the values differ, take nothing and are counted. It stands before all steps on persons.",
    fields: &[
        field(
            "from",
            "The column that names the row: a personal text that `refers_to` another column, such as the number of the permit.",
            "",
            "from = \"parents_permit\"",
        ),
        field(
            "columns",
            "The columns of which a row takes what it does not state.",
            "",
            "columns = [\"valid_from\", \"valid_to\"]",
        ),
    ],
};

pub(super) const LINK: Section = Section {
    name: "link",
    title: "`op = \"link\"`",
    about: "Which rows are of one person: those that share a value of a key, and all that hang together by such pairs, whatever their order. It makes the column of persons, and stands before all steps on persons. A row that states no key and no identifier is one of nobody, and so is one whose keys stand on more than `max_rows_per_person` rows.",
    fields: &[
        field(
            "keys",
            "The keys by name, each the columns that identify a person together; one of them at least is a personal text. A row must state all of a key.",
            "",
            "keys = { document = [\"country\", \"document\"], name = [\"surname\", \"given\", \"born_on\"] }",
        ),
        field(
            "id",
            "A column with an identifier that somebody has given already. Its rows are one person; keys join no two of them.",
            "keys only",
            "id = \"person_id\"",
        ),
        field(
            "same",
            "Columns of which a person has one value, such as the date of birth.",
            "nothing can conflict",
            "same = [\"born_on\", \"sex\"]",
        ),
        field(
            "on_conflict",
            "Rows that would be one person and have two values of `same`, or two identifiers: `hold_back` (a value of a key that brings them together links nobody; where only several keys do, these rows are of nobody, or of their identifier), `link` (they are one person all the same), `fail` (the run stops).",
            "must be given with `same` or `id`",
            "on_conflict = \"hold_back\"",
        ),
        field(
            "pairs",
            "A file of pairs of rows that are of one person, such as splink writes: `pairs = { … }`, or `[clean.pairs]`. A pair links two rows as a shared value of a key does.",
            "rows are linked by keys only",
            "pairs = { file = \"data/raw/pairs.csv\", row = \"row_id\", left = \"unique_id_l\", right = \"unique_id_r\" }",
        ),
        field("column", "The column that is made.", "`person`", "column = \"person\""),
    ],
};

pub(super) const PAIRS: Section = Section {
    name: "pairs",
    title: "`pairs` of `link`",
    about: "Links that were found outside, by probability or by hand. The file is CSV with a comma, packed or not. Its texts become pseudonyms as those of `row` do. Pairs of which a row is not there, or of an identifier that stands on several rows, link nobody and are counted; a row that cannot be read stops the run.",
    fields: &[
        field("file", "The file, relative to the project.", "", "file = \"data/raw/pairs.csv\""),
        field(
            "row",
            "The personal column of the source that identifies its rows: no two have one value.",
            "",
            "row = \"row_id\"",
        ),
        field("left", "The column of the file that names one row.", "", "left = \"unique_id_l\""),
        field("right", "The column of the file that names the other.", "", "right = \"unique_id_r\""),
        field(
            "probability",
            "The column of the file that says how likely each pair is, from 0 to 1.",
            "all pairs link",
            "probability = \"match_probability\"",
        ),
        field(
            "threshold",
            "The least probability with which a pair links.",
            "must be given with `probability`",
            "threshold = 0.99",
        ),
    ],
};
