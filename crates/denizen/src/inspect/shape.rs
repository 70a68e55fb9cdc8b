//! What a row of a table is: a cell with its value, or a record; and which columns tell rows apart.

mod wide;

use std::collections::{HashMap, HashSet};

use denizen_ingest::{FoundFile, Sample, SampleColumn};
use denizen_spec::{Format, SourceKind};

pub(super) use self::wide::{Wide, separator};
use super::profile::{Content, Profile};
use super::words::{self, has_word, words};

/// What becomes of a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Role {
    /// It tells rows apart, or says something of them.
    Dimension,
    /// The value of a cell.
    Value,
    /// For how many the row stands.
    Weight,
    /// It becomes rows.
    Wide,
    /// The flags of one that becomes rows.
    Flags,
    /// A note on the value, as SDMX has it: `obs_status` or `conf_status`.
    Attribute(&'static str),
    /// It is not read, and why.
    Ignored(String),
}

/// What a table is.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) kind: SourceKind,
    /// For each column of the file.
    pub(super) roles: Vec<Role>,
    pub(super) wide: Option<Wide>,
    /// What the names of columns end with that hold the flags of those that become rows.
    pub(super) flag_suffix: Option<String>,
    /// Why.
    pub(super) reasons: Vec<String>,
    /// What to look at.
    pub(super) doubts: Vec<String>,
    /// Whether the rows could be of the other kind.
    pub(super) is_doubtful: bool,
    /// Columns of numbers that could be values of cells, and no dimensions.
    pub(super) numbers: Vec<usize>,
}

/// Columns of which it is looked whether one follows from another.
const MOST_COMPARED: usize = 40;

/// Characters of a text from which on it is a note and no code.
const NOTE: usize = 60;

impl Shape {
    pub(super) fn of(found: &FoundFile, profiles: &[Profile], personal: &[Option<String>]) -> Self {
        let mut shape = Self {
            kind: SourceKind::Records,
            roles: vec![Role::Dimension; profiles.len()],
            wide: None,
            flag_suffix: None,
            reasons: Vec::new(),
            doubts: Vec::new(),
            is_doubtful: false,
            numbers: Vec::new(),
        };
        for (index, profile) in profiles.iter().enumerate() {
            if found.names[index].trim().is_empty() && profile.content == Content::Nothing {
                shape.roles[index] = Role::Ignored("it has no name, and nothing in it".to_owned());
            } else if profile.content == Content::Nothing {
                shape.roles[index] = Role::Ignored("no row states it".to_owned());
            } else if found.names[index].trim().is_empty() && index > 0 {
                shape.roles[index] = Role::Ignored("it has no name".to_owned());
            }
        }
        match found.format {
            Format::SdmxCsv(_) | Format::EurostatTsv(_) => {
                shape.sdmx(found, profiles);
                shape.doubt_multiples(found);
            }
            Format::JsonStat => shape.cube(found, profiles),
            Format::Csv(_)
            | Format::FixedWidth(_)
            | Format::Workbook(_)
            | Format::Parquet
            | Format::Json(_) => {
                if let Some(index) = personal.iter().position(Option::is_some) {
                    shape.reasons.push(format!("rows are about persons: see `{}`", found.names[index]));
                } else {
                    shape.table(found, profiles);
                }
            }
        }
        shape
    }

    pub(super) fn dimensions(&self) -> Vec<usize> {
        (0..self.roles.len()).filter(|index| self.roles[*index] == Role::Dimension).collect()
    }

    /// So does JSON-stat. A dimension with one code in all cells tells none apart, unless it is the time.
    fn cube(&mut self, found: &FoundFile, profiles: &[Profile]) {
        self.kind = SourceKind::Cells;
        self.reasons.push("JSON-stat holds cells of published tables".to_owned());
        for (index, name) in found.names.iter().enumerate() {
            let is_same = profiles[index].distinct == 1 && profiles[index].stated == found.sample.rows;
            if matches!(self.roles[index], Role::Ignored(_)) {
                continue;
            }
            self.roles[index] = match name.as_str() {
                "value" => Role::Value,
                "status" => Role::Attribute("obs_status"),
                "time" | "TIME_PERIOD" => Role::Dimension,
                _ if is_same => Role::Ignored("it is the same in all rows".to_owned()),
                _ => Role::Dimension,
            };
        }
    }

