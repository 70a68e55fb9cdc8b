//! `inherit`: a row takes from the row that it names what it does not state itself.
//!
//! All rows wait in the order of their files, and are looked at three times: which rows are named, what these state, and who takes it.
//! In memory is what the named rows state; of millions of rows those are few that lack something.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use ahash::RandomState;
use arrow::array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt64Array};
use arrow::compute::{concat_batches, filter_record_batch, interleave};
use arrow::error::ArrowError;
use denizen_spec::{Code, Diagnostic, Path, StepReport};

use crate::batch::{self, Result};
use crate::crowded::pseudonyms;
use crate::histories::{Histories, UnitRows};
use crate::keys::{Field, Pseudonym};
use crate::operation::{AllRows, Context, Failure, Limits, Operation, Resolved};
use crate::plan::fault;

pub(crate) struct Inherit {
    declared: denizen_spec::Inherit,
    /// The column whose values name rows.
    named_by: String,
    /// Where it is in the pipeline.
    path: Path,
}

/// Memory that a row takes that is named.
const BYTES_OF_A_NAMED_ROW: u64 = 128;

/// The names of rows that others name.
type Wanted = HashSet<Pseudonym, RandomState>;

/// What these rows state.
type Named = HashMap<Pseudonym, Stated, RandomState>;

/// What the rows of one name state.
#[derive(Clone, Default, PartialEq)]
enum Stated {
    /// No row has the name.
    #[default]
    Nothing,
    /// The row of this number among those found; others of the name state the same.
    Row(usize, Vec<Option<u64>>),
    /// Rows that differ.
    Several,
}

/// The rows that are named, and the columns that others take from them.
#[derive(Default)]
struct Found {
    named: Named,
    pieces: Vec<RecordBatch>,
    rows: usize,
}

impl Inherit {
    pub(crate) fn new(
        declared: &denizen_spec::Inherit,
        context: &Context<'_>,
    ) -> std::result::Result<Self, Diagnostic> {
        let named_by = context.schema.get(&declared.from).and_then(|column| column.refers_to.clone());
        let named_by = named_by.ok_or_else(|| {
            let fault = Diagnostic::error(Code::WrongColumn, format!("`{}` names no rows", declared.from));
            fault.at(context.path.clone().field("from"), "the column lacks `refers_to`")
        })?;
        Ok(Self { declared: declared.clone(), named_by, path: context.path.clone() })
    }

    /// Which rows lack a column and name another row, and which one.
    fn takers(&self, batch: &RecordBatch) -> Result<Vec<Option<Pseudonym>>> {
        let columns = self.declared.columns.iter().map(|column| batch::column(batch, column));
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let names = pseudonyms(batch::pseudonyms(batch, &self.declared.from)?).enumerate();
        let lacks = |row: usize| columns.iter().any(|column| column.is_null(row));
        Ok(names.map(|(row, name)| name.filter(|_| lacks(row)).copied()).collect())
    }

    /// What the rows of a batch state that others name.
    fn add_named(&self, batch: &RecordBatch, wanted: &Wanted, found: &Mutex<Found>) -> Result<()> {
        let names = pseudonyms(batch::pseudonyms(batch, &self.named_by)?);
        let is_named: BooleanArray =
            names.map(|name| Some(name.is_some_and(|name| wanted.contains(name)))).collect();
        if is_named.true_count() == 0 {
            return Ok(());
        }
        let rows = filter_record_batch(batch, &is_named)?;
        let stated = self.declared.columns.iter().map(|column| Ok(Field::of(&rows, column)?.properties()));
        let stated = stated.collect::<Result<Vec<UInt64Array>>>()?;
        let names = pseudonyms(batch::pseudonyms(&rows, &self.named_by)?).flatten();
        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
        let first = found.rows;
        for (row, name) in names.enumerate() {
            let values =
                stated.iter().map(|column| column.is_valid(row).then(|| column.value(row))).collect();
            let known = found.named.entry(*name).or_default();
            *known = match std::mem::take(known) {
                Stated::Nothing => Stated::Row(first + row, values),
                Stated::Row(at, before) if before == values => Stated::Row(at, before),
                Stated::Row(..) | Stated::Several => Stated::Several,
            };
        }
        let indices = self.declared.columns.iter().map(|column| rows.schema_ref().index_of(column));
        found.pieces.push(rows.project(&indices.collect::<Result<Vec<_>>>()?)?);
        found.rows += rows.num_rows();
        Ok(())
    }

