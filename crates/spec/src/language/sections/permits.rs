//! Steps for residence permits.

use super::field;
use crate::language::Section;

pub(super) const PERMITS: Section = Section {
    name: "permits",
    title: "`op = \"permits\"`",
    about: "Says of each permit what it is to its holder: `event_<name>` is `first`, `renewal`, `change` (of the reason), or `first_own` after a parent's permit. Within the gap of the rule a permit is compared with the one held last: those valid on the day before it begins or later, or else the one that ended last; for another reason than all of these it is a `change`, however many days lie between. Where one of the two states no reason it is a `renewal`, and counted as undecided in the report of the step; the next that states one is compared with the reason stated before. A record that is no permit for the rule says why in that column. `stay_first_<name>` and `stay_last_<name>` are the days of the stay: all permits that follow each other, whatever their reasons, so that residence never ends on the expiry of one. `renewal_<name>` says what followed: `renewed`, `not_renewed`, `overlapped`, `undecided`, `running`; `renewal_lag_<name>` and `renewal_days_<name>` after how long.",
    fields: &[
        field(
            "rule",
            "A preset, such as `eu_first_permit` or `uk_journey`; or `first_permit` or `permit_journey` with its parameters.",
            "",
            "rule = \"eu_first_permit\"",
        ),
        field("name", "What it is called in columns and tables.", "the name of the rule", "name = \"eu\""),
        field("person", "The column that identifies the person.", "`person`", "person = \"holder\""),
        field(
            "first",
            "The first day of validity, by which the permits of a person are ordered.",
            "",
            "first = \"issued\"",
        ),
        field("last", "The last day of validity, which is included.", "", "last = \"expires\""),
        field(
            "reason",
            "The column of the reason of the permit.",
            "all permits are of one reason",
            "reason = \"reason\"",
        ),
        field(
            "long_term",
            "Which permits are for long-term residence: columns and codes, all of which must hold. Only these may have no last day: they are valid without end.",
            "none: permits without a last day are left out, and counted",
            "long_term = { permit_type = \"LONGT\" }",
        ),
        field(
            "parent",
            "The column that says on whose permit a minor is registered; not stated for permits of one's own.",
            "all are one's own",
            "parent = \"parent_permit\"",
        ),
        field(
            "extracted",
            "The day on which the archive was extracted: permits that begin later are not known, and nothing is said of what may still come in.",
            "",
            "extracted = 2024-12-31",
        ),
        field(
            "entry_lag",
            "How long after its first day a permit may come into the archive; until then nobody is said not to have renewed.",
            "`0 days`",
            "entry_lag = \"6 months\"",
        ),
        field(
            "minimum_length",
            "`first_permit`: permits valid for less are none.",
            "none",
            "minimum_length = \"3 months\"",
        ),
        field(
            "gap",
            "Families: from the last day of a permit to the first day of one that no longer follows it. With less than two days (one with `comparison = \"more_than\"`) permits that adjoin would not follow each other, and it is refused.",
            "must be given there",
            "gap = \"6 months\"",
        ),
        field(
            "comparison",
            "Families: whether a gap of exactly this length is too long (`at_least`) or not (`more_than`).",
            "`at_least`",
            "comparison = \"more_than\"",
        ),
        field(
            "same_reason",
            "`first_permit`: whether only permits for the same reason count as earlier permits.",
            "false",
            "same_reason = true",
        ),
    ],
};

