//! Tables whose columns become rows: years, periods or codes in the names of columns.

use std::collections::BTreeMap;

use denizen_ingest::FoundFile;
use denizen_spec::{Format, HeaderRows, SourceKind};

use super::super::profile::{Content, Profile};
use super::{Role, Shape, is_key};

/// What the columns of a wide table are called by.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::inspect) enum Wide {
    /// Years from the first to the last.
    Years(i64, i64),
    /// Periods that begin with a year.
    Periods,
    /// Anything else.
    Names,
    /// The codes of so many dimensions, of which each is a part of the name.
    Parts(usize),
}

/// Mean length of texts up to which they may be flags.
const MOST_OF_FLAGS: usize = 3;

/// Numbers that are years, where columns are called so.
const YEARS: std::ops::RangeInclusive<i64> = 1800..=2150;

impl Shape {
    /// Years and periods in the names of columns.
    pub(super) fn find_wide(&mut self, found: &FoundFile, profiles: &[Profile]) {
        let all = 0..found.names.len();
        let may_be = |index: &usize| may_be_values(&profiles[*index]);
        if self.find_parts(found, &all.clone().filter(may_be).collect::<Vec<_>>()) {
            return;
        }
        let years: Vec<(usize, i64)> =
            all.clone().filter_map(|index| Some((index, year(&found.names[index])?))).collect();
        let named: Vec<usize> = years.iter().map(|(index, _)| *index).collect();
        self.find_flags(found, profiles, &named);
        let is_period = |index: &usize| {
            begins_with_year(&found.names[*index]) && may_be(index) && self.roles[*index] != Role::Flags
        };
        let periods: Vec<usize> = all.filter(is_period).collect();
        // A year with a note behind it, such as `2020 (p)`, is a time as the others are.
        let is_noted = periods.iter().any(|index| !named.contains(index));
        if years.len() > 1 && !is_noted {
            let (first, last) = years
                .iter()
                .fold((i64::MAX, 0), |(first, last), (_, year)| (first.min(*year), last.max(*year)));
            years.iter().for_each(|(index, _)| self.roles[*index] = Role::Wide);
            self.wide = Some(Wide::Years(first, last));
        } else if periods.len() > 1 {
            periods.iter().for_each(|index| self.roles[*index] = Role::Wide);
            self.wide = Some(Wide::Periods);
            if !named.is_empty() {
                self.doubts.push(
                    "some columns are called as years, and others have something behind the year: what does it say?"
                        .to_owned(),
                );
            }
        }
    }

    /// Codes of several dimensions in the names of columns, where the other columns tell rows apart; whether there are some.
    fn find_parts(&mut self, found: &FoundFile, numbers: &[usize]) -> bool {
        let Some((parts, columns)) = of_parts(found, numbers) else { return false };
        // Where headings stand between the rows, the columns do not tell them apart.
        let others: Vec<usize> =
            self.dimensions().into_iter().filter(|index| !columns.contains(index)).collect();
        if !is_key(&found.sample, &others) {
            return false;
        }
        self.doubt_centred(found, numbers, &columns);
        columns.iter().for_each(|index| self.roles[*index] = Role::Wide);
        self.wide = Some(Wide::Parts(parts));
        true
    }

    /// A heading over the middle of its columns has no heading before it: the first of them seems to have none, and is called as those
    /// are that have one.
    fn doubt_centred(&mut self, found: &FoundFile, numbers: &[usize], columns: &[usize]) {
        let Some(separator) = separator(&found.format) else { return };
        let ends: Vec<&str> =
            columns.iter().filter_map(|index| found.names[*index].rsplit(separator).next()).collect();
        let is_without =
            |index: &&usize| !columns.contains(index) && ends.contains(&found.names[**index].as_str());
        if let Some(index) = numbers.iter().find(is_without) {
            self.doubts.push(format!(
                "no heading stands above `{}`, though above others of this name: headings may stand over the middle of their columns, which \
                 belong to others then: write them above the first of theirs",
                found.names[*index]
            ));
        }
    }

