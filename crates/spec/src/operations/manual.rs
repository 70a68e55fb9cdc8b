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

pub(super) const INHERIT: Manual = manual!(
    "inherit",
    "Gives a row what it does not state, of the row that it names. Here a child's permit without days has those of the parent's; the second names a permit that is not in the file, and takes nothing.",
    "Minors are entered on the permit of a parent, often without days of their own. Without any, they would be in no stock and no cohort.",
    "Not for what is not of both: a parent's citizenship or reason need not be the child's. Not where a row names a person who has several permits: what differs among these is not taken, so name the permit."
);

pub(super) const LINK: Manual = manual!(
    "link",
    "Says which rows are of one person: those that share a value of a key, and all that hang together by such pairs, whatever their order. Here the first three rows are one person, by the name and by the document; the document of two dates of birth links nobody.",
    "Registers have no identifier of persons, or one that many rows lack.",
    "Not where an identifier is on all rows. Not by a key that strangers share, such as a common name without a date of birth: look at the sizes of persons in the manifest. Links by probability are made outside and come in as `pairs`, or as an identifier of clusters."
);

pub(super) const CORRECT: Manual = manual!(
    "correct",
    "Puts the right value in the place of a wrong one, in the rows that an entry names. The run stops when an entry matches nothing, or another number of rows than it says, or when the source has been healed.",
    "Publishers know of faults that they do not mend, or mend years later. A correction that is written down has its reason and its source, and is found when it is not needed any more.",
    "Not for whole columns or kinds of faults: declare how the column is read, or `recode` it. Not for persons: the right value would stand in the pipeline file."
);

pub(super) const PERMITS: Manual = manual!(
    "permits",
    "Says of each permit what it is to its holder, a first one, a renewal or a change of reason, and which permits make one stay; and of those that expired whether another followed, and after how long.",
    "An archive has permits, and statistics are of persons: first permits of a year, renewals, stays. Offices differ in the gap after which a permit is a first one again: six months in the European Union, twelve in the journeys of the Home Office.",
    "Not on a file of those valid on a day, where earlier permits are missing: each would be a first one. Residence does not end on the expiry of a permit; who left is told by crossings, or by `retention` for want of these."
);

pub(super) const SPELLS: Manual = manual!(
    "spells",
    "Makes of a person's permits spells that do not overlap: permits that overlap are joined, and on each day the reason holds that takes precedence.",
    "A person often holds two permits on a day, and is one person: whoever counts days or persons by reason must decide for one of them.",
    "Not before `permits`, `stock` or `retention`, which work on permits. Not where each permit is counted, such as permits issued in a year."
);

pub(super) const STOCK: Manual = manual!(
    "stock",
    "Of each person, the permit that is held on each reference date, with what came into the archive later: permits entered late, and renewals of those that had expired.",
    "On 1 January many permits have expired and are being renewed. Who counts valid ones only misses their holders, and an office waits some months for them.",
    "Not for permits on a date: `expand` makes a row of each. Not for a date that lies less than the lag before the archive was extracted."
);

pub(super) const RETENTION: Manual = manual!(
    "retention",
    "Follows everybody who got a first permit in a year, and says for each reference date after it what became of them: a valid permit, long-term residence, citizenship, or none.",
    "How many of those who came in a year are still there is asked of every policy, and a stock does not tell it.",
    "Not as emigration: who has no permit any more may have one of another kind, be a citizen whose naturalisation the file does not tell, or be there without one."
);

pub(super) const SIGNS_OF_LIFE: Manual = manual!(
    "signs_of_life",
    "Carries an index of residence from year to year: last year's index, less its decay, and what the signs of this year add, such as visits to a doctor or taxes. Above a threshold a person is resident.",
    "Where nobody deregisters, a register of persons has more of them than there are. Signs in other registers tell who is there.",
    "Not where crossings are known, which say it directly. Not with weights that somebody made up: they are estimated where the truth is known."
);

pub(super) const FLOWS_FROM_STOCKS: Manual = manual!(
    "flows_from_stocks",
    "Says of the persons of a stock by birth and residence where they lived on the date before, if as few as possible have moved. Here five of those born in A and five in B have left, ten have come to C and to D: 2.5 went each way, in whole numbers.",
    "Few countries count who comes from where and goes whither, and most count who lives there by place of birth. Flows between countries are estimated from such stocks.",
    "Not where flows are counted: these are the fewest that the stocks allow, and who came and left between two dates is in none. Not for stocks by citizenship, which changes without a move. Not over dates of which the areas or the concept differ. For the method of differences by birth and residence take the indicator `change`."
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
