//! Numbers of which a program has taken the points between thousands for the beginning of decimals: the sum that they are part of
//! says what they were ([`denizen_spec::Repair`]).

mod over;

use denizen_spec::{Code, Diagnostic, Repair, Source, SourceKind, Thousands};

use super::reshape::{Cell, Flags, Part, Plan, ReshapedRows};
use super::{Envelope, FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::{Called, called};

pub(super) use self::over::RepairedOver;

/// What a repaired number is flagged as: imputed by who received the data.
pub(super) const FLAG: &[u8] = b"I";

/// The column that the flags make where nothing else makes one.
const FLAG_COLUMN: &str = "flag of repaired numbers";

/// Numbers of a row that can be read in two ways: with more of them a thousand sums would not do, and a run could not be
/// stopped for a long time.
const MOST_UNCERTAIN: usize = 10;

/// A format some of whose numbers are repaired. Wide tables are repaired before their columns become rows.
pub(super) struct Repaired {
    format: Box<dyn FileFormat>,
    repair: Vec<Repair>,
    /// Of cells, the column of their values.
    value: Option<String>,
}

impl Repaired {
    pub(super) fn new(format: Box<dyn FileFormat>, source: &Source) -> Self {
        let value = source.column(denizen_spec::columns::VALUE).map(|column| column.from.clone());
        let value = value.filter(|_| source.kind == SourceKind::Cells);
        Self { format, repair: of_rows(source), value }
    }
}

/// What repairs the numbers of a row by each other.
pub(super) fn of_rows(source: &Source) -> Vec<Repair> {
    source.repair.iter().filter(|repair| repair.over.is_none()).cloned().collect()
}

/// What stands before that which a program took for decimals.
fn mark_of(repair: &Repair) -> u8 {
    match repair.thousands {
        Thousands::Comma => b',',
        Thousands::Point | Thousands::Blank | Thousands::Apostrophe => b'.',
    }
}

impl FileFormat for Repaired {
    fn decoder(&self) -> Decoder {
        self.format.decoder()
    }

    fn inner(&self) -> Option<&dyn FileFormat> {
        Some(&*self.format)
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let name = file.name.clone();
        let (repair, value) = (self.repair.clone(), self.value.clone());
        let make = move |file: &str, names: &[String]| plan(&repair, value.as_deref(), file, names).map(Some);
        Ok(Box::new(ReshapedRows::new(name, self.format.open(file)?, Box::new(make))))
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let envelope = self.format.envelope(names);
        let flag = names.iter().position(|name| name == FLAG_COLUMN);
        Envelope { status: envelope.status.or(flag), ..envelope }
    }
}

/// All columns as they are, and the flags of the values.
fn plan(repair: &[Repair], value: Option<&str>, file: &str, names: &[String]) -> Result<Plan, Diagnostic> {
    let mut columns: Vec<(String, Part)> =
        names.iter().enumerate().map(|(field, name)| (name.clone(), Part::Field(field))).collect();
    let value = value.and_then(|value| match called(names, value) {
        Called::One(field) => Some(field),
        Called::Nothing | Called::Several => None,
    });
    columns.extend(value.map(|_| (FLAG_COLUMN.to_owned(), Part::Flag)));
    let cell = Cell { field: value.unwrap_or_default(), flags: Flags::None, codes: Vec::new() };
    let repairs = RowRepair::all(repair, file, names)?;
    Ok(Plan { columns, parts_of_first: None, cells: vec![cell], repairs })
}

/// How the numbers of a row are repaired.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RowRepair {
    /// The field of the total, and those of its parts.
    fields: Vec<usize>,
    mark: u8,
    whole_as_written: bool,
}

/// What a field holds in place of what is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RepairedField {
    pub(super) field: usize,
    number: i64,
    pub(super) text: String,
    /// Whether it is another number, and not the same one written otherwise.
    pub(super) is_other: bool,
}

impl RowRepair {
    /// The repairs of a source in the columns of a file.
    pub(super) fn all(repair: &[Repair], file: &str, names: &[String]) -> Result<Vec<Self>, Diagnostic> {
        repair.iter().map(|repair| Self::new(repair, file, names)).collect()
    }