    /// SDMX says itself what is what.
    fn sdmx(&mut self, found: &FoundFile, profiles: &[Profile]) {
        self.kind = SourceKind::Cells;
        self.reasons.push("SDMX holds cells of published tables".to_owned());
        let names = &found.names;
        let value = names.iter().position(|name| name == "OBS_VALUE").unwrap_or(names.len());
        for (index, name) in names.iter().enumerate() {
            if matches!(self.roles[index], Role::Ignored(_)) {
                continue;
            }
            self.roles[index] = match name.as_str() {
                "OBS_VALUE" => Role::Value,
                "OBS_STATUS" | "OBS_FLAG" => Role::Attribute("obs_status"),
                "CONF_STATUS" => Role::Attribute("conf_status"),
                "DATAFLOW" | "STRUCTURE" | "STRUCTURE_ID" | "STRUCTURE_NAME" | "LAST UPDATE" | "ACTION" => {
                    Role::Ignored("it says where the rows come from".to_owned())
                }
                "UNIT_MULT" => Role::Ignored("values are multiplied by it without more".to_owned()),
                "UNIT_MEASURE" | "UNIT" if profiles[index].distinct > 1 => Role::Dimension,
                _ if index > value => Role::Ignored("an attribute of the value".to_owned()),
                _ if is_label(found, index) => Role::Ignored(format!("the label of `{}`", names[index - 1])),
                _ if profiles[index].distinct == 1
                    && profiles[index].stated == found.sample.rows
                    && name != "TIME_PERIOD" =>
                {
                    Role::Ignored("it is the same in all rows".to_owned())
                }
                _ => Role::Dimension,
            };
        }
    }

    fn table(&mut self, found: &FoundFile, profiles: &[Profile]) {
        if numbers_columns(&found.sample) {
            self.doubts.push(
                "the first row numbers the columns (1, 2, 3, …), and is read as the others are: take it out of the file"
                    .to_owned(),
            );
        }
        self.set_row_numbers_aside(found, profiles);
        // Fields with places do not become rows.
        if found.fields.is_empty() {
            self.find_wide(found, profiles);
        }
        self.set_unread_aside(found, profiles);
        let measures = self.measures(found, profiles);
        if let Some(column) = self.block_column(found, &measures) {
            return self.blocks(found, column, &measures);
        }
        let measures = self.without_codes(found, profiles, measures);
        self.set_aside("long texts: notes", |index| is_note(&profiles[index]));
        if self.wide.is_some() {
            return self.wide_table(found, profiles, &measures);
        }
        let value = self.value_of(found, profiles, &measures);
        measures.iter().for_each(|index| self.roles[*index] = Role::Wide);
        let copies = self.copies(&found.sample);
        let is_unique = copies > 0 || self.key(&found.sample).is_some();
        let has_dimensions = !self.dimensions().is_empty();
        match value {
            Some(_) | None if self.has_identifier(found, profiles) => {
                self.records(found, profiles, None, &measures);
            }
            Some(value) if is_unique && has_dimensions => {
                self.one_value(found, profiles, value, &measures);
                if copies > 0 {
                    let records = "where each of them is a record, it is `kind = \"records\"`";
                    self.doubts.push(format!(
                        "rows that stand there once more, the same in all columns: {copies}; {records}"
                    ));
                }
            }
            None if is_unique && !found.fields.is_empty() && measures.len() > 1 => {
                self.fields_of_numbers(found, &measures);
            }
            None if is_unique && measures.len() > 1 && has_dimensions => {
                self.columns_of_numbers(found, profiles, measures.len());
            }
            Some(_) | None => self.records(found, profiles, value, &measures),
        }
    }

    /// Numbers of rows are left out, unless a file holds nothing else: then they are its rows.
    fn set_row_numbers_aside(&mut self, found: &FoundFile, profiles: &[Profile]) {
        for index in self.dimensions() {
            let mut others = self.roles.iter().enumerate().filter(|(other, _)| *other != index);
            let is_alone = others.all(|(_, role)| matches!(role, Role::Ignored(_)));
            if !is_alone && is_row_number(&found.sample.columns[index], &profiles[index], found.sample.rows) {
                self.roles[index] = Role::Ignored("it numbers the rows".to_owned());
            }
        }
    }