pub(super) const SPELLS: Section = Section {
    name: "spells",
    title: "`op = \"spells\"`",
    about: "Permits become spells: overlapping ones are joined, and every day of a person has the one reason that takes precedence. Permits that adjoin are joined where their reasons are equal; a reason that is not stated is one of its own, so that no spell has a reason on days for which nobody stated it. The row of a spell has `spell_first` and `spell_last`, and of the other columns, also `first` and `last`, what all its permits state alike: one that differs among them is not stated (`_U`), because it would be taken for days on which it did not hold. `expand` makes a stock of spells.",
    fields: &[
        field("person", "The column that identifies the person.", "`person`", "person = \"holder\""),
        field(
            "first",
            "The first day of validity, by which the permits of a person are ordered.",
            "",
            "first = \"issued\"",
        ),
        field("last", "The last day of validity, which is included.", "", "last = \"expires\""),
        field("reason", "The column of the reason of the permit.", "", "reason = \"reason\""),
        field(
            "precedence",
            "Reasons in the order in which they take precedence, where a person holds several permits on a day; those that are not listed come last. Of equal ones a permit for long-term residence (`long_term`) comes before others, then the one that began first, then the one that ends last, then the first by the code of its reason.",
            "no reason comes before another",
            "precedence = [\"protection\", \"family\"]",
        ),
        field(
            "minimum_length",
            "Permits valid for less are left out.",
            "none",
            "minimum_length = \"3 months\"",
        ),
        field(
            "long_term",
            "Which permits are for long-term residence: columns and codes, all of which must hold. Only these may have no last day: they are valid without end.",
            "none: permits without a last day are left out, and counted",
            "long_term = { permit_type = \"LONGT\" }",
        ),
        field(
            "extracted",
            "The day on which the archive was extracted: permits that begin later are not known, and nothing is said of what may still come in.",
            "",
            "extracted = 2024-12-31",
        ),
    ],
};

pub(super) const STOCK: Section = Section {
    name: "stock",
    title: "`op = \"stock\"`",
    about: "Of the permits of a person, the one that is held on each `reference_date`: a person is there once a date, and `measure = \"stock\"` counts persons. `held_as` says why: `valid`, `entered_later`, or `renewed_later` where a permit had expired and the next began in time. Each date is seen as of `entry_lag` after it: what entered the archive or begins later is not known then.",
    fields: &[
        field(
            "rule",
            "A preset, such as `it_stock` or `eu_stock`; or `permit_stock` with its parameters.",
            "",
            "rule = \"it_stock\"",
        ),
        field("name", "What it is called in columns and tables.", "the name of the rule", "name = \"eu\""),
        field("person", "The column that identifies the person.", "`person`", "person = \"holder\""),
        field(
            "first",
            "The first day of validity, by which the permits of a person are ordered.",
            "",
            "first = \"issued\"",
        ),
        field("last", "The last day of validity, which is included.", "", "last = \"expires\""),
        field(
            "reason",
            "The column of the reason of the permit.",
            "all permits are of one reason",
            "reason = \"reason\"",
        ),
        field(
            "precedence",
            "Reasons in the order in which they take precedence, where a person holds several permits on a day; those that are not listed come last. Of equal ones a permit for long-term residence (`long_term`) comes before others, then the one that began first, then the one that ends last, then the first by the code of its reason; the report of the step counts the persons for whom only the code decides, and those for whom not even that does: of permits alike in days and reason the first in the files.",
            "no reason comes before another",
            "precedence = [\"protection\", \"family\"]",
        ),
        field(
            "long_term",
            "Which permits are for long-term residence: columns and codes, all of which must hold. Only these may have no last day: they are valid without end.",
            "none: permits without a last day are left out, and counted",
            "long_term = { permit_type = \"LONGT\" }",
        ),
        field(
            "entered",
            "The day on which a permit came into the archive.",
            "each permit is taken to have been there from its first day on",
            "entered = \"entered_on\"",
        ),
        field(
            "extracted",
            "The day on which the archive was extracted: permits that begin later are not known, and nothing is said of what may still come in.",
            "",
            "extracted = 2024-12-31",
        ),
        field(
            "minimum_length",
            "Permits valid for less are left out.",
            "none",
            "minimum_length = \"3 months\"",
        ),
        field(
            "entry_lag",
            "`permit_stock`: how long after the reference date late entries and renewals are waited for.",
            "must be given there",
            "entry_lag = \"6 months\"",
        ),
        field(
            "renewal_gap",
            "`permit_stock`: whoever held a permit that expired before the date counts, if another begins within less than this.",
            "expired permits do not count",
            "renewal_gap = \"6 months\"",
        ),
        field("at", "The reference dates.", "`every`", "at = [2008-01-01, 2009-01-01]"),
        field("every", "A day of every year, from `from` to `until`.", "`at`", "every = \"12-31\""),
        field(
            "from",
            "With `every`: the first day of the period.",
            "must be given there",
            "from = 2008-01-01",
        ),
        field(
            "until",
            "With `every`: the last day of the period.",
            "must be given there",
            "until = 2024-12-31",
        ),
    ],
};