    fn new(repair: &Repair, file: &str, names: &[String]) -> Result<Self, Diagnostic> {
        let fields = repair.names().map(|wanted| match called(names, wanted) {
            Called::One(field) => Ok(field),
            Called::Nothing => {
                let message = format!("`{file}` has no column `{wanted}`, which `repair` names");
                let fault = Diagnostic::error(Code::MissingColumn, message).in_file(file, Some(1));
                Err(fault.help("name the columns as the file does"))
            }
            Called::Several => {
                let message = format!("`{file}` has several columns `{wanted}`, which `repair` names");
                let fault = Diagnostic::error(Code::AmbiguousColumn, message).in_file(file, Some(1));
                Err(fault.help(format!("the second of them is `{wanted} (2)`")))
            }
        });
        Ok(Self {
            fields: fields.collect::<Result<_, _>>()?,
            mark: mark_of(repair),
            whole_as_written: repair.whole_as_written,
        })
    }

    /// The readings of the numbers of a row, of which `field` gives the text and whether it was a number in the file; none of a row
    /// without numbers.
    fn readings<'a>(&self, field: impl Fn(usize) -> (&'a [u8], bool)) -> Option<Vec<Reading>> {
        let texts: Vec<(&[u8], bool)> = self.fields.iter().map(|index| field(*index)).collect();
        if texts.iter().all(|(text, _)| text.trim_ascii().is_empty()) {
            return Some(Vec::new());
        }
        // What was a number in the file has no mark of its own.
        let mark = |is_typed| if is_typed { b'.' } else { self.mark };
        texts.iter().map(|(text, is_typed)| Reading::of(text, mark(*is_typed))).collect()
    }
}

/// The numbers of a row that the sums decide, of which `field` gives the text and whether it was a number in the file. Nothing
/// where they do not decide all of them, or contradict each other.
///
/// What one sum decides is known to the others, in whatever order they are declared.
pub(super) fn repaired<'a>(
    repairs: &[RowRepair],
    field: impl Fn(usize) -> (&'a [u8], bool),
) -> Option<Vec<RepairedField>> {
    let mut found: Vec<RepairedField> = Vec::new();
    let mut pending = Vec::new();
    for repair in repairs {
        let readings = repair.readings(&field)?;
        pending.extend((!readings.is_empty()).then_some((repair, readings)));
    }
    while !pending.is_empty() {
        // That numbers are as they are written is taken for granted only where nothing proves it.
        let decide = |takes_as_written: bool| {
            pending.iter().enumerate().find_map(|(index, (repair, readings))| {
                let readings = known(readings, &repair.fields, &found);
                let whole_as_written = takes_as_written && repair.whole_as_written;
                Some((index, decided(&readings, whole_as_written).ok()?))
            })
        };
        let (index, numbers) = decide(false).or_else(|| decide(true))?;
        let (repair, readings) = pending.swap_remove(index);
        for ((field, number), reading) in repair.fields.iter().zip(numbers).zip(&readings) {
            if found.iter().all(|known| known.field != *field) {
                let is_other = reading.written != Some(number);
                found.push(RepairedField { field: *field, number, text: number.to_string(), is_other });
            }
        }
    }
    Some(found)
}

/// Readings, of which those are certain that another sum has decided.
fn known(readings: &[Reading], fields: &[usize], found: &[RepairedField]) -> Vec<Reading> {
    let reading =
        |(reading, field): (&Reading, &usize)| match found.iter().find(|known| known.field == *field) {
            Some(known) => Reading::certain(known.number),
            None => *reading,
        };
    readings.iter().zip(fields).map(reading).collect()
}

/// How a number can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    /// In the way that changes least.
    first: i64,
    /// In another way, too.
    second: Option<i64>,
    /// As it is written, where that is a whole number.
    written: Option<i64>,
    /// Whether its form shows that it was a thousand.
    shows_thousands: bool,
}