    /// Leaves out columns that would be dimensions.
    fn set_aside(&mut self, why: &str, is_it: impl Fn(usize) -> bool) {
        for index in self.dimensions() {
            if is_it(index) {
                self.roles[index] = Role::Ignored(why.to_owned());
            }
        }
    }

    /// Each row is a cell with one value.
    fn one_value(&mut self, found: &FoundFile, profiles: &[Profile], value: usize, measures: &[usize]) {
        for index in measures {
            self.roles[*index] = Role::Ignored("a number beside the value".to_owned());
        }
        self.roles[value] = Role::Value;
        self.kind = SourceKind::Cells;
        let name = &found.names[value];
        self.reasons.push(format!("one column of values (`{name}`), and no two rows with the same codes"));
        self.drop_followers(found, profiles);
    }

    /// Each row has several values, under names that are codes.
    fn columns_of_numbers(&mut self, found: &FoundFile, profiles: &[Profile], columns: usize) {
        self.kind = SourceKind::Cells;
        self.wide = Some(Wide::Names);
        self.reasons.push(format!("{columns} columns of numbers, and no two rows with the same codes"));
        self.doubts.push(
            "columns of numbers become rows: leave out those that count something else, or nothing"
                .to_owned(),
        );
        self.drop_followers(found, profiles);
    }

    /// Whether one column alone tells many rows apart, beside several that only describe them: rows are events or persons.
    fn has_identifier(&self, found: &FoundFile, profiles: &[Profile]) -> bool {
        let is_alone = |index: &usize| profiles[*index].distinct == found.sample.rows;
        let dimensions = self.dimensions();
        found.sample.rows > 100 && dimensions.len() > 4 && dimensions.iter().any(is_alone)
    }

    fn records(&mut self, found: &FoundFile, profiles: &[Profile], value: Option<usize>, measures: &[usize]) {
        let is_repeated = self.key(&found.sample).is_none();
        let is_told_apart = self.has_identifier(found, profiles);
        measures.iter().for_each(|index| self.roles[*index] = Role::Dimension);
        let is_count = |index: &usize| {
            let profile = &profiles[*index];
            let is_whole =
                profile.content == Content::Integer && profile.range.is_some_and(|(least, _)| least >= 0);
            is_whole
                && profile.odd.is_empty()
                && (has_word(&found.names[*index], &words::COUNTS)
                    || has_word(&found.names[*index], &words::VALUES))
        };
        if let Some(weight) = value.filter(is_count) {
            self.roles[weight] = Role::Weight;
            self.reasons.push(format!(
                "rows with the same codes come several times, and `{}` counts",
                found.names[weight]
            ));
            self.doubts.push("a row stands for so many: are some rows totals of others?".to_owned());
        } else if measures.is_empty() {
            self.reasons.push("no column of values".to_owned());
        } else if is_told_apart {
            self.reasons.push("one column tells each row apart, and several describe it".to_owned());
        } else {
            let names: Vec<String> =
                measures.iter().take(3).map(|index| format!("`{}`", found.names[*index])).collect();
            self.reasons.push(if is_repeated {
                "rows with the same codes come several times, with numbers that are no counts".to_owned()
            } else {
                "no columns but numbers".to_owned()
            });
            self.doubts.push(format!(
                "each row counts as one. Where {} holds counts, it is a `weight`, or the `value` of `kind = \"cells\"`",
                names.join(" or ")
            ));
            self.is_doubtful = true;
        }
    }

    /// Columns of numbers that do not tell rows apart.
    fn measures(&self, found: &FoundFile, profiles: &[Profile]) -> Vec<usize> {
        let is_measure = |index: &usize| {
            let (profile, name) = (&profiles[*index], &found.names[*index]);
            let is_open = self.roles[*index] == Role::Dimension;
            let is_named_code = words::is_code_name(name);
            let is_few = profile.odd.len() <= 5;
            is_open
                && profile.is_number()
                && !profile.is_year
                && is_few
                && (!is_named_code || matches!(profile.content, Content::Decimal { .. }))
        };
        (0..profiles.len()).filter(is_measure).collect()
    }

