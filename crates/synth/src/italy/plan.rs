//! The population: who enters and leaves the archive when, so that every stock and every year's new permits come out as published.

use super::communities::{COMMUNITIES, Community};
use super::margins::{self, YEARS};
use crate::Options;
use crate::quota::{Permutation, Shares, apportion, is_chosen, scaled};

/// Years of new permits, the first and the last included.
const COUNT: usize = (YEARS.1 - YEARS.0) as usize + 1;

/// Entries: those before the first year, and those of each.
const ENTRIES: usize = COUNT + 1;

/// Exits: those of each year, and those who are there to the end.
const EXITS: usize = COUNT + 1;

/// A person as the margins know one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entrant {
    /// The year of the first permit; none of those who were there before the first year.
    pub entry: Option<i16>,
    /// The year in which the last permit ends; none of those who are there to the end.
    pub exit: Option<i16>,
    /// Index into the communities.
    pub community: usize,
    pub woman: bool,
    /// Index of the group of the age at entry.
    pub age_group: usize,
    /// Index of the reason of the first permit.
    pub reason: usize,
}

/// Persons of one community, entry and exit, who stand side by side.
#[derive(Clone, Copy)]
struct Cell {
    entry: usize,
    exit: usize,
    community: usize,
}

/// The entrants of one year, of all communities.
struct Entries {
    start: u64,
    order: Permutation,
    ages: Shares<usize>,
    reasons: Shares<usize>,
}

/// Everything that the blocks share; computed once, then only read.
pub(super) struct Plan {
    pub seed: u64,
    cells: Shares<Cell>,
    order: Permutation,
    entries: Vec<Entries>,
}

impl Plan {
    pub(super) fn new(options: &Options) -> Self {
        let Options { scale, seed, .. } = *options;
        let new = new_permits(scale);
        let flows: Vec<Flows> =
            COMMUNITIES.iter().zip(new).map(|(of, new)| Flows::new(&stocks(of, scale, &new), new)).collect();
        let mut cells = Vec::new();
        let mut entries = Vec::new();
        let mut start = 0;
        for entry in 0..ENTRIES {
            let start_of_entry = start;
            for (community, flows) in flows.iter().enumerate() {
                let by_exit = flows.0[entry].iter().enumerate();
                cells.extend(by_exit.map(|(exit, count)| (Cell { entry, exit, community }, *count)));
                start += flows.0[entry].iter().sum::<u64>();
            }
            entries.push(Entries::new(entry, start_of_entry, start - start_of_entry, seed));
        }
        let cells = Shares::new(cells);
        Self { seed, order: Permutation::new(cells.total(), seed, 11), cells, entries }
    }

    pub(super) fn persons(&self) -> u64 {
        self.cells.total()
    }

    /// The person at an index of the file.
    pub(super) fn person(&self, index: u64) -> Entrant {
        let rank = self.order.at(index);
        let Cell { entry, exit, community } = self.cells.at(rank);
        let entries = &self.entries[entry];
        let place = entries.order.at(rank - entries.start);
        Entrant {
            entry: (entry > 0).then(|| YEARS.0 + entry as i16 - 1),
            exit: (exit < COUNT).then(|| YEARS.0 + exit as i16),
            community,
            // Evenly over all ranks, so that it plays no part who leaves when.
            woman: is_chosen(rank % 1000, COMMUNITIES[community].women, 1000),
            // One place for both: whoever is young comes for the family, and whoever is 18 to 24 studies or works.
            age_group: entries.ages.at(place),
            reason: entries.reasons.at(place),
        }
    }
}

impl Entries {
    fn new(entry: usize, start: u64, count: u64, seed: u64) -> Self {
        let (ages, reasons) = match entry.checked_sub(1) {
            None => (margins::EARLIER_AGES, margins::EARLIER_REASONS),
            Some(year) => {
                let published = (margins::FIRST_NEW - YEARS.0) as usize;
                let of_ages = year.saturating_sub(published).min(margins::AGES.len() - 1);
                (margins::AGES[of_ages], margins::REASONS[year])
            }
        };
        let shares = |weights: &[u64]| Shares::new(apportion(count, weights).into_iter().enumerate());
        let order = Permutation::new(count, seed, 20 + entry as u64);
        Self { start, order, ages: shares(&ages), reasons: shares(&reasons) }
    }
}

/// Members of a community by entry and exit.
struct Flows([[u64; EXITS]; ENTRIES]);

