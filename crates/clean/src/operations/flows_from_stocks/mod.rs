//! `flows_from_stocks`: where the persons of a stock lived on the date before.
//!
//! Of those of one birth, who are alike in all other columns too, an area has lost `L = max(S0 - S1, 0)` and gained
//! `G = max(S1 - S0, 0)` between two dates, and `min(S0, S1)` are taken to have stayed. Whither those that left went is not known:
//! with nothing else to tell, `L·G / ΣL` of them went from one area to another. An area cannot have lost and gained, so that this is
//! the table without movers on its diagonal that iterative proportional fitting comes to.
//!
//! Counts are whole: what the areas that gained have got is divided one after another among those that have still lost somebody, so
//! that both margins are kept exactly.

mod cells;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use ahash::RandomState;
use arrow::array::{
    Array, ArrayRef, Date32Array, Decimal128Array, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use arrow::error::ArrowError;
use denizen_spec::{Code, ColumnType, Date, Diagnostic, Path, StepReport, columns};

use crate::batch::{self, Result, Words};
use crate::operation::{Context, Failure, Operation};
use crate::operations::holders::rows_of;
use cells::Cells;
use table::transitions;

/// Rows that are made at the most: each place of birth has as many as pairs of areas.
const MOST_ROWS: usize = 10_000_000;

pub(crate) struct FlowsFromStocks {
    declared: denizen_spec::FlowsFromStocks,
    /// The other columns that tell cells apart, that of birth among them.
    others: Vec<String>,
    path: Path,
}

impl FlowsFromStocks {
    pub(crate) fn new(declared: &denizen_spec::FlowsFromStocks, context: &Context<'_>) -> Self {
        let about = [&declared.residence, &declared.date].map(String::as_str);
        let is_other = |name: &str| {
            !about.contains(&name)
                && ![columns::VALUE, columns::OBS_STATUS, columns::CONF_STATUS].contains(&name)
        };
        let tells_apart = |kind: ColumnType| match kind {
            ColumnType::Code | ColumnType::Integer | ColumnType::Date => true,
            ColumnType::Text | ColumnType::Decimal { .. } | ColumnType::Boolean => false,
        };
        let named = context.schema.columns().iter().filter(|column| is_other(&column.name));
        let named = named.filter(|column| tells_apart(column.column_type) || column.name == columns::CONCEPT);
        let others = named.map(|column| column.name.clone()).collect();
        Self { declared: declared.clone(), others, path: context.path.clone() }
    }

    fn fault(&self, message: String, label: &str) -> Diagnostic {
        Diagnostic::error(Code::Flows, message).at(self.path.clone(), label)
    }
}

impl Operation for FlowsFromStocks {
    fn name(&self) -> String {
        "flows_from_stocks".to_owned()
    }

    fn apply(
        &self,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        let cells = Cells::new(self, &batch)?;
        let stocks = self.stocks(&cells, report)?;
        self.need_all_dates(&cells, &stocks)?;
        let mut made = Vec::new();
        for dates in stocks.values() {
            let pairs = dates.iter().zip(dates.iter().skip(1));
            for ((first, before), (last, after)) in pairs {
                self.interval(&cells, (*first, before), (*last, after), &mut made)?;
            }
        }
        report.excluded += batch.num_rows() as u64;
        report.made += made.len() as u64;
        Ok(self.rows(&batch, &made)?)
    }
}

/// The row of each area on a date.
type Stock<'a> = BTreeMap<&'a str, usize>;

/// The stocks of each group, by date. A group is called by its first row, so that they are in the order of the file.
type Stocks<'a> = BTreeMap<usize, BTreeMap<i32, Stock<'a>>>;

/// A row that is made.
struct Made<'a> {
    /// The row that it is like, in all but what follows.
    like: usize,
    residence: &'a str,
    previous: &'a str,
    day: i32,
    previous_day: i32,
    value: i128,
}