pub(super) const RETENTION: Section = Section {
    name: "retention",
    title: "`op = \"retention\"`",
    about: "Follows cohorts: whoever gets a first permit in a year belongs to its cohort. For each `reference_date` from that day on there is a row of the first permit with `cohort`, `years_since_entry`, and the `outcome`: `valid`, `long_term`, `naturalised`, `left`, or `undecided` where a renewal may still come in.",
    fields: &[
        field(
            "rule",
            "The rule of first permits, as for `op = \"permits\"`.",
            "",
            "rule = \"eu_first_permit\"",
        ),
        field("name", "What it is called in columns and tables.", "the name of the rule", "name = \"eu\""),
        field("person", "The column that identifies the person.", "`person`", "person = \"holder\""),
        field(
            "first",
            "The first day of validity, by which the permits of a person are ordered.",
            "",
            "first = \"issued\"",
        ),
        field("last", "The last day of validity, which is included.", "", "last = \"expires\""),
        field(
            "reason",
            "The column of the reason of the permit.",
            "all permits are of one reason",
            "reason = \"reason\"",
        ),
        field(
            "long_term",
            "Which permits are for long-term residence: columns and codes, all of which must hold. Only these may have no last day: they are valid without end.",
            "none: permits without a last day are left out, and counted",
            "long_term = { permit_type = \"LONGT\" }",
        ),
        field(
            "naturalised",
            "The day on which the person became a citizen, the first that any record of the person states, also one that is no permit for the rule. Those who were citizens before the first permit of their cohort are counted apart too.",
            "nobody does",
            "naturalised = \"citizen_since\"",
        ),
        field(
            "extracted",
            "The day on which the archive was extracted: permits that begin later are not known, and nothing is said of what may still come in.",
            "",
            "extracted = 2024-12-31",
        ),
        field(
            "entry_lag",
            "How long after its first day a permit may come into the archive; until then nobody is said not to have renewed.",
            "`0 days`",
            "entry_lag = \"6 months\"",
        ),
        field(
            "renewal_gap",
            "How long a permit may have expired before the next begins, for the person to have been there all the while; `0 days` asks for a valid permit.",
            "the gap of the rule",
            "renewal_gap = \"0 days\"",
        ),
        field(
            "minimum_length",
            "`first_permit`: permits valid for less are none.",
            "none",
            "minimum_length = \"3 months\"",
        ),
        field(
            "gap",
            "Families: from the last day of a permit to the first day of one that no longer follows it. With less than two days (one with `comparison = \"more_than\"`) permits that adjoin would not follow each other, and it is refused.",
            "must be given there",
            "gap = \"6 months\"",
        ),
        field(
            "comparison",
            "Families: whether a gap of exactly this length is too long (`at_least`) or not (`more_than`).",
            "`at_least`",
            "comparison = \"more_than\"",
        ),
        field(
            "same_reason",
            "`first_permit`: whether only permits for the same reason count as earlier permits.",
            "false",
            "same_reason = true",
        ),
        field("at", "The reference dates.", "`every`", "at = [2008-01-01, 2009-01-01]"),
        field("every", "A day of every year, from `from` to `until`.", "`at`", "every = \"12-31\""),
        field(
            "from",
            "With `every`: the first day of the period.",
            "must be given there",
            "from = 2008-01-01",
        ),
        field(
            "until",
            "With `every`: the last day of the period.",
            "must be given there",
            "until = 2024-12-31",
        ),
    ],
};
