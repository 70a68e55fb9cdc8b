//! What the fields of each section mean.

mod check;
mod clean;
mod column;
mod permits;
mod persons;
mod product;
mod residence;
mod source;
mod table;

use super::{FieldMeaning, Section};

const fn field(
    key: &'static str,
    meaning: &'static str,
    default: &'static str,
    example: &'static str,
) -> FieldMeaning {
    FieldMeaning { key, meaning, default, example }
}

/// All sections, in the order of a pipeline file.
pub const SECTIONS: &[Section] = &[
    product::PIPELINE,
    source::SOURCE,
    source::UNPIVOT,
    source::REPAIR,
    column::COLUMN,
    source::VARIANT,
    clean::CLEAN,
    clean::FILTER,
    clean::KEEP,
    clean::RECODE,
    clean::DERIVE,
    clean::DEDUPLICATE,
    residence::RESIDENCE,
    clean::EXPAND,
    clean::FLOWS_FROM_STOCKS,
    persons::INHERIT,
    persons::LINK,
    persons::PAIRS,
    clean::CORRECT,
    clean::ENTRIES,
    permits::PERMITS,
    permits::SPELLS,
    permits::STOCK,
    permits::RETENTION,
    residence::SIGNS_OF_LIFE,
    check::CHECK,
    check::BALANCE,
    check::VOLUME,
    table::TABLE,
    table::ESTIMATE,
    table::INDICATOR,
    table::OTHER_TABLE,
    product::TEXT,
    table::ACCOUNT,
    product::DISCLOSURE,
    product::RELEASE,
    product::PUBLISHED,
];
