//! What each operation does, why, and when it is the wrong one: `denizen explain op:NAME`, `docs/operations.md`.
//!
//! To add one: a page here, three files beside it (`manual/<verb>.toml`, a pipeline that reads `data/raw/records.csv`;
//! `<verb>.csv`, that file; `<verb>.after.csv`, the records of the release), and its name in the line of the operation in `READERS`,
//! which does not compile without. A test runs the example; with `DENIZEN_BLESS=1` it writes what comes out.

use crate::language::{FieldMeaning, SECTIONS};

/// The page of an operation.
#[derive(Debug, Clone, Copy)]
pub struct Manual {
    /// What it does.
    pub what: &'static str,
    /// What it is for.
    pub why: &'static str,
    /// When it is the wrong one.
    pub when_not: &'static str,
    /// A pipeline that reads `data/raw/records.csv`.
    pub pipeline: &'static str,
    /// That file.
    pub before: &'static str,
    /// The records of its release.
    pub after: &'static str,
}

/// The path of the file that the examples read, relative to the project.
pub const EXAMPLE_INPUT: &str = "data/raw/records.csv";

/// A page with the files of its example.
macro_rules! manual {
    ($verb:literal, $what:literal, $why:literal, $when_not:literal) => {
        Manual {
            what: $what,
            why: $why,
            when_not: $when_not,
            pipeline: include_str!(concat!("manual/", $verb, ".toml")),
            before: include_str!(concat!("manual/", $verb, ".csv")),
            after: include_str!(concat!("manual/", $verb, ".after.csv")),
        }
    };
}

pub(super) const FILTER: Manual = manual!(
    "filter",
    "Keeps the rows that meet all conditions of `keep`, and leaves out those that meet all of `drop`. A row that does not state a column meets nothing that is asked of it. What goes is counted.",
    "A product is about some of the records: citizens of one country, permits of one kind, years that are complete.",
    "Not for rows that are wrong: a `check` tells where they are, and `correct` mends them. Not before `residence` by date or direction: a rule that does not see a person's other crossings takes them for somebody who never returned. Not for what is only shown in one table: a table has `filter` of its own."
);

pub(super) const RECODE: Manual = manual!(
    "recode",
    "Translates the codes of columns into those of another list, as the code list itself says (`to`), or into others of the step (`codes`); with `at`, by what a code stood for at the date of the row.",
    "Sources write countries and regions each in its own way, and a product speaks one list.",
    "Not for texts that have no meaning yet: a column reads them with `match` and `codes`. Not to merge codes of cells that have a total of their own: totals are not made anew."
);

pub(super) const DERIVE: Manual = manual!(
    "derive",
    "Makes a column of others: year, month, quarter or financial year of a date, age and group of ages, a date of its parts, a constant, whether rules agree.",
    "Tables are made of columns, and what a table shows is often not what a file says.",
    "Not for age at a reference date before `expand` has made that date. A year is not the reference date of a stock."
);

pub(super) const DEDUPLICATE: Manual = manual!(
    "deduplicate",
    "Of each person, in the order of dates, leaves out a row that says the same in all `keys` as the row before it. Rows of nobody are never left out.",
    "Documents are scanned twice, and files are delivered twice. A rule would take the second crossing for one in the same direction, and the person for one of whom a crossing is missing.",
    "Not on all columns that happen to be there: two journeys of one day are two. Not where rows have a number of their own: `unique` of a `check` tells whether it is one."
);

pub(super) const RESIDENCE: Manual = manual!(
    "residence",
    "Decides for each crossing of a person whether it is a migration, by a rule such as 12 of 16 months or *the last exit without return*, and on what the answer rests.",
    "A crossing is no migration: most who leave come back. Each published number of migrants has a rule behind it, and rules differ by tens of per cent.",
    "Not on permits: these do not say where somebody is. Not for the years after the cut-off, of which the answers are provisional. Not after a `filter` that takes crossings away."
);

pub(super) const EXPAND: Manual = manual!(
    "expand",
    "Makes of a record with a first and a last day one row for each reference date that it covers, both ends included. A record that covers none is excluded.",
    "Permits and spells become stocks: how many are valid on 1 January.",
    "Not before steps on persons: one record is several rows from here on. A row is a permit and not a holder: whoever has two on a day is counted twice, unless the records are one per person."
);