    /// Looks for the rows that are named.
    fn find(&self, rows: &Histories, limits: &Limits<'_>) -> std::result::Result<Found, Diagnostic> {
        let wanted = Mutex::new(Wanted::default());
        rows.for_each(limits.check, &|UnitRows { batch, .. }| {
            let names = self.takers(&batch).map_err(|error| fault("inherit", &error))?;
            // A thread that panics while it holds the lock has ended the run.
            wanted.lock().unwrap_or_else(PoisonError::into_inner).extend(names.into_iter().flatten());
            Ok(())
        })?;
        let wanted = wanted.into_inner().unwrap_or_else(PoisonError::into_inner);
        limits.check_memory(
            wanted.len() as u64 * BYTES_OF_A_NAMED_ROW,
            "rows that others name",
            &self.path,
        )?;
        let found = Mutex::new(Found::default());
        rows.for_each(limits.check, &|UnitRows { batch, .. }| {
            self.add_named(&batch, &wanted, &found).map_err(|error| fault("inherit", &error))
        })?;
        Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
    }

    /// The batch in which rows have taken what they lack.
    fn taken(
        &self,
        named: &Named,
        values: Option<&RecordBatch>,
        batch: RecordBatch,
        report: &mut StepReport,
    ) -> Result<RecordBatch> {
        let takers = self.takers(&batch)?;
        let mut from = vec![None; batch.num_rows()];
        let (mut unknown, mut several) = (0, 0);
        for (row, name) in takers.iter().enumerate() {
            match name.as_ref().map(|name| named.get(name)) {
                None => {}
                Some(None | Some(Stated::Nothing)) => unknown += 1,
                Some(Some(Stated::Several)) => several += 1,
                Some(Some(Stated::Row(at, _))) => from[row] = Some(*at),
            }
        }
        let mut took = vec![false; batch.num_rows()];
        let mut made = batch;
        for column in &self.declared.columns {
            let own = batch::column(&made, column)?.clone();
            let Some(others) = values.map(|values| batch::column(values, column)).transpose()? else {
                continue;
            };
            let taken = taken_column(&own, others, &from, &mut took)?;
            made = batch::with_column(made, column, taken)?;
        }
        let lack = self
            .takers(&made)?
            .into_iter()
            .zip(&from)
            .filter(|(name, from)| name.is_some() && from.is_some());
        report.count("rows_that_took_values", took.iter().filter(|took| **took).count() as u64);
        report.count("rows_that_still_lack_values", lack.count() as u64);
        report.count("rows_that_name_no_row", unknown);
        report.count("rows_that_name_rows_that_differ", several);
        Ok(made)
    }
}

/// A column in which rows that state nothing have what the row that they name states.
fn taken_column(
    own: &ArrayRef,
    others: &ArrayRef,
    from: &[Option<usize>],
    took: &mut [bool],
) -> Result<ArrayRef> {
    let source = |(row, from): (usize, &Option<usize>)| {
        let from = from.filter(|at| own.is_null(row) && others.is_valid(*at));
        from.map_or((0, row), |at| (1, at))
    };
    let sources: Vec<(usize, usize)> = from.iter().enumerate().map(source).collect();
    sources.iter().zip(took).for_each(|((of, _), took)| *took |= *of == 1);
    interleave(&[own, others], &sources)
}

impl AllRows for Inherit {
    fn resolve<'a>(
        &'a self,
        rows: &Histories,
        limits: &Limits<'_>,
        _report: &mut StepReport,
    ) -> std::result::Result<Resolved<'a>, Diagnostic> {
        let Found { named, pieces, .. } = self.find(rows, limits)?;
        let schema = pieces.first().map(RecordBatch::schema);
        let values = schema.map(|schema| concat_batches(&schema, &pieces)).transpose();
        let values = values.map_err(|error| fault("inherit", &error))?;
        Ok(Resolved::new(move |batch, _, report| self.taken(&named, values.as_ref(), batch, report)))
    }
}

impl Operation for Inherit {
    fn name(&self) -> String {
        format!("inherit from {}", self.declared.from)
    }

    fn apply(
        &self,
        _batch: RecordBatch,
        _report: &mut StepReport,
    ) -> std::result::Result<RecordBatch, Failure> {
        Err(ArrowError::InvalidArgumentError("rows take from others when all are there".to_owned()).into())
    }

