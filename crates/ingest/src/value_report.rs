//! What is said of values that are not plainly what is written.

use std::collections::BTreeMap;

use denizen_spec::{Code, DateFormat, Diagnostic};

use crate::input::Input;
use crate::stats::IngestStats;
use crate::value_stats::DatesInPart;

impl Input {
    /// Zones of times, dates that are said in part, numbers that a sum proves.
    pub(crate) fn value_warnings(&self, stats: &IngestStats) -> Vec<Diagnostic> {
        let mut warnings: Vec<Diagnostic> = self.repaired_numbers(stats).into_iter().collect();
        warnings.extend(self.dates_in_part(stats));
        warnings.extend(stats.values.zones.iter().filter_map(|(column, zones)| self.zones(column, zones)));
        warnings
    }

    fn repaired_numbers(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let repaired = stats.values.repaired.values();
        let first = repaired.clone().map(|repaired| &repaired.first).min_by_key(|first| first.order())?;
        let (numbers, rows) =
            repaired.fold((0, 0), |(numbers, rows), more| (numbers + more.numbers, rows + more.rows));
        let name = &self.source.name;
        let message =
            format!("{numbers} numbers in {rows} rows of `{name}` were read as their sum proves them");
        let warning = Diagnostic::warning(Code::RepairedNumbers, message);
        let warning = warning.in_file(&self.files[first.file].name, Some(first.place.line()));
        Some(warning.note("thousands had been taken for decimals: cells with such a number are flagged `I`"))
    }

    fn dates_in_part(&self, stats: &IngestStats) -> Option<Diagnostic> {
        let mut columns: BTreeMap<&str, DatesInPart> = BTreeMap::new();
        for (column, dates) in stats.values.in_part.values().flatten() {
            let sum = columns.entry(column).or_default();
            sum.years += dates.years;
            sum.months += dates.months;
        }
        let says = |(column, dates): (&str, DatesInPart)| {
            let DatesInPart { years, months } = dates;
            let note = format!("`{column}`: {years} say their year only, {months} their year and month");
            (years + months > 0).then_some(note)
        };
        let notes: Vec<String> = columns.into_iter().filter_map(says).collect();
        let message = format!("some dates of `{}` say no day", self.source.name);
        let mut warning = Diagnostic::warning(Code::PartialDates, message);
        warning.notes = notes;
        (!warning.notes.is_empty()).then_some(warning)
    }

    /// Times of several zones, and times that are all in UTC; nothing where the days of one zone are asked for.
    fn zones(&self, column: &str, zones: &BTreeMap<String, u64>) -> Option<Diagnostic> {
        let asks =
            |form: &denizen_spec::Source| form.column(column)?.date_format().and_then(DateFormat::zone);
        if self.source.forms().all(|form| asks(form).is_some()) {
            return None;
        }
        let is_utc = zones.keys().all(|zone| zone == "+00:00");
        if zones.len() < 2 && !is_utc {
            return None;
        }
        let message = if is_utc {
            format!("the times of `{column}` are in UTC")
        } else {
            format!("the times of `{column}` are of several zones")
        };
        let counted: Vec<String> =
            zones.iter().take(8).map(|(zone, count)| format!("{zone} ({count})")).collect();
        let more = zones.len().saturating_sub(8);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let meaning = if is_utc {
            "each date is the day in UTC, which is not always the one of the place"
        } else {
            "each date is the day that is written, in the time of its own place"
        };
        let warning = Diagnostic::warning(Code::Zones, message).note(format!("{}{more}", counted.join(", ")));
        Some(warning.note(meaning).help("`zone = \"-05:00\"` in the column asks for the days of one time"))
    }
}