    fn value_of(&self, found: &FoundFile, profiles: &[Profile], measures: &[usize]) -> Option<usize> {
        let named = |wanted: &[&str]| {
            let mut named = measures
                .iter()
                .filter(|index| has_word(&found.names[**index], wanted) && profiles[**index].is_number());
            named.next().copied().filter(|_| named.next().is_none())
        };
        match measures {
            [one] => Some(*one),
            _ => named(&words::VALUES),
        }
    }

    /// Columns that follow from another one: the rows are told apart without them.
    fn drop_followers(&mut self, found: &FoundFile, profiles: &[Profile]) {
        let sample = &found.sample;
        let dimensions = self.dimensions();
        if dimensions.len() > MOST_COMPARED || sample.rows < 2 {
            return;
        }
        let is_time = |index: usize| {
            profiles[index].is_year
                || profiles[index].is_date()
                || has_word(&found.names[index], &words::YEAR)
        };
        self.doubt_multiples(found);
        // Values in unlike units are no values of one table.
        let is_unit =
            |index: usize| has_word(&found.names[index], &words::UNITS) && profiles[index].distinct > 1;
        if let Some(unit) = dimensions.iter().find(|index| is_unit(**index)) {
            self.doubts.push(format!("values are in the units of `{}`: see `given_in`", found.names[*unit]));
        }
        // Where cells are merged, blanks stand for a code that is not the same everywhere.
        let states_all = |index: usize| !sample.columns[index].texts.iter().any(String::is_empty);
        for other in dimensions.iter().copied() {
            let leader = dimensions.iter().copied().find(|leader| {
                *leader != other
                    && self.roles[*leader] == Role::Dimension
                    && !is_time(other)
                    && !is_time(*leader)
                    && !is_unit(other)
                    && states_all(*leader)
                    && !are_alike(&sample.columns[*leader], &sample.columns[other])
                    && follows(&sample.columns[*leader], &sample.columns[other])
                    && (!follows(&sample.columns[other], &sample.columns[*leader])
                        || is_better(*leader, other, found, profiles))
            });
            if let Some(leader) = leader {
                self.roles[other] = Role::Ignored(format!("it follows from `{}`", found.names[leader]));
            }
        }
        if self.key(sample).is_none() {
            // What follows in most rows, and not in all.
            dimensions.iter().for_each(|index| self.roles[*index] = Role::Dimension);
        }
    }

    /// How many rows stand there once more, the same in all columns, where otherwise no two have the same codes and they are
    /// few; 0 where that is not so.
    fn copies(&self, sample: &Sample) -> usize {
        if !sample.columns.iter().all(SampleColumn::has_all_texts) {
            return 0;
        }
        let is_read = |index: &usize| !matches!(self.roles[*index], Role::Ignored(_));
        let (dimensions, read) =
            (self.dimensions(), (0..self.roles.len()).filter(is_read).collect::<Vec<_>>());
        let (mut seen, mut copies) = (HashMap::with_capacity(sample.rows), 0);
        for row in (0..sample.rows).filter(|row| !is_blank(sample, *row)) {
            let keys =
                |columns: &[usize]| columns.iter().map(|index| sample.columns[*index].keys[row]).collect();
            let all: Vec<u32> = keys(&read);
            let known: &Vec<u32> = seen.entry(keys(&dimensions)).or_insert_with(|| all.clone());
            if *known != all {
                return 0;
            }
            copies += 1;
        }
        let copies = copies - seen.len();
        if copies * 5 <= sample.rows { copies } else { 0 }
    }

    /// Says where values seem to be in thousands, by the texts of a column of units or the names of columns.
    fn doubt_multiples(&mut self, found: &FoundFile) {
        let is_multiple = |text: &str| has_word(text, &words::MULTIPLES);
        let of_unit = |column: &SampleColumn| {
            let text = column.stated().find(|text| is_multiple(text))?;
            has_word(&column.name, &words::UNITS).then(|| format!("`{text}` stands in `{}`", column.name))
        };
        let of_name =
            || Some(format!("a column is called `{}`", found.names.iter().find(|name| is_multiple(name))?));
        if let Some(why) = found.sample.columns.iter().find_map(of_unit).or_else(of_name) {
            self.doubts.push(format!("{why}: are values thousands (`given_in = \"thousands\"`)?"));
        }
    }