    fn over_all_rows(&self) -> Option<&dyn AllRows> {
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_batch::{batch, rows};
    use crate::{Partitions, Scratch};

    const COLUMNS: &str = "permit:person parent:person first:day last:day type";

    /// What comes out, in the order of the rows, and what was counted.
    fn inherited(chunks: &[String], memory: u64) -> (Vec<String>, StepReport) {
        let columns = ["first", "last", "type"].map(str::to_owned);
        let declared = denizen_spec::Inherit { from: "parent".to_owned(), columns: columns.to_vec() };
        let inherit = Inherit { declared, named_by: "permit".to_owned(), path: Path::root() };
        let folder = tempfile::tempdir().unwrap();
        let partitions = Partitions::new(None, memory, Scratch::new(folder.path(), false));
        for (number, chunk) in (0..).zip(chunks) {
            partitions.add(number, &batch(COLUMNS, chunk)).unwrap();
        }
        let waiting = partitions.into_histories().unwrap();
        let (scratch, mut report) = (Scratch::new(folder.path(), false), StepReport::new("inherit"));
        let limits = Limits::new(u64::MAX, scratch, u64::MAX, None, &|| Ok(()));
        let resolved = inherit.resolve(&waiting, &limits, &mut report).unwrap();
        let made = (0..waiting.units()).map(|unit| {
            let made = resolved.apply(waiting.get(unit).unwrap(), 0, &mut report).unwrap();
            rows(&made).split(" | ").map(str::to_owned).collect::<Vec<_>>()
        });
        let made = made.collect::<Vec<_>>().concat();
        (made, report)
    }

    /// By hand: b has no days, c its own first day, d names a permit that is not there, e one of two rows that differ, f two rows
    /// that agree, g itself, and h a row that has taken its days.
    #[test]
    fn minors_have_the_days_of_the_parents_permit() {
        let table = "
            A - 2019-01-01 2020-12-31 family
            b A - - family
            c A 2019-06-01 - -
            d X - - -
            E - 2019-01-01 2019-12-31 work
            E - 2020-01-01 2020-12-31 work
            e E - - -
            F - 2019-01-01 - lt
            F - 2019-01-01 - lt
            f F - - -
            g g - - -
            h b - - -";
        let table = table.trim().lines().map(str::trim).collect::<Vec<_>>().join(" | ");
        let (found, report) = inherited(&[table], u64::MAX);
        let expected = "
            A - 2019-01-01 2020-12-31 family
            b A 2019-01-01 2020-12-31 family
            c A 2019-06-01 2020-12-31 family
            d X - - -
            E - 2019-01-01 2019-12-31 work
            E - 2020-01-01 2020-12-31 work
            e E - - -
            F - 2019-01-01 - lt
            F - 2019-01-01 - lt
            f F 2019-01-01 - lt
            g g - - -
            h b - - family";
        assert_eq!(found, expected.trim().lines().map(str::trim).collect::<Vec<_>>());
        let counts: Vec<(&str, u64)> = report.counts.iter().map(|(name, n)| (name.as_str(), *n)).collect();
        let expected = [
            ("rows_that_took_values", 4),
            ("rows_that_still_lack_values", 3),
            ("rows_that_name_no_row", 1),
            ("rows_that_name_rows_that_differ", 1),
        ];
        assert_eq!(counts, expected);
    }

    /// Row beside row.
    fn obvious(rows: &[[String; 5]]) -> Vec<String> {
        let of_row = |row: &[String; 5]| {
            let named = || rows.iter().filter(|other| other[0] == row[1] && row[1] != "-");
            let is_one = named().all(|other| Some(&other[2..]) == named().next().map(|first| &first[2..]));
            let mut made = row.clone();
            for (index, value) in made.iter_mut().enumerate().skip(2) {
                let other = named().next().filter(|_| is_one && value == "-");
                other.into_iter().for_each(|other| value.clone_from(&other[index]));
            }
            made.join(" ")
        };
        rows.iter().map(of_row).collect()
    }

    fn row() -> impl Strategy<Value = [String; 5]> {
        let field =
            |values: &'static [&'static str]| proptest::sample::select(values).prop_map(str::to_owned);
        let day = || field(&["-", "2019-01-01", "2020-01-01"]);
        let name = || field(&["-", "a", "b", "c", "d"]);
        (name(), name(), day(), day(), field(&["-", "lt", "work"])).prop_map(<[_; 5]>::from)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn rows_take_what_the_obvious_way_gives_them(
            rows in proptest::collection::vec(row(), 1..24),
            size in 1..9_usize,
            memory in prop_oneof![Just(0_u64), Just(u64::MAX)],
        ) {
            let written: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
            let chunks: Vec<String> = written.chunks(size).map(|chunk| chunk.join(" | ")).collect();
            prop_assert_eq!(inherited(&chunks, memory).0, obvious(&rows));
        }
    }
}
