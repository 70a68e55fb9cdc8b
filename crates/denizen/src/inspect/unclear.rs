//! Tables of counts that do not look like one: sexes in digits, numbers that are not written plainly, years once in each block.

use denizen_ingest::FoundFile;
use denizen_spec::SourceKind;

use super::profile::{Content, Profile};
use super::shape::{Role, Shape, is_key};
use super::toml_text::some;
use super::words::{self, has_word};

/// Distinct values that codes of digits have at the most.
const MOST_CODES: usize = 200;

impl Shape {
    /// Columns of numbers that cannot be read as they stand are values all the same, and no codes.
    pub(super) fn set_unread_aside(&mut self, found: &FoundFile, profiles: &[Profile]) {
        for (index, profile) in profiles.iter().enumerate() {
            let name = &found.names[index];
            let is_code = words::is_code_name(name);
            let texts: Vec<&str> = match profile.undecided {
                Some(mark) => {
                    found.sample.columns[index].stated().filter(|text| text.contains(mark)).collect()
                }
                None => profile.noted.iter().map(String::as_str).collect(),
            };
            if texts.is_empty() || is_code || !matches!(self.roles[index], Role::Dimension | Role::Wide) {
                continue;
            }
            let what = match profile.undecided {
                Some(mark) => {
                    format!("three digits stand behind each `{mark}`, which may be thousands or decimals")
                }
                None => "they are no numbers as they stand".to_owned(),
            };
            self.doubts.push(format!(
                "`{name}` seems to hold values, but for {}: {what}. State `thousands`, `decimal_mark` or `minus` for them, or \
                 `marks`; a note behind a number must be taken away in the file. Then it is the `value` of `kind = \"cells\"`",
                some(texts, 4)
            ));
            self.is_doubtful = true;
            if self.roles[index] == Role::Dimension {
                self.roles[index] =
                    Role::Ignored("numbers that are not read: see the doubt above".to_owned());
            }
        }
    }

    /// The measures but for columns of few whole numbers by which alone rows are told apart: those are codes.
    pub(super) fn without_codes(
        &mut self,
        found: &FoundFile,
        profiles: &[Profile],
        measures: Vec<usize>,
    ) -> Vec<usize> {
        let is_count = |index: usize| {
            has_word(&found.names[index], &words::COUNTS) || has_word(&found.names[index], &words::VALUES)
        };
        let counts: Vec<usize> = measures.iter().copied().filter(|index| is_count(*index)).collect();
        let value = match counts.as_slice() {
            [one] => Some(*one),
            [] | [_, ..] => measures.last().copied(),
        };
        let base: Vec<usize> =
            self.dimensions().into_iter().filter(|index| !measures.contains(index)).collect();
        let is_code = |index: &usize| {
            Some(*index) != value
                && !is_count(*index)
                && is_of_few_numbers(&profiles[*index], found.sample.rows)
        };
        let mut codes: Vec<usize> = measures.iter().copied().filter(is_code).collect();
        codes.sort_by_key(|index| profiles[*index].distinct);
        let with = |count: usize| [base.as_slice(), &codes[..count]].concat();
        let Some(count) = (0..=codes.len()).find(|count| is_key(&found.sample, &with(*count))) else {
            return measures;
        };
        // Rows that fill most of what codes allow are cells; records seldom do.
        let places: usize = with(count)
            .iter()
            .fold(1, |places, index| places.saturating_mul(profiles[*index].distinct.max(1)));
        if count == 0 || !(counts.len() == 1 || places <= found.sample.rows.saturating_mul(4)) {
            return measures;
        }
        for index in &codes[..count] {
            self.doubts.push(format!(
                "`{}` holds few whole numbers, and without it rows with the same codes come several times: it is taken for codes",
                found.names[*index]
            ));
        }
        measures.into_iter().filter(|index| !codes[..count].contains(index)).collect()
    }

    /// A column that states something in the first row of each block of rows only, as merged cells do.
    pub(super) fn block_column(&self, found: &FoundFile, measures: &[usize]) -> Option<usize> {
        let sample = &found.sample;
        let is_wide = |index: &usize| self.roles[*index] == Role::Wide;
        let wide = (0..self.roles.len()).find(is_wide);
        let values = measures.first().copied().into_iter().chain(wide).min().unwrap_or(self.roles.len());
        let is_blank = |column: usize, row: usize| sample.columns[column].text(row).is_none_or(str::is_empty);
        let dimensions = self.dimensions();
        let is_block = |column: usize| {
            let stated: Vec<u32> = (0..sample.rows)
                .filter(|row| !is_blank(column, *row))
                .map(|row| sample.columns[column].keys[row])
                .collect();
            let is_filled = |other: usize| {
                other != column
                    && !measures.contains(&other)
                    && (0..sample.rows).filter(|row| is_blank(other, *row)).count() * 10 <= sample.rows
            };
            sample.rows > 2
                && !is_blank(column, 0)
                && stated.len() * 2 < sample.rows
                && stated.windows(2).all(|pair| pair[0] != pair[1])
                && dimensions.iter().any(|other| is_filled(*other))
        };
        dimensions.iter().copied().filter(|column| *column < values).find(|column| is_block(*column))
    }

    /// Rows that belong to what stands in the first of their block: which is not guessed.
    pub(super) fn blocks(&mut self, found: &FoundFile, column: usize, measures: &[usize]) {
        let wide = (0..self.roles.len()).filter(|index| self.roles[*index] == Role::Wide);
        self.numbers = wide.chain(measures.iter().copied()).collect();
        self.numbers.iter().for_each(|index| self.roles[*index] = Role::Dimension);
        self.wide = None;
        self.kind = SourceKind::Records;
        let name = &found.names[column];
        self.reasons.push(format!("most rows do not state `{name}`"));
        self.doubts.push(format!(
            "`{name}` stands in the first row of each block of rows, as in merged cells, and is blank below: to what the other rows \
             belong is not guessed. Fill it in in all rows of the file; as it stands, each row counts as one"
        ));
        self.is_doubtful = true;
    }

    /// Columns of numbers in lines of fixed width: they would become rows if one section could name their places.
    pub(super) fn fields_of_numbers(&mut self, found: &FoundFile, measures: &[usize]) {
        measures.iter().for_each(|index| self.roles[*index] = Role::Dimension);
        self.numbers = measures.to_vec();
        let names: Vec<&str> = measures.iter().map(|index| found.names[*index].as_str()).collect();
        self.reasons.push("fields with places, of which several hold numbers".to_owned());
        self.doubts.push(format!(
            "each row counts as one. {} seem to be values of cells: to make rows of them, put the places of all fields into a \
             `layout` file and state `unpivot` and `kind = \"cells\"`; or take one of them as the `value`",
            some(names, 4)
        ));
        self.is_doubtful = true;
    }
}

/// Whole numbers of which each comes in several rows.
fn is_of_few_numbers(profile: &Profile, rows: usize) -> bool {
    profile.content == Content::Integer
        && profile.thousands.is_none()
        && profile.odd.is_empty()
        && profile.stated == rows
        && profile.distinct <= MOST_CODES
        && profile.distinct * 2 <= rows
        && profile.range.is_some_and(|(least, _)| least >= 0)
}
