//! The names of the columns and codes that we make ourselves, each once.

/// Code of a total: all values of the dimension together (SDMX `_T`).
pub const TOTAL: &str = "_T";
/// Code of *not stated* (SDMX `_U`).
pub const NOT_STATED: &str = "_U";
/// The value of a cell, a count.
pub const VALUE: &str = "value";
/// Note of the publisher on a cell (SDMX `OBS_STATUS`).
pub const OBS_STATUS: &str = "obs_status";
/// Whether the publisher holds a cell to be confidential (SDMX `CONF_STATUS`).
pub const CONF_STATUS: &str = "conf_status";
/// What a mark in the place of a value says, as a code of SDMX `OBS_STATUS`. Stages pass it on; it is not published.
pub const MARK: &str = "mark of value";
/// Where a row stands, as [`crate::RowPlace::packed`] makes a number of it. Stages pass it on; it is not published.
pub const PLACE: &str = "place of row";
/// What a cell counts; unlike concepts are never added.
pub const CONCEPT: &str = "concept";
/// Year of a record or of a flow, by which the cleaned records are filed.
pub const YEAR: &str = "year";
/// The day to which a stock refers.
pub const REFERENCE_DATE: &str = "reference_date";
/// The country or region that a product is about.
pub const REFERENCE_AREA: &str = "reference_area";

/// The columns that every published table has beside its dimensions.
pub const OF_TABLES: [&str; 15] = [
    "concept",
    "indicator",
    "value",
    "unit",
    "decimals",
    "n",
    "n_not_stated",
    "n_undecided",
    "reference_period",
    "obs_status",
    "conf_status",
    "base",
    "rule",
    "rule_parameters",
    "vintage",
];

/// The column in which a residence rule says whether a record is a migration.
pub fn migration(rule: &str) -> String {
    format!("migration_{rule}")
}

/// The column in which a residence rule says on what its answer rests, one of [`BASES`].
pub fn basis(rule: &str) -> String {
    format!("basis_{rule}")
}

/// On what the answer of a residence rule to a record rests, or why there is none: the codes of [`basis`].
///
/// - `as_recorded`: the person's history as it stands,
/// - `repaired`: a history in which a crossing is missing or one was left out,
/// - `unseen_migration`: the same, and the crossing that is missing just before the record is a migration itself; the record has no
///   answer,
/// - `unseen_undecided`: a repaired history, and it is not known whether the crossing that is missing just before is a migration,
/// - `outside_period`: none, or "no": the record lies after the cut-off, outside the period of the rule, or in no permit,
/// - `left_out`: none: the policy for missing crossings leaves the record out,
/// - `no_person`: none: the record is linked to nobody,
/// - `no_date_or_direction`: none: the record does not state them,
/// - `permit`: none: the record is a permit, within which a rule judges crossings,
/// - `assumed`: a departure that no record has, assumed on the last day of a permit.
pub const BASES: [&str; 10] = [
    AS_RECORDED,
    REPAIRED,
    UNSEEN_MIGRATION,
    UNSEEN_UNDECIDED,
    OUTSIDE_PERIOD,
    LEFT_OUT,
    NO_PERSON,
    NO_DATE_OR_DIRECTION,
    PERMIT,
    ASSUMED,
];
/// See [`BASES`].
pub const AS_RECORDED: &str = "as_recorded";
/// See [`BASES`].
pub const REPAIRED: &str = "repaired";
/// See [`BASES`].
pub const UNSEEN_MIGRATION: &str = "unseen_migration";
/// See [`BASES`].
pub const UNSEEN_UNDECIDED: &str = "unseen_undecided";
/// See [`BASES`].
pub const OUTSIDE_PERIOD: &str = "outside_period";
/// See [`BASES`].
pub const LEFT_OUT: &str = "left_out";
/// See [`BASES`].
pub const NO_PERSON: &str = "no_person";
/// See [`BASES`].
pub const NO_DATE_OR_DIRECTION: &str = "no_date_or_direction";
/// See [`BASES`].
pub const PERMIT: &str = "permit";
/// See [`BASES`].
pub const ASSUMED: &str = "assumed";

/// The columns in which a residence rule says what a person's status is before and after a record.
pub fn statuses(rule: &str) -> [String; 2] {
    [format!("status_before_{rule}"), format!("status_after_{rule}")]
}

/// The columns of the first days on which a residence rule could decide about status and migration.
pub fn decided_on(rule: &str) -> [String; 2] {
    [format!("status_decided_on_{rule}"), format!("migration_decided_on_{rule}")]
}

