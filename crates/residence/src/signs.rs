//! Residence from signs of life: in how many registers a person was active, year by year.

use std::ops::Range;

use crate::crossings::{checked_run, equal_lengths};
use crate::error::Error;

/// Indices that differ by less are one: sums of decimal fractions are not exact in binary, and 0.8 · 0.875 must not exceed 0.7.
const EQUAL: f64 = 1e-9;

/// Every year the index of a person is `decay` times that of the year before plus `gain` times the weighted signs of the year, cut
/// off at 1; whoever is above the `threshold` is resident: Rₖ = d·Rₖ₋₁ + g·Σᵢ aᵢ·sᵢₖ, resident where Rₖ > c. Statistics Estonia,
/// residency index (Tiit and Maasing), d = 0.8, g = 0.2, c = 0.7. Formula and values are secondary: recalled from published abstracts,
/// not taken from a methodology.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignsOfLife {
    /// d: the part of the index that is left after a year without a sign, from 0 to 1.
    pub decay: f64,
    /// g: what a year with signs of the weight 1 adds, from 0 to 1.
    pub gain: f64,
    /// c: the index above which a person is resident, from 0 to 1; the threshold itself is not enough. Differences below 10⁻⁹ are
    /// none.
    pub threshold: f64,
}

impl SignsOfLife {
    /// The name of the rule in pipeline files.
    pub const fn name(&self) -> &'static str {
        "signs_of_life"
    }

    /// The parameters by name, as text for people and for the columns of a table.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        self.values().map(|(name, value)| (name, value.to_string())).to_vec()
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::ShareOutOfRange`].
    pub fn check(&self) -> Result<(), Error> {
        self.values().into_iter().try_for_each(|(name, value)| check_share(name, value))
    }

    const fn values(&self) -> [(&'static str, f64); 3] {
        [("decay", self.decay), ("gain", self.gain), ("threshold", self.threshold)]
    }

    /// One year on, with signs of this weight.
    fn next(&self, index: f64, weight: f64) -> f64 {
        (self.decay * index + self.gain * weight).clamp(0.0, 1.0)
    }
}

/// Signs of life of many persons, one row a person and year: rows of one person are adjacent, years increase inside a person.
///
/// A year without a row is a year without a sign. It lowers the index, but has no answer of its own; who needs one adds the row.
#[derive(Debug, Clone, Copy)]
pub struct Signs<'a> {
    /// The first row of each person: 0 first, not decreasing, one entry a person; a person may have no row.
    pub person_starts: &'a [usize],
    /// The calendar year, from 1 to 9999.
    pub years: &'a [i32],
    /// A column for each register: whether the person was active in it in the year.
    pub signs: &'a [&'a [bool]],
    /// aᵢ: the weight of a sign in each register, not negative. Offices estimate it by comparing sure residents with sure
    /// non-residents.
    pub weights: &'a [f64],
}

/// The index of a person in the year before the first row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum InitialIndex<'a> {
    /// The same for everybody, from 0 to 1: 1 after a census that found them, 0 for persons who were never seen before.
    Everyone(f64),
    /// One value a person, from 0 to 1.
    Each(&'a [f64]),
}

/// The index and what follows from it; one value a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ResidencyIndex {
    /// Rₖ: the index at the end of the year, from 0 to 1.
    pub index: Vec<f64>,
    /// Whether the person is resident in the year.
    pub resident: Vec<bool>,
}

/// Follows the index of every person from year to year.
///
/// ```
/// use denizen_residence::{InitialIndex, Signs, SignsOfLife, residency_index};
///
/// // Active in one register in 2018, in none in 2019 and 2020.
/// let signs = Signs {
///     person_starts: &[0],
///     years: &[2018, 2019, 2020],
///     signs: &[&[true, false, false]],
///     weights: &[1.0],
/// };
/// let rule = SignsOfLife { decay: 0.8, gain: 0.2, threshold: 0.7 };
/// let found = residency_index(&signs, &rule, InitialIndex::Everyone(1.0))?;
/// assert_eq!(found.resident, [true, true, false]); // 1, 0.8, 0.64
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// [`Error::ShareOutOfRange`] for parameters, [`Error::WeightOutOfRange`], [`Error::InitialIndexOutOfRange`]; columns that do not fit
/// together ([`Error::UnequalSigns`], [`Error::UnequalColumns`], [`Error::PersonStart`]); years that decrease ([`Error::Unsorted`]),
/// come twice ([`Error::RepeatedYear`]) or are out of range ([`Error::YearOutOfRange`]).
pub fn residency_index(
    signs: &Signs<'_>,
    rule: &SignsOfLife,
    initial: InitialIndex<'_>,
) -> Result<ResidencyIndex, Error> {
    rule.check()?;
    signs.check()?;
    initial.check(signs.person_starts.len())?;
    let mut index = Vec::with_capacity(signs.years.len());
    for person in 0..signs.person_starts.len() {
        let rows = checked_run(signs.person_starts, signs.years.len(), person)?;
        follow(signs, rows, rule, initial.of(person), &mut index);
    }
    let resident = index.iter().map(|index| index - rule.threshold > EQUAL).collect();
    Ok(ResidencyIndex { index, resident })
}

