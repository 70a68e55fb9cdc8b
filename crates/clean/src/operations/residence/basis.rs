//! On what the answer of a rule rests, or why there is none.

use denizen_residence::{Period, RowUse};
use denizen_spec::columns;

/// On what an answer rests: one of [`columns::BASES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Basis {
    AsRecorded,
    Repaired,
    UnseenMigration,
    UnseenUndecided,
    OutsidePeriod,
    LeftOut,
    NoPerson,
    NoDateOrDirection,
    Permit,
    Assumed,
}

impl Basis {
    /// In the order of their numbers.
    pub(super) const ALL: [Self; 10] = [
        Self::AsRecorded,
        Self::Repaired,
        Self::UnseenMigration,
        Self::UnseenUndecided,
        Self::OutsidePeriod,
        Self::LeftOut,
        Self::NoPerson,
        Self::NoDateOrDirection,
        Self::Permit,
        Self::Assumed,
    ];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::AsRecorded => columns::AS_RECORDED,
            Self::Repaired => columns::REPAIRED,
            Self::UnseenMigration => columns::UNSEEN_MIGRATION,
            Self::UnseenUndecided => columns::UNSEEN_UNDECIDED,
            Self::OutsidePeriod => columns::OUTSIDE_PERIOD,
            Self::LeftOut => columns::LEFT_OUT,
            Self::NoPerson => columns::NO_PERSON,
            Self::NoDateOrDirection => columns::NO_DATE_OR_DIRECTION,
            Self::Permit => columns::PERMIT,
            Self::Assumed => columns::ASSUMED,
        }
    }

    pub(super) fn of(row_use: RowUse, day: i32, period: Option<Period>) -> Self {
        if period.is_some_and(|period| day < period.first || period.last < day) {
            return Self::OutsidePeriod;
        }
        match row_use {
            RowUse::Used => Self::AsRecorded,
            RowUse::Repaired => Self::Repaired,
            RowUse::AfterUnseenMigration => Self::UnseenMigration,
            RowUse::AfterUnseenUndecided => Self::UnseenUndecided,
            RowUse::AfterUntil | RowUse::OutsidePermit => Self::OutsidePeriod,
            RowUse::Dropped | RowUse::Rejected => Self::LeftOut,
            RowUse::Unidentified => Self::NoPerson,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_numbered_in_order() {
        assert!(Basis::ALL.iter().enumerate().all(|(number, basis)| *basis as usize == number));
        assert_eq!(Basis::ALL.map(Basis::word), columns::BASES);
    }
}