impl Reading {
    /// The readings of a text: `12.5` is 12,500; `2` is itself, or what is left of `2.000`. None where no program writes so what was
    /// a number with marks between thousands.
    fn of(text: &[u8], mark: u8) -> Option<Self> {
        let text = std::str::from_utf8(text.trim_ascii()).ok()?;
        let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
        let mut groups = text.split(char::from(mark));
        let is_written = |whole: &&str| is_number(whole, 15) && (*whole == "0" || !whole.starts_with('0'));
        let whole = groups.next().filter(is_written)?;
        let decimals: Vec<&str> = groups.collect();
        let number: i64 = whole.parse().ok()?;
        let is_group = |group: &&str| group.len() == 3 && is_number(group, 3);
        let could_be_thousands = (1..1000).contains(&number);
        let reading = match decimals[..] {
            [] => Self::whole(number, could_be_thousands),
            // As programs write a number that has no decimals, when it has the type of numbers that do.
            ["0" | "00"] => Self::whole(number, could_be_thousands),
            [last] if could_be_thousands && is_number(last, 3) => {
                let digits: i64 = format!("{last:0<3}").parse().ok()?;
                let number = number * 1000 + digits;
                // Three digits are what was written before; fewer are another number now.
                let written = (last.len() == 3).then_some(number);
                Self { first: number, second: None, written, shows_thousands: true }
            }
            // Nothing took the marks for the beginning of decimals: there are several.
            ref groups if could_be_thousands && groups.len() < 4 && groups.iter().all(is_group) => {
                let number = format!("{whole}{}", groups.concat()).parse().ok()?;
                Self { first: number, second: None, written: Some(number), shows_thousands: true }
            }
            _ => return None,
        };
        let signed = |number: i64| sign * number;
        Some(Self {
            first: signed(reading.first),
            second: reading.second.map(signed),
            written: reading.written.map(signed),
            ..reading
        })
    }

    /// That of a number which something else has proven.
    fn certain(number: i64) -> Self {
        Self { first: number, second: None, written: None, shows_thousands: true }
    }

    fn whole(number: i64, could_be_thousands: bool) -> Self {
        let second = could_be_thousands.then_some(number * 1000);
        Self { first: number, second, written: Some(number), shows_thousands: false }
    }
}

/// Whether a text is one to so many digits.
fn is_number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why some numbers are not decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NotDecided {
    /// No reading adds up.
    None,
    /// Several do, or there are too many to look at.
    Several,
}