fn follow(signs: &Signs, rows: Range<usize>, rule: &SignsOfLife, initial: f64, index: &mut Vec<f64>) {
    let mut now = initial;
    for row in rows.clone() {
        let missing = if row > rows.start { signs.years[row] - signs.years[row - 1] - 1 } else { 0 };
        // Year by year, so that a missing year is to the last bit the same as a row without signs.
        now = (0..missing).fold(now, |now, _| rule.next(now, 0.0));
        now = rule.next(now, signs.weight(row));
        index.push(now);
    }
}

impl Signs<'_> {
    /// The weights of the signs of a row, summed.
    fn weight(&self, row: usize) -> f64 {
        let registers = self.signs.iter().zip(self.weights);
        registers.filter(|(signs, _)| signs[row]).fold(0.0, |sum, (_, weight)| sum + weight)
    }

    fn check(&self) -> Result<(), Error> {
        self.check_registers()?;
        let rows = self.years.len();
        if self.person_starts.is_empty() && rows > 0 {
            return Err(Error::PersonStart { person: 0, start: rows });
        }
        for person in 0..self.person_starts.len() {
            let run = checked_run(self.person_starts, rows, person)?;
            self.check_years(person, run)?;
        }
        Ok(())
    }

    fn check_registers(&self) -> Result<(), Error> {
        let expected = self.years.len();
        if let Some(register) = self.signs.iter().position(|signs| signs.len() != expected) {
            return Err(Error::UnequalSigns { register, expected, found: self.signs[register].len() });
        }
        equal_lengths("signs", self.signs.len(), "weights", self.weights.len())?;
        let mut total = 0.0;
        for (register, &weight) in self.weights.iter().enumerate() {
            total += weight;
            if !(weight >= 0.0 && f64::is_finite(total)) {
                return Err(Error::WeightOutOfRange { register, weight: weight.to_string() });
            }
        }
        Ok(())
    }

    fn check_years(&self, person: usize, rows: Range<usize>) -> Result<(), Error> {
        for row in rows.clone() {
            let year = self.years[row];
            if !(1..=9999).contains(&year) {
                return Err(Error::YearOutOfRange { row, year });
            }
            if row > rows.start && year < self.years[row - 1] {
                return Err(Error::Unsorted { person, row });
            }
            if row > rows.start && year == self.years[row - 1] {
                return Err(Error::RepeatedYear { person, row });
            }
        }
        Ok(())
    }
}

impl InitialIndex<'_> {
    fn check(&self, persons: usize) -> Result<(), Error> {
        match self {
            InitialIndex::Everyone(index) => check_share("initial", *index),
            InitialIndex::Each(each) => {
                equal_lengths("person_starts", persons, "initial", each.len())?;
                match each.iter().position(|index| !is_share(*index)) {
                    Some(person) => Err(Error::InitialIndexOutOfRange { person }),
                    None => Ok(()),
                }
            }
        }
    }

    fn of(&self, person: usize) -> f64 {
        match self {
            InitialIndex::Everyone(index) => *index,
            InitialIndex::Each(each) => each[person],
        }
    }
}

fn is_share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn check_share(parameter: &'static str, value: f64) -> Result<(), Error> {
    if is_share(value) {
        return Ok(());
    }
    Err(Error::ShareOutOfRange { parameter, value: value.to_string() })
}