impl Flows {
    /// Who is there on a 1 January and enters in the year is there on the next, or has left. Where more are there than that, the difference
    /// has entered as well: of a few years and communities more permits are made than were published.
    fn new(stocks: &[u64; COUNT + 1], new: [u64; COUNT]) -> Self {
        let mut flows = [[0; EXITS]; ENTRIES];
        let mut present = [0; ENTRIES];
        present[0] = stocks[0];
        for year in 0..COUNT {
            let all = present.iter().sum::<u64>() + new[year];
            present[year + 1] = new[year].max(new[year] + stocks[year + 1].saturating_sub(all));
            let leaving = all.saturating_sub(stocks[year + 1]);
            for (entry, left) in leave(&mut present, year, leaving).into_iter().enumerate() {
                flows[entry][year] = left;
            }
        }
        present.iter().enumerate().for_each(|(entry, count)| flows[entry][COUNT] = *count);
        Self(flows)
    }
}

/// Takes those who leave in a year from the members by entry, the later the fewer, and never more than there are.
fn leave(present: &mut [u64; ENTRIES], year: usize, leaving: u64) -> [u64; ENTRIES] {
    let mut left = [0; ENTRIES];
    let mut rest = leaving.min(present.iter().sum());
    while rest > 0 {
        let weight = |(entry, count): (usize, &u64)| {
            let stay = (year + 1).saturating_sub(entry).min(margins::LEAVING.len() - 1);
            count * margins::LEAVING[stay]
        };
        let weights: Vec<u64> = present.iter().enumerate().map(weight).collect();
        for (entry, part) in apportion(rest, &weights).into_iter().enumerate() {
            let part = part.min(present[entry]);
            (present[entry], left[entry], rest) = (present[entry] - part, left[entry] + part, rest - part);
        }
    }
    left
}

/// Holders on 1 January of the years from the first to the one after the last.
fn stocks(community: &Community, scale: f64, new: &[u64; COUNT]) -> [u64; COUNT + 1] {
    let published = (margins::FIRST_STOCK - YEARS.0) as usize;
    let earlier = community.stock[0];
    let latest = scaled(community.stock[community.stock.len() - 1], scale);
    std::array::from_fn(|year| match year.checked_sub(published) {
        None => scaled(earlier * margins::EARLIER_STOCKS[year] / 1000, scale),
        Some(index) => community.stock.get(index).map_or_else(
            || latest - latest * margins::LATE_EXITS / 1000 + new[COUNT - 1],
            |count| scaled(*count, scale),
        ),
    })
}

/// New permits of every community and year.
fn new_permits(scale: f64) -> Vec<[u64; COUNT]> {
    let total = |year: i16| match year {
        2012 => Some((margins::NEW_2012, 0)),
        2013 => Some((margins::NEW_2013, 0)),
        2024 => Some((margins::NEW_2024, 9)),
        _ => None,
    };
    let mut new = vec![[0; COUNT]; COMMUNITIES.len()];
    for (index, year) in (YEARS.0..=YEARS.1).enumerate() {
        let counts: Vec<u64> = match total(year) {
            Some((total, as_in)) => {
                let weights: Vec<u64> = COMMUNITIES.iter().map(|of| of.new[as_in]).collect();
                apportion(scaled(total, scale), &weights)
            }
            None => COMMUNITIES.iter().map(|of| scaled(new_of(of, year), scale)).collect(),
        };
        counts.into_iter().enumerate().for_each(|(community, count)| new[community][index] = count);
    }
    new
}

/// New permits of a year: published, or else what the stocks leave.
fn new_of(community: &Community, year: i16) -> u64 {
    if let Some(index) = year.checked_sub(margins::FIRST_NEW).and_then(|index| usize::try_from(index).ok()) {
        return community.new[index];
    }
    let stocks = stocks(community, 1.0, &[0; COUNT]);
    let index = (year - YEARS.0) as usize;
    let leaving = stocks[index] * margins::EARLY_EXITS / 1000;
    (stocks[index + 1] + leaving).saturating_sub(stocks[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_conserved() {
        let mut stocks = [100; COUNT + 1];
        stocks[1] = 130;
        stocks[2] = 60;
        let new: [u64; COUNT] = std::array::from_fn(|year| if year == 0 { 10 } else { 20 });
        let flows = Flows::new(&stocks, new);
        for (year, expected) in stocks.iter().enumerate() {
            let there = (0..=year).flat_map(|entry| &flows.0[entry][year..]).sum::<u64>();
            assert_eq!(there, *expected, "1 January {}", 2008 + year);
        }
        // Twenty more than entered with a new permit were there a year later.
        assert_eq!(flows.0[1].iter().sum::<u64>(), 30);
        assert_eq!(flows.0[2].iter().sum::<u64>(), 20);
    }
}