/// The columns in which a residence rule says of each migration how long it was until the person migrated back, and what has become
/// of it: one of [`FOLLOWED`].
///
/// A unit of time that has begun counts as a whole: 1 is back before the first year is over. Of migrations that are `not_over` the
/// duration is that of the whole units of which the rule could judge every day (0 where it could none); whoever came back in a unit that is
/// not observed to its end is among them. That makes the two the spells of the indicators `survival` and `return_ratio`.
pub fn durations(rule: &str) -> [String; 2] {
    [format!("duration_{rule}"), format!("outcome_{rule}")]
}

/// What has become of a migration, the codes of [`durations`]:
///
/// - `ended`: the person migrated back after the duration,
/// - `not_over`: not within the units that were observed to their end,
/// - `unseen`: on a crossing that is missing, so that nobody knows when; without a duration,
/// - `undecided`: it is not known whether a later crossing is the migration back; without a duration.
pub const FOLLOWED: [&str; 4] = ["ended", "not_over", "unseen", "undecided"];

/// The column in which a residence rule says what it knew of a record at the end of its month and of each month after it, had the
/// data ended there, a letter a month ([`monthly_answer`](crate::monthly_answer)): `1` a migration, `0` none, `?` not decided yet; `y`, `n`
/// and `o` are the same after a missing crossing of which that is not known; `-` not judged. None of records that are older than
/// estimates look back, or that a rule does not judge at all.
pub fn monthly_answers(rule: &str) -> String {
    format!("monthly_answers_{rule}")
}

/// The column in which a rule for permits says what a permit is to its holder: `first`, `renewal` or `change` (of the reason); `first_own`,
/// the first permit of one's own of somebody who was registered on a parent's permit; `too_short`; or why there is no answer: `no_person`,
/// `no_validity`, `ends_before_it_begins`, `after_extraction`.
pub fn event(rule: &str) -> String {
    format!("event_{rule}")
}

/// The columns of the first and the last day of the stay to which a permit belongs: all permits that follow each other in time.
pub fn stay(rule: &str) -> [String; 2] {
    [format!("stay_first_{rule}"), format!("stay_last_{rule}")]
}

/// The columns of what became of a permit (`renewed`, `not_renewed`, `overlapped` where another one ran longer, `undecided`, `running`),
/// of the class of the lag of its renewal, and of that lag in days.
pub fn renewal(rule: &str) -> [String; 3] {
    [format!("renewal_{rule}"), format!("renewal_lag_{rule}"), format!("renewal_days_{rule}")]
}

/// The columns of the index of residence of a year, and of whether the person is resident in it: `resident` or `non_resident`.
pub fn residency(rule: &str) -> [String; 2] {
    [format!("index_{rule}"), format!("residency_{rule}")]
}

/// The columns of the first and the last day of a spell of permits.
pub const SPELL: [&str; 2] = ["spell_first", "spell_last"];
/// Why a person is in a stock: `valid`, `entered_later` or `renewed_later`.
pub const HELD_AS: &str = "held_as";
/// The year of the first permit, to which the members of a cohort belong.
pub const COHORT: &str = "cohort";
/// Years from that of the cohort to that of the reference date.
pub const YEARS_SINCE: &str = "years_since_entry";
/// Where a member of a cohort is on the reference date: `valid`, `long_term`, `naturalised`, `left` or `undecided`.
pub const OUTCOME: &str = "outcome";

/// Where the persons of a cell lived on the date before.
pub const PREVIOUS_RESIDENCE: &str = "previous_residence";
/// That date.
pub const PREVIOUS_DATE: &str = "previous_date";

/// The columns of the first and the last day that a date can be of which some are said in part only.
pub fn possible_days(date: &str) -> [String; 2] {
    [format!("{date}_first"), format!("{date}_last")]
}

/// The column of the codes of a dimension of numbers or dates, where it has totals or rows that do not state it.
pub fn code_of(dimension: &str) -> String {
    format!("{dimension}_code")
}

/// Whether a column is one that stages pass on and that is not published.
pub fn is_internal(name: &str) -> bool {
    name == MARK || name == PLACE || name.starts_with(AS_WRITTEN) || name.starts_with(IS_TOTAL)
}

const AS_WRITTEN: &str = "as written: ";
const IS_TOTAL: &str = "is total: ";

/// The column that holds a column of the file as it stands there, to distinguish cells. Stages pass it on; it is not
/// published.
pub fn as_written(name: &str) -> String {
    format!("{AS_WRITTEN}{name}")
}

/// The name in the file of a column that holds what stands there; none of other columns.
pub fn name_in_file(column: &str) -> Option<&str> {
    column.strip_prefix(AS_WRITTEN)
}

/// The column that says which rows of a dimension of numbers or dates are its total. Stages pass it on; it is not published.
pub fn is_total(dimension: &str) -> String {
    format!("{IS_TOTAL}{dimension}")
}