    /// Columns of short texts that are called as those of values with one and the same end: `2019 flag` beside `2019`.
    fn find_flags(&mut self, found: &FoundFile, profiles: &[Profile], of_values: &[usize]) {
        let is_flags = |index: usize| {
            matches!(profiles[index].content, Content::Text | Content::Nothing)
                && profiles[index].length <= MOST_OF_FLAGS
        };
        let mut flags = BTreeMap::<&str, Vec<usize>>::new();
        for value in of_values {
            for index in (0..found.names.len()).filter(|index| is_flags(*index)) {
                let end = found.names[index].strip_prefix(found.names[*value].as_str());
                if let Some(end) = end.filter(|end| !end.is_empty()) {
                    flags.entry(end).or_default().push(index);
                }
            }
        }
        let states_any = |columns: &[usize]| columns.iter().any(|index| profiles[*index].distinct > 0);
        let mut found = flags.into_iter().filter(|(_, columns)| columns.len() > 1 && states_any(columns));
        if let (Some((end, columns)), None) = (found.next(), found.next()) {
            columns.iter().for_each(|index| self.roles[*index] = Role::Flags);
            self.flag_suffix = Some(end.to_owned());
        }
    }

    /// Years or periods that stand beside each other become rows.
    pub(super) fn wide_table(&mut self, found: &FoundFile, profiles: &[Profile], measures: &[usize]) {
        for index in measures {
            self.roles[*index] = Role::Ignored("a number beside the columns that become rows".to_owned());
        }
        self.drop_followers(found, profiles);
        if self.key(&found.sample).is_none() && !self.dimensions().is_empty() {
            self.doubts.push(
                "several rows have the same codes: a column that tells them apart may be missing".to_owned(),
            );
        }
        self.kind = SourceKind::Cells;
        self.reasons.push("columns are called as the codes of a dimension".to_owned());
    }
}

/// Whether a column may hold values: numbers, or nothing but texts that are none.
fn may_be_values(profile: &Profile) -> bool {
    matches!(profile.content, Content::Nothing | Content::Integer | Content::Decimal { .. })
        || profile.odd.len() == profile.distinct
}

/// The year that a column is called by.
fn year(name: &str) -> Option<i64> {
    let name = name.trim();
    let year = (name.len() == 4).then(|| name.parse::<i64>().ok()).flatten();
    year.filter(|year| YEARS.contains(year))
}

fn begins_with_year(name: &str) -> bool {
    let start = name.trim().get(..4).and_then(|year| year.parse::<i64>().ok());
    start.is_some_and(|year| YEARS.contains(&year))
}

/// The columns whose names have several parts, as a header of several rows gives them, and how many: as many as most of them have.
fn of_parts(found: &FoundFile, columns: &[usize]) -> Option<(usize, Vec<usize>)> {
    let separator = separator(&found.format)?;
    let mut by_parts = BTreeMap::<usize, Vec<usize>>::new();
    for index in columns {
        by_parts.entry(found.names[*index].split(separator).count()).or_default().push(*index);
    }
    by_parts.remove(&1);
    by_parts.into_iter().filter(|(_, columns)| columns.len() > 1).max_by_key(|(_, columns)| columns.len())
}

/// What stands between the parts of names that a header of several rows gives.
pub(in crate::inspect) fn separator(format: &Format) -> Option<&str> {
    let (rows, join) = match format {
        Format::Csv(text) => match &text.layout.header {
            HeaderRows::Rows { count, join } => (*count, join),
            HeaderRows::None | HeaderRows::Names(_) => return None,
        },
        Format::Workbook(book) => (book.header_rows, &book.header_join),
        Format::SdmxCsv(_)
        | Format::EurostatTsv(_)
        | Format::FixedWidth(_)
        | Format::Parquet
        | Format::Json(_)
        | Format::JsonStat => return None,
    };
    (rows > 1 && join != " ").then_some(join.as_str())
}
