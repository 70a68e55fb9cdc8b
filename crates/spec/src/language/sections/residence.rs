//! Steps that tell who lives where.

use super::field;
use crate::language::Section;

pub(super) const RESIDENCE: Section = Section {
    name: "residence",
    title: "`op = \"residence\"`",
    about: "Decides by a rule which crossings are migrations. `denizen explain` lists the rules, each with its source.",
    fields: &[
        field(
            "rule",
            "A preset, or a family of rules whose parameters are spelt out.",
            "",
            "rule = \"nz_12_16\"",
        ),
        field("name", "What it is called in tables.", "the name of the rule", "name = \"official\""),
        field("person", "The column that identifies the person.", "`person`", "person = \"passport\""),
        field("date", "The day of the crossing.", "`crossed_on`", "date = \"day\""),
        field(
            "sequence",
            "The column that orders the crossings of one day.",
            "the order of the files",
            "sequence = \"number\"",
        ),
        field(
            "direction",
            "The column of `arrival` or `departure`.",
            "`direction`",
            "direction = \"movement\"",
        ),
        field("from", "The first day whose migrations count.", "that of the preset", "from = 1990-01-01"),
        field("until", "The last day that is observed.", "that of the preset", "until = 2007-12-31"),
        field(
            "threshold",
            "Families: how long counts as residence or absence.",
            "must be given where the family has it",
            "threshold = \"12 months\"",
        ),
        field(
            "window",
            "Families: within how long.",
            "must be given where the family has it",
            "window = \"16 months\"",
        ),
        field(
            "minimum_absence",
            "Families: how long somebody must be away.",
            "must be given where the family has it",
            "minimum_absence = \"365 days\"",
        ),
        field(
            "comparison",
            "Families: `at_least` or `more_than` the threshold.",
            "`at_least`",
            "comparison = \"more_than\"",
        ),
        field(
            "boundary",
            "Families: where the day of departure belongs: `departure_day_abroad` or `departure_day_inside`.",
            "that of the family",
            "boundary = \"departure_day_abroad\"",
        ),
        field(
            "initial",
            "What is assumed of a person before the first crossing: `unknown`, `opposite_of_first_crossing` (who is first seen leaving was at home), `resident` or `non_resident`.",
            "that of the rule",
            "initial = \"opposite_of_first_crossing\"",
        ),
        field("observed_from", "The first day of the data.", "not known", "observed_from = 1990-01-01"),
        field(
            "declared",
            "The column of the status that a person declared.",
            "none",
            "declared = \"status\"",
        ),
        field(
            "joining_gap",
            "Families: permits that follow each other within this are one stay.",
            "must be given where the family has it",
            "joining_gap = \"1 day\"",
        ),
        field(
            "permits",
            "For `uk_fald`, which judges crossings within permits: the column of the last day of a permit. A row that states it and no direction is a permit, with its first day in `date`; files of permits and of crossings are variants of one source. Where no departure is on record at the end of a permit, a row is made of it: a departure on the last day, with the basis `assumed`.",
            "must be given where the rule needs it",
            "permits = \"valid_to\"",
        ),
        field(
            "faults",
            "What is done with two crossings in the same direction: `bounds` (whatever the missing crossing may have been is left open), `lower`, `upper`, `midpoint`, `as_recorded`, `reject_person`, `drop_later` or `drop_earlier`.",
            "that of the rule",
            "faults = \"as_recorded\"",
        ),
        field(
            "durations",
            "Also makes `duration_<name>` and `outcome_<name>`: of each migration how many `months` or `years`, one that has begun counting as a whole, until the person migrated back (`ended`), or how many could be observed whole without that (`not_over`). `unseen` and `undecided` have no duration. A table that reads its dimensions `duration` and `outcome` `from` them tells `survival` and, of emigrations, `return_ratio`.",
            "they are not made",
            "durations = \"years\"",
        ),
        field(
            "same_day",
            "How crossings of one day follow each other: `keep_order`, as in the files or by `sequence`, or `restore_alternation`, so that arrivals and departures take turns.",
            "that of the rule",
            "same_day = \"restore_alternation\"",
        ),
    ],
};

pub(super) const SIGNS_OF_LIFE: Section = Section {
    name: "signs_of_life",
    title: "`op = \"signs_of_life\"`",
    about: "An index of residence from the registers in which a person was active, each row a year of a person: `index_<name>`, carried from year to year, and `residency_<name>`, `resident` or `non_resident`. For countries with registers.",
    fields: &[
        field(
            "rule",
            "A preset, such as `ee_index`; or `signs_of_life` with its parameters.",
            "",
            "rule = \"ee_index\"",
        ),
        field("name", "What it is called in columns and tables.", "the name of the rule", "name = \"eu\""),
        field("person", "The column that identifies the person.", "`person`", "person = \"holder\""),
        field("date", "A day of the year.", "`date`", "date = \"year_end\""),
        field(
            "weights",
            "For each register the column that counts the signs of the year, and the weight of any. A sign that is not stated leaves the person without answer from there on.",
            "must be given",
            "weights = { health = 0.6, taxes = 0.4 }",
        ),
        field(
            "previous",
            "The column of the index of the year before a person's first row, from an earlier release.",
            "`initial`",
            "previous = \"index_before\"",
        ),
        field(
            "initial",
            "The index before a person's first row, where no column states it.",
            "0",
            "initial = 1",
        ),
        field(
            "decay",
            "`signs_of_life`: what is left of the index of the year before.",
            "must be given there",
            "decay = 0.8",
        ),
        field(
            "gain",
            "`signs_of_life`: what a year with signs of the weight 1 adds.",
            "must be given there",
            "gain = 0.2",
        ),
        field(
            "threshold",
            "`signs_of_life`: the index above which a person is resident.",
            "must be given there",
            "threshold = 0.7",
        ),
    ],
};