impl FlowsFromStocks {
    /// The cells of each group by date and area. Totals of births and of areas are left out: who replaces whom among all is not told.
    fn stocks<'a>(
        &self,
        cells: &'a Cells<'a>,
        report: &mut StepReport,
    ) -> std::result::Result<Stocks<'a>, Diagnostic> {
        let mut first: HashMap<&[Option<u64>], usize, RandomState> = HashMap::default();
        let mut stocks = Stocks::new();
        let mut totals = 0;
        for row in 0..cells.values.len() {
            let (birth, residence) = (cells.births.get(row), cells.residences.get(row));
            if [birth, residence].contains(&Some(columns::TOTAL)) {
                totals += 1;
                continue;
            }
            let day = cells.days.is_valid(row).then(|| cells.days.value(row));
            let (Some(_), Some(residence), Some(day)) = (birth, residence, day) else {
                let message = "a cell does not state birth, residence and date".to_owned();
                let label = "nobody can say whence and whither its persons went";
                return Err(self.fault(message, label).help("leave such cells out with a step `filter`"));
            };
            let group = *first.entry(&cells.groups[row]).or_insert(row);
            let stock = stocks.entry(group).or_default().entry(day).or_default();
            if stock.insert(residence, row).is_some() {
                let at = self.place(cells, row, day);
                return Err(self.fault(format!("there are two cells of {at}"), "they are one stock"));
            }
        }
        report.count("totals_left_out", totals);
        Ok(stocks)
    }

    /// Who is there on some dates only has come from nowhere, or gone there. So has everybody where a column says the date once more.
    fn need_all_dates(&self, cells: &Cells<'_>, stocks: &Stocks<'_>) -> std::result::Result<(), Diagnostic> {
        let all: BTreeSet<i32> = stocks.values().flat_map(BTreeMap::keys).copied().collect();
        let label = "flows are told by stocks of two dates";
        if let (1, Some(day)) = (all.len(), all.first()) {
            return Err(self.fault(format!("all stocks are of {}", shown(*day)), label));
        }
        for (row, dates) in stocks {
            let Some(day) = all.iter().find(|day| !dates.contains_key(*day)) else { continue };
            let birth = cells.births.get(*row).unwrap_or_default();
            let message = format!("there is no cell of {}={birth} on {}", self.declared.birth, shown(*day));
            let columns: Vec<String> = self.others.iter().map(|name| format!("`{name}`")).collect();
            let fault = self.fault(message, label);
            let note = format!("cells of other values in {} are other stocks", columns.join(", "));
            return Err(fault.note(note).help(
                "leave out with a step `filter` what is not there on all dates, and derive a year behind this step",
            ));
        }
        Ok(())
    }

    /// Which cell a row is.
    fn place(&self, cells: &Cells<'_>, row: usize, day: i32) -> String {
        let denizen_spec::FlowsFromStocks { birth, residence, .. } = &self.declared;
        let stated = |words: &Words<'_>| words.get(row).unwrap_or(columns::NOT_STATED).to_owned();
        let (born, lives) = (stated(&cells.births), stated(&cells.residences));
        format!("{birth}={born} {residence}={lives} on {}", shown(day))
    }

    /// What a group has on one of two dates in each area.
    fn counts<'a>(
        &self,
        cells: &Cells<'a>,
        (day, stock): (i32, &Stock<'a>),
        others: &Stock<'a>,
    ) -> std::result::Result<Vec<i128>, Diagnostic> {
        if let Some((area, row)) = others.iter().find(|(area, _)| !stock.contains_key(*area)) {
            let birth = cells.births.get(*row).unwrap_or_default();
            let (born, lives) = (&self.declared.birth, &self.declared.residence);
            let message = format!("there is no cell of {born}={birth} {lives}={area} on {}", shown(day));
            let label = "how many have moved is told by those of all areas on both dates";
            return Err(self.fault(message, label).help(
                "state in the file how many there were, be it 0; or leave the area or the date out with a step `filter`",
            ));
        }
        let count = |row: &usize| match cells.values[*row] {
            Some(value) if value >= 0 => Ok(value),
            Some(_) | None => {
                let message = format!("the stock of {} is not known", self.place(cells, *row, day));
                let help = "leave that birth, area or date out with a step `filter`";
                Err(self.fault(message, "what is missing or below zero is no stock").help(help))
            }
        };
        stock.values().map(count).collect()
    }

    /// Adds the rows of a group between two dates that follow each other.
    fn interval<'a>(
        &'a self,
        cells: &Cells<'a>,
        before: (i32, &Stock<'a>),
        after: (i32, &Stock<'a>),
        made: &mut Vec<Made<'a>>,
    ) -> std::result::Result<(), Diagnostic> {
        if let Some(row) = after.1.values().find(|row| cells.is_break[**row]) {
            let message = format!("the series has a break before {}", self.place(cells, *row, after.0));
            let help = "leave the dates before or after it out with a step `filter`";
            return Err(self.fault(message, "stocks of two kinds tell nothing of moves").help(help));
        }
        let [first, last] = [self.counts(cells, before, after.1)?, self.counts(cells, after, before.1)?];
        let areas: Vec<&'a str> = after.1.keys().copied().collect();
        let outside = self.outside(cells, &areas, before, after, [&first, &last])?;
        let rows = transitions(&first, &last, outside.is_some());
        if made.len() + rows.len() > MOST_ROWS {
            let message = format!("there would be more than {MOST_ROWS} rows");
            let help = "leave births or areas out with a step `filter`";
            return Err(Diagnostic::error(Code::Limit, message).at(self.path.clone(), help));
        }
        let area = |index: Option<usize>| index.map_or(outside.unwrap_or_default(), |index| areas[index]);
        made.extend(rows.into_iter().map(|row| {
            let here = after.1.get(area(row.to)).or_else(|| before.1.get(area(row.from)));
            Made {
                like: here.copied().unwrap_or_default(),
                residence: area(row.to),
                previous: area(row.from),
                day: after.0,
                previous_day: before.0,
                value: row.value,
            }
        }));
        Ok(())
    }

    /// The code of everywhere else, which those of one birth need where they are not as many on both dates.
    fn outside<'a>(
        &'a self,
        cells: &Cells<'a>,
        areas: &[&str],
        before: (i32, &Stock<'a>),
        after: (i32, &Stock<'a>),
        [first, last]: [&[i128]; 2],
    ) -> std::result::Result<Option<&'a str>, Diagnostic> {
        let birth = || {
            let row = after.1.values().next().copied().unwrap_or_default();
            cells.births.get(row).unwrap_or(columns::NOT_STATED)
        };
        match &self.declared.outside {
            Some(code) if areas.contains(&code.as_str()) => {
                let message = format!("`{code}` is an area in which persons live");
                Err(self.fault(message, "`outside` is the code of everywhere else"))
            }
            Some(code) => Ok(Some(code)),
            None if first.iter().sum::<i128>() == last.iter().sum() => Ok(None),
            None => {
                let column = &self.declared.birth;
                let message = format!(
                    "those of {column}={} are not as many on {} as on {}",
                    birth(),
                    shown(after.0),
                    shown(before.0)
                );
                let label = "births, deaths and moves to and from elsewhere are not told";
                let help = "name a code for everywhere else: `outside = \"…\"`, a code of the list of areas";
                Err(self.fault(message, label).help(help))
            }
        }
    }

    fn rows(&self, batch: &RecordBatch, made: &[Made<'_>]) -> Result<RecordBatch> {
        let like: UInt32Array = made.iter().map(|row| row.like as u32).collect();
        let batch = rows_of(batch, &like)?;
        let texts = |text: fn(&Made<'_>) -> String| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(made.iter().map(text)))
        };
        let days = |day: fn(&Made<'_>) -> i32| -> ArrayRef {
            Arc::new(made.iter().map(|row| Some(day(row))).collect::<Date32Array>())
        };
        let residences = texts(|row| row.residence.to_owned());
        let of_type = batch::column(&batch, &self.declared.residence)?.data_type().clone();
        let batch = batch::with_column(batch, &self.declared.residence, cast(&residences, &of_type)?)?;
        let batch = batch::with_column(batch, &self.declared.date, days(|row| row.day))?;
        let values: ArrayRef = match batch::column(&batch, columns::VALUE)?.data_type() {
            DataType::Decimal128(precision, scale) => {
                let values: Decimal128Array = made.iter().map(|row| Some(row.value)).collect();
                Arc::new(values.with_precision_and_scale(*precision, *scale)?)
            }
            // Parts of values of 64 bits have 64 bits.
            DataType::Int64 => {
                Arc::new(made.iter().map(|row| i64::try_from(row.value).ok()).collect::<Int64Array>())
            }
            other => return Err(ArrowError::SchemaError(format!("values are {other}"))),
        };
        let batch = batch::with_column(batch, columns::VALUE, values)?;
        let batch = batch::with_column(batch, columns::MARK, texts(|_| "E".to_owned()))?;
        let batch =
            batch::with_column(batch, columns::PREVIOUS_RESIDENCE, texts(|row| row.previous.to_owned()))?;
        batch::with_column(batch, columns::PREVIOUS_DATE, days(|row| row.previous_day))
    }
}

/// A day as messages have it.
fn shown(day: i32) -> String {
    Date::from_days(day).map_or_else(String::new, |date| date.to_string())
}

#[cfg(test)]
mod tests;