pub(super) const LINK: Manual = manual!(
    "link",
    "Says which rows are of one person: those that share a value of a key, and all that hang together by such pairs, whatever their order. Here the first three rows are one person, by the name and by the document; the document of two dates of birth links nobody.",
    "Registers have no identifier of persons, or one that many rows lack.",
    "Not where an identifier is on all rows. Not by a key that strangers share, such as a common name without a date of birth: look at the sizes of persons in the manifest. Links by probability are made outside and come in as an identifier."
);

pub(super) const CORRECT: Manual = manual!(
    "correct",
    "Puts the right value in the place of a wrong one, in the rows that an entry names. The run stops when an entry matches nothing, or another number of rows than it says, or when the source has been healed.",
    "Publishers know of faults that they do not mend, or mend years later. A correction that is written down has its reason and its source, and is found when it is not needed any more.",
    "Not for whole columns or kinds of faults: declare how the column is read, or `recode` it. Not for persons: the right value would stand in the pipeline file."
);

pub(super) const PERMITS: Manual = manual!(
    "permits",
    "Says of each permit what it is to its holder: a first permit, a renewal, or a change of the reason, and whether and when another one followed it. Permits that follow each other are one stay, whatever their reasons: residence never ends on the expiry of one of them.",
    "First permits are what Eurostat publishes, and a renewal is none of them. Which of two permits is a first one is decided by the gap between them: six months in Europe, twelve at the Home Office.",
    "Not for who is there on a day: `stock` counts persons, and this one events. Not where only the permits of some years are at hand, unless the earliest are left out of the tables: of these the first is not known."
);

pub(super) const SPELLS: Manual = manual!(
    "spells",
    "Joins the permits of a person that overlap, so that every day has one reason: the one that takes precedence. The row of a spell is that of its first permit, with its first and last day.",
    "Whoever holds two permits is one person. Spells can be expanded to reference dates, and their length is that of legal residence.",
    "Not before `permits` or `retention`, which need the permits as they were given. Not for persons on a day by an office's own rule: `stock` has those of ISTAT and Eurostat."
);

pub(super) const STOCK: Manual = manual!(
    "stock",
    "Makes a row for each person and reference date on which the person holds a permit, or counts as a holder by the rule: ISTAT waits six months for late entries and renewals, Eurostat takes the permits that are valid on 31 December.",
    "A stock of permits is one of persons. Whoever has applied for a renewal is there, though the old permit has expired.",
    "Not for records that are one per person and need no rule: `expand` does. Not for dates less than the lag before the extract of the archive, of which not all is known."
);

pub(super) const RETENTION: Manual = manual!(
    "retention",
    "Follows the entrants of each year: on each reference date each of them has a valid permit, has one for long-term residence, has become a citizen, has left, or is undecided as long as a renewal may still come in.",
    "How many stay is asked of every cohort, and a stock cannot tell: who leaves and who comes are both in it.",
    "Not without the permits from the beginning of the archive: who renews would be an entrant. `left` means without a permit; who left the country on a valid one is not seen."
);

pub(super) const SIGNS_OF_LIFE: Manual = manual!(
    "signs_of_life",
    "Carries an index of residence from year to year: a share of that of the year before, and the weights of the registers in which the person was seen. Above the threshold the person is a resident.",
    "Who leaves seldom says so. In countries with registers, whoever is in none of them is most likely gone.",
    "Not where the registers of a year are incomplete, for their absence counts as a sign. Not on border crossings or permits, which have rules of their own."
);

impl Manual {
    /// The fields of the operation of this name.
    pub fn fields(name: &str) -> &'static [FieldMeaning] {
        SECTIONS.iter().find(|section| section.name == name).map_or(&[], |section| section.fields)
    }
}

/// The pages of all operations, as Markdown.
///
/// ```
/// let page = denizen_spec::operations_page();
/// assert!(page.contains("## `op = \"filter\"`") && page.contains("When not"));
/// ```
pub fn operations_page() -> String {
    let mut page = "# Operations\n\nWhat the steps of a pipeline (`[[clean]]`) do, why, and when another one is right, each with an example that \
                    runs. `denizen explain op:NAME` prints one of them; the fields stand in [pipeline.md](pipeline.md).\n"
        .to_owned();
    for (name, manual) in super::manuals() {
        let Manual { what, why, when_not, pipeline, before, after } = manual;
        page +=
            &format!("\n## `op = \"{name}\"`\n\n{what}\n\n**Why.** {why}\n\n**When not.** {when_not}\n\n");
        page += &format!("`{EXAMPLE_INPUT}`:\n\n```csv\n{before}```\n\n```toml\n{pipeline}```\n\n");
        page += &format!("The records of the release:\n\n```csv\n{after}```\n");
    }
    page
}