    /// The columns that tell rows apart, where they do.
    fn key(&self, sample: &Sample) -> Option<Vec<usize>> {
        let dimensions = self.dimensions();
        is_key(sample, &dimensions).then_some(dimensions)
    }
}

/// Whether no two rows have the same texts in these columns.
pub(super) fn is_key(sample: &Sample, columns: &[usize]) -> bool {
    let mut seen = HashSet::with_capacity(sample.rows);
    let key = |row: usize| columns.iter().map(|index| sample.columns[*index].keys[row]).collect::<Vec<u32>>();
    (0..sample.rows).all(|row| is_blank(sample, row) || seen.insert(key(row)))
}

fn is_blank(sample: &Sample, row: usize) -> bool {
    sample.columns.iter().filter(|column| column.text(row).is_some_and(|text| text.is_empty())).count() + 1
        >= sample.columns.len().max(2)
}

/// A label of SDMX-CSV stands behind the code, and follows from it.
fn is_label(found: &FoundFile, index: usize) -> bool {
    let is_code = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let name = &found.names[index];
    index > 0
        && is_code(&found.names[index - 1])
        && (!is_code(name) || name.contains(char::is_lowercase) && name.starts_with(char::is_uppercase))
        && follows(&found.sample.columns[index - 1], &found.sample.columns[index])
}

/// Whether two columns are of one kind of codes, such as two of countries: neither is the label of the other.
fn are_alike(one: &SampleColumn, other: &SampleColumn) -> bool {
    let texts: HashSet<&str> = one.stated().collect();
    let (shared, all) = (other.stated().filter(|text| texts.contains(text)).count(), other.stated().count());
    shared > 1 && shared * 2 >= all.min(texts.len())
}

/// Whether a column has one text for each of another.
fn follows(leader: &SampleColumn, other: &SampleColumn) -> bool {
    let mut of_key: Vec<Option<u32>> = vec![None; leader.texts.len()];
    leader.keys.iter().zip(&other.keys).all(|(leader, other)| match of_key.get_mut(*leader as usize) {
        None => false,
        Some(Some(known)) => known == other,
        Some(unknown) => {
            *unknown = Some(*other);
            true
        }
    })
}

/// Of two columns that say the same: a code, or else the first.
fn is_better(one: usize, other: usize, found: &FoundFile, profiles: &[Profile]) -> bool {
    let is_code = |index: usize| {
        words(&found.names[index])
            .iter()
            .any(|word| ["code", "codice", "codigo", "cod", "id", "iso"].contains(&word.as_str()))
    };
    let rank = |index: usize| (is_code(index), std::cmp::Reverse(profiles[index].length));
    match rank(one).cmp(&rank(other)) {
        std::cmp::Ordering::Equal => one < other,
        order => order.is_gt(),
    }
}

/// Whole numbers that rise by one.
fn is_row_number(column: &SampleColumn, profile: &Profile, rows: usize) -> bool {
    let mut numbers = (0..rows).map(|row| column.text(row).and_then(|text| text.parse::<i64>().ok()));
    let Some(Some(first)) = numbers.next() else { return false };
    let is_rising = numbers.enumerate().all(|(index, number)| number == Some(first + index as i64 + 1));
    rows > 2 && profile.content == Content::Integer && !profile.is_year && first <= 1 && is_rising
}

/// Whether the first row numbers the columns: 1, 2, 3, or (1), (2), (3).
fn numbers_columns(sample: &Sample) -> bool {
    let is_number = |(index, column): (usize, &SampleColumn)| {
        let text = column.text(0).map(|text| text.trim_matches(['(', ')', '[', ']', '.']).trim());
        text == Some((index + 1).to_string().as_str())
    };
    sample.columns.len() > 1 && sample.rows > 1 && sample.columns.iter().enumerate().all(is_number)
}

fn is_note(profile: &Profile) -> bool {
    profile.content == Content::Text && profile.length > NOTE
}