/// The one reading of some numbers by which the first is the sum of the others.
fn decided(readings: &[Reading], whole_as_written: bool) -> Result<Vec<i64>, NotDecided> {
    let Some((total, parts)) = readings.split_first() else { return Err(NotDecided::None) };
    if whole_as_written && readings.iter().all(|reading| !reading.shows_thousands) {
        let adds_up = parts.iter().map(|part| part.first).sum::<i64>() == total.first;
        let numbers = || readings.iter().map(|reading| reading.first).collect();
        return adds_up.then(numbers).ok_or(NotDecided::None);
    }
    let uncertain: Vec<usize> =
        (0..readings.len()).filter(|index| readings[*index].second.is_some()).collect();
    if uncertain.len() > MOST_UNCERTAIN {
        return Err(NotDecided::Several);
    }
    // What is missing to the sum when all numbers are read in the first way, and by how much each changes that in the second.
    let missing = total.first - parts.iter().map(|part| part.first).sum::<i64>();
    let change = |index: &usize| {
        let reading = readings[*index];
        let more = reading.second.unwrap_or(reading.first) - reading.first;
        if *index == 0 { more } else { -more }
    };
    let changes: Vec<i64> = uncertain.iter().map(change).collect();
    let mut ways = (0_u32..1 << uncertain.len()).filter(|chosen| {
        let chosen = changes.iter().enumerate().filter(|(bit, _)| chosen & (1 << bit) != 0);
        missing + chosen.map(|(_, change)| change).sum::<i64>() == 0
    });
    let Some(way) = ways.next() else { return Err(NotDecided::None) };
    if ways.next().is_some() {
        return Err(NotDecided::Several);
    }
    let mut numbers: Vec<i64> = readings.iter().map(|reading| reading.first).collect();
    for (bit, index) in uncertain.iter().enumerate().filter(|(bit, _)| way & (1 << bit) != 0) {
        numbers[*index] += changes[bit].abs() * numbers[*index].signum();
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn solved(row: &str, whole_as_written: bool) -> Option<String> {
        let texts: Vec<&str> = row.split(' ').collect();
        let repair = RowRepair { fields: (0..texts.len()).collect(), mark: b'.', whole_as_written };
        let numbers = repaired(&[repair], |field| (texts[field].as_bytes(), false))?;
        Some(numbers.iter().map(|number| number.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// Total, men, women.
    #[test]
    fn a_sum_decides() {
        let table = [
            ("87.61 44.51 43.1", Some("87610 44510 43100")),
            ("1.973 973.0 1.0", Some("1973 973 1000")),
            ("1.973 973 1", Some("1973 973 1000")),
            ("3.5 2 1.5", Some("3500 2000 1500")),
            ("1.502 2 1.5", Some("1502 2 1500")),
            ("1.234.567 1.234 1233333", Some("1234567 1234 1233333")),
            ("0 0 0", Some("0 0 0")),
            ("1.5 1500.0 0", Some("1500 1500 0")),
            ("-1.5 -2 500", Some("-1500 -2000 500")),
            // Several readings add up, or none does.
            ("5 2 3", None),
            ("973.0 523.0 450.0", None),
            ("3.5 2 1.6", None),
            ("3.5 2", None),
            // What no program writes of a number with points between thousands.
            ("12.5 12.3456 1", None),
            ("0.5 0.25 0.25", None),
            ("1234.5 1234.5 0", None),
            ("12.5  12.5", None),
            ("12.5 x 1", None),
            ("12.5 1e3 1", None),
            ("1.5.5 1 1", None),
        ];
        for (row, expected) in table {
            assert_eq!(solved(row, false).as_deref(), expected, "{row}");
        }
        assert_eq!(solved("5 2 3", true).as_deref(), Some("5 2 3"));
        assert_eq!(solved("973.0 523.0 450.0", true).as_deref(), Some("973 523 450"));
        assert_eq!(solved("6 2 3", true), None);
        assert_eq!(solved("3.5 2 1.5", true).as_deref(), Some("3500 2000 1500"));
    }

    #[test]
    fn a_row_without_numbers_stays() {
        let repair = RowRepair { fields: vec![0, 1, 2], mark: b'.', whole_as_written: false };
        let repair = [repair];
        assert_eq!(repaired(&repair, |_| (b" ", false)), Some(Vec::new()));
        assert_eq!(repaired(&repair, |field| ([&b""[..], b"1", b"1"][field], false)), None);
    }

    /// As a program reads a number with points between thousands, and writes what it has read.
    fn damaged(number: i64, as_floats: bool) -> String {
        if number >= 1_000_000 {
            // This is text to such a program.
            return format!("{}.{:03}.{:03}", number / 1_000_000, number / 1000 % 1000, number % 1000);
        }
        let read = if number < 1000 {
            number as f64
        } else {
            format!("{}.{:03}", number / 1000, number % 1000).parse().unwrap()
        };
        if as_floats { format!("{read:?}") } else { format!("{read}") }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever numbers there were, they come back, or the row is undecided; and it is decided where there is one way only.
        #[test]
        fn no_other_numbers_come_back(parts in prop::collection::vec(prop_oneof![0..3000_i64, (0..900_i64).prop_map(|n| n * 1000), 0..2_000_000_i64], 2..5), as_floats: bool) {
            let numbers: Vec<i64> = std::iter::once(parts.iter().sum()).chain(parts).collect();
            let row: Vec<String> = numbers.iter().map(|number| damaged(*number, as_floats)).collect();
            let expected: Vec<String> = numbers.iter().map(i64::to_string).collect();
            let found = solved(&row.join(" "), false);
            prop_assert!(found.is_none() || found == Some(expected.join(" ")), "{row:?} {found:?}");
            if numbers.iter().all(|number| number % 10 != 0) && numbers[0] >= 1000 {
                prop_assert!(found.is_some() || numbers[1..].iter().any(|number| *number < 1000), "{row:?}");
            }
        }
    }
}
