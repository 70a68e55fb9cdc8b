//! Sums that share numbers: what one of them proves is known to the others.

use std::collections::VecDeque;

use super::super::{NotDecided, Reading, decided};
use super::Repaired;

/// The number of a row as it stands in the file.
pub(super) struct CellRead<'a> {
    pub(super) text: &'a [u8],
    /// Whether it was a number in the file, which has no mark of its own.
    pub(super) is_typed: bool,
    /// Whether it says that there is no number.
    pub(super) states_none: bool,
}

impl CellRead<'_> {
    fn has_none(&self) -> bool {
        self.states_none || self.text.is_empty()
    }

    fn reading(&self, mark: u8) -> Option<Reading> {
        Reading::of(self.text, if self.is_typed { b'.' } else { mark })
    }
}

/// Rows of which the first is the sum of the others.
pub(super) struct Sum {
    /// The cell of the total, then those of the parts; none that has not been found.
    cells: Vec<Option<usize>>,
    /// Whether one of them was found twice.
    is_doubled: bool,
    /// All that were found.
    found: Vec<usize>,
    mark: u8,
    whole_as_written: bool,
}

impl Sum {
    pub(super) fn new(cells: usize, mark: u8, whole_as_written: bool) -> Self {
        Self { cells: vec![None; cells], is_doubled: false, found: Vec::new(), mark, whole_as_written }
    }

    pub(super) fn add(&mut self, position: usize, cell: usize) {
        self.is_doubled |= self.cells[position].replace(cell).is_some();
        self.found.push(cell);
    }

    /// Its cells, where each is there once.
    fn complete(&self) -> Option<Vec<usize>> {
        self.cells.iter().copied().collect::<Option<Vec<_>>>().filter(|_| !self.is_doubled)
    }
}

/// How far a sum is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    /// It proves its numbers, or has none.
    Proven,
    /// It proves nothing: several readings add up, or it is not complete.
    Undecided,
    /// No reading adds up, given what others prove.
    Contradicted,
}

/// The cells of a file and the sums that they are part of.
pub(super) struct Sums<'a> {
    cells: Vec<CellRead<'a>>,
    sums: Vec<Sum>,
    states: Vec<State>,
    known: Vec<Option<i64>>,
    /// For each repair, the sum that a cell is part of.
    of_cells: Vec<Vec<Option<u32>>>,
}

impl<'a> Sums<'a> {
    pub(super) fn new(cells: Vec<CellRead<'a>>) -> Self {
        let known = vec![None; cells.len()];
        Self { cells, sums: Vec::new(), states: Vec::new(), known, of_cells: Vec::new() }
    }

    /// Adds those of one repair: a cell is part of one of them at the most.
    pub(super) fn extend(&mut self, sums: impl Iterator<Item = Sum>) {
        let mut of_cells = vec![None; self.cells.len()];
        for sum in sums {
            sum.found.iter().for_each(|cell| of_cells[*cell] = Some(self.sums.len() as u32));
            self.sums.push(sum);
            self.states.push(State::Pending);
        }
        self.of_cells.push(of_cells);
    }

    /// The sums that a cell is part of.
    fn of_cell(&self, cell: usize) -> impl Iterator<Item = usize> {
        self.of_cells.iter().filter_map(move |sums| sums[cell]).map(|sum| sum as usize)
    }

    /// What becomes of each cell. A number is taken where all sums that it is part of prove it; where a sum is contradicted, nobody
    /// knows which of those is wrong that hang together with it, and none of them proves anything.
    pub(super) fn numbers(mut self) -> Vec<Repaired> {
        // That numbers are as they are written is taken for granted only where nothing proves it.
        self.decide(false);
        self.decide(true);
        self.spread_contradictions();
        (0..self.cells.len()).map(|cell| self.repaired(cell)).collect()
    }

    /// Looks at each sum that is not decided, and again at those of which a number has become known.
    fn decide(&mut self, takes_as_written: bool) {
        let is_open = |state: State| matches!(state, State::Pending | State::Undecided);
        let mut due: VecDeque<usize> =
            (0..self.sums.len()).filter(|sum| is_open(self.states[*sum])).collect();
        while let Some(sum) = due.pop_front() {
            if !is_open(self.states[sum]) {
                continue;
            }
            let (state, numbers) = self.looked_at(sum, takes_as_written);
            self.states[sum] = state;
            for (cell, number) in numbers {
                if self.known[cell].replace(number).is_none() {
                    due.extend(self.of_cell(cell).filter(|other| *other != sum));
                }
            }
        }
    }

    fn looked_at(&self, sum: usize, takes_as_written: bool) -> (State, Vec<(usize, i64)>) {
        let nothing = |state| (state, Vec::new());
        let sum = &self.sums[sum];
        let Some(cells) = sum.complete() else { return nothing(State::Undecided) };
        if cells.iter().all(|cell| self.cells[*cell].has_none()) {
            return nothing(State::Proven);
        }
        let reading = |cell: &usize| match self.known[*cell] {
            Some(number) => Some(Reading::certain(number)),
            None => self.cells[*cell].reading(sum.mark),
        };
        let readings: Option<Vec<Reading>> = cells.iter().map(reading).collect();
        let Some(readings) = readings else { return nothing(State::Undecided) };
        match decided(&readings, takes_as_written && sum.whole_as_written) {
            Ok(numbers) => (State::Proven, cells.into_iter().zip(numbers).collect()),
            Err(NotDecided::Several) => nothing(State::Undecided),
            Err(NotDecided::None) => nothing(State::Contradicted),
        }
    }

    fn spread_contradictions(&mut self) {
        let is_contradicted = |states: &[State], sum: &usize| states[*sum] == State::Contradicted;
        let all = 0..self.sums.len();
        let mut next: Vec<usize> = all.filter(|sum| is_contradicted(&self.states, sum)).collect();
        while let Some(sum) = next.pop() {
            let others = self.sums[sum].found.iter().flat_map(|cell| self.of_cell(*cell));
            let others: Vec<usize> = others.filter(|other| !is_contradicted(&self.states, other)).collect();
            others.iter().for_each(|other| self.states[*other] = State::Contradicted);
            next.extend(others);
        }
    }

    fn repaired(&self, cell: usize) -> Repaired {
        let first = self.of_cell(cell).next();
        let Some(first) = first.filter(|_| self.of_cell(cell).all(|sum| self.states[sum] == State::Proven))
        else {
            return Repaired::Undecided;
        };
        let Some(number) = self.known[cell] else { return Repaired::AsWritten };
        let written = self.cells[cell].reading(self.sums[first].mark).and_then(|reading| reading.written);
        Repaired::Number { number, is_other: written != Some(number) }
    }
}
