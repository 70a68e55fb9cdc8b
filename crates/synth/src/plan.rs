//! The population: who is at which place of it, and what each place contributes to the published totals.

use super::Options;
use super::margins::{self, Code};
use super::quota::{Permutation, Shares, apportion, is_chosen, scaled};
use super::row::Labels;

/// What a person's crossings up to the cut-off amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Last crossing an exit within the period.
    Emigrant,
    /// Last crossing an entry.
    Returned,
    /// Last crossing an exit before the period.
    LeftBefore,
    /// No crossing yet: the first one comes after the cut-off.
    LeftAfter,
    /// Not a citizen of Peru.
    Foreigner,
}

/// What an emigrant contributes to the published totals.
pub(super) struct Emigrant {
    pub year: i16,
    pub woman: bool,
    pub age: u8,
    pub first_destination: Code,
    pub residence: Code,
}

/// Everything that the blocks share; computed once, then only read.
pub(super) struct Plan {
    pub seed: u64,
    pub labels: Labels,
    pub typical: Typical,
    kinds: Shares<Kind>,
    order: Permutation,
    women: u64,
    years: Shares<i16>,
    ages: Shares<u8>,
    age_order: Permutation,
    countries: Countries,
}

impl Plan {
    pub(super) fn new(options: &Options) -> Self {
        let Options { scale, seed, .. } = *options;
        let emigrants = scaled(margins::EMIGRANTS, scale);
        let kinds = kinds(emigrants);
        Self {
            seed,
            labels: Labels::new(),
            typical: Typical::new(),
            order: Permutation::new(kinds.total(), seed, 1),
            kinds,
            women: scaled(margins::WOMEN, scale),
            years: Shares::new(years(emigrants, scale)),
            ages: Shares::new(ages(emigrants)),
            age_order: Permutation::new(emigrants, seed, 2),
            countries: Countries::new(emigrants, seed),
        }
    }

    pub(super) fn persons(&self) -> u64 {
        self.kinds.total()
    }

    /// The kind of the person at an index of the file, and the person's rank; emigrants have the first ranks.
    pub(super) fn person(&self, index: u64) -> (Kind, u64) {
        let rank = self.order.at(index);
        (self.kinds.at(rank), rank)
    }

    /// Years follow the rank, and women are spread evenly over it: the split by sex is the same in every year.
    pub(super) fn emigrant(&self, rank: u64) -> Emigrant {
        let (first_destination, residence) = self.countries.at(rank);
        Emigrant {
            year: self.years.at(rank),
            woman: is_chosen(rank, self.women, self.years.total()),
            age: self.ages.at(self.age_order.at(rank)),
            first_destination,
            residence,
        }
    }
}

/// Distributions for everything that is drawn and meets no quota.
pub(super) struct Typical {
    pub years: Shares<i16>,
    pub ages: Shares<u8>,
    pub destinations: Shares<Code>,
    pub residences: Shares<Code>,
    pub foreigners: Shares<Code>,
}

impl Typical {
    fn new() -> Self {
        Self {
            years: Shares::new(margins::YEARS),
            ages: Shares::new(ages(margins::EMIGRANTS)),
            destinations: Shares::new(margins::FIRST_DESTINATIONS),
            residences: Shares::new(margins::RESIDENCES),
            foreigners: Shares::new(margins::FOREIGNERS),
        }
    }
}

fn kinds(emigrants: u64) -> Shares<Kind> {
    let per_mille = |rate: u64| emigrants * rate / 1000;
    let citizens = [
        (Kind::Emigrant, emigrants),
        (Kind::Returned, per_mille(margins::RETURNED)),
        (Kind::LeftBefore, per_mille(margins::LEFT_BEFORE)),
        (Kind::LeftAfter, per_mille(margins::LEFT_AFTER)),
    ];
    let all: u64 = citizens.iter().map(|(_, count)| count).sum();
    Shares::new(citizens.into_iter().chain([(Kind::Foreigner, all * margins::FOREIGNERS_PER_NINE / 9)]))
}

/// Emigrants by year: the published years scaled as they are, the others sharing what the total leaves.
fn years(emigrants: u64, scale: f64) -> Vec<(i16, u64)> {
    let is_published = |year: i16| margins::PUBLISHED_YEARS.contains(&year);
    let fixed = margins::YEARS.map(|(year, count)| if is_published(year) { scaled(count, scale) } else { 0 });
    let weights = margins::YEARS.map(|(year, count)| if is_published(year) { 0 } else { count });
    let rest = apportion(emigrants - fixed.iter().sum::<u64>(), &weights);
    margins::YEARS
        .iter()
        .zip(fixed.iter().zip(rest))
        .map(|(&(year, _), (fix, rest))| (year, fix + rest))
        .collect()
}

/// Emigrants by single year of age: first the groups, one of which is published, then the profile within each.
fn ages(emigrants: u64) -> Vec<(u8, u64)> {
    let groups = apportion(emigrants, &margins::AGE_GROUPS.map(|(_, share)| share));
    let mut ages = Vec::new();
    for ((end, _), count) in margins::AGE_GROUPS.into_iter().zip(groups) {
        let weights: Vec<u64> = (ages.len()..end).map(|age| profile(age as u64)).collect();
        ages.extend(apportion(count, &weights));
    }
    (0..).zip(ages).collect()
}

/// The height of the age profile, on the straight line between its two neighbours.
fn profile(age: u64) -> u64 {
    let line = margins::AGE_PROFILE.windows(2).find(|pair| age <= pair[1].0);
    line.map_or(0, |pair| {
        let ((from, left), (to, right)) = (pair[0], pair[1]);
        (left * (to - age) + right * (age - from)) / (to - from)
    })
}

/// First destination and residence of every emigrant: two exact margins, and people who go straight to where they
/// live more often than chance would have it.
struct Countries {
    order: Permutation,
    straight: Shares<Code>,
    first_destinations: Shares<Code>,
    residences: Shares<Code>,
    residence_order: Permutation,
}

impl Countries {
    fn new(emigrants: u64, seed: u64) -> Self {
        let mut first =
            with_not_stated(emigrants, &margins::FIRST_DESTINATIONS, margins::DESTINATION_NOT_STATED);
        let mut residence = with_not_stated(emigrants, &margins::RESIDENCES, margins::RESIDENCE_NOT_STATED);
        let mut straight = Vec::new();
        for (code, going) in &mut first {
            for (_, living) in residence.iter_mut().filter(|(other, _)| other == code) {
                let both = (*going).min(*living) * margins::STRAIGHT / 10;
                (*going, *living) = (*going - both, *living - both);
                straight.push((*code, both));
            }
        }
        let residences = Shares::new(residence);
        Self {
            order: Permutation::new(emigrants, seed, 3),
            straight: Shares::new(straight),
            first_destinations: Shares::new(first),
            residence_order: Permutation::new(residences.total(), seed, 4),
            residences,
        }
    }

    fn at(&self, rank: u64) -> (Code, Code) {
        let place = self.order.at(rank);
        let Some(place) = place.checked_sub(self.straight.total()) else {
            let code = self.straight.at(place);
            return (code, code);
        };
        (self.first_destinations.at(place), self.residences.at(self.residence_order.at(place)))
    }
}

/// Counts by country: a share per thousand not stated, and the others by their share of those that are.
fn with_not_stated(total: u64, shares: &[(Code, u64)], per_mille: u64) -> Vec<(Code, u64)> {
    let not_stated = (total * per_mille + 500) / 1000;
    let weights: Vec<u64> = shares.iter().map(|(_, share)| *share).collect();
    let codes = shares.iter().map(|(code, _)| *code).chain([margins::NOT_STATED]);
    codes.zip(apportion(total - not_stated, &weights).into_iter().chain([not_stated])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_tables_add_up() {
        assert_eq!(margins::YEARS.iter().map(|(_, count)| count).sum::<u64>(), margins::EMIGRANTS);
        assert!(margins::YEARS[..17].is_sorted_by_key(|(_, count)| count));
        assert_eq!(margins::FIRST_DESTINATIONS.iter().map(|(_, share)| share).sum::<u64>(), 10_000);
        assert_eq!(margins::RESIDENCES.iter().map(|(_, share)| share).sum::<u64>(), 10_000);
        assert_eq!(ages(1000).iter().map(|(_, count)| count).sum::<u64>(), 1000);
    }

    #[test]
    fn the_series_at_scale_one_is_the_table_itself() {
        assert_eq!(years(margins::EMIGRANTS, 1.0), margins::YEARS);
    }

    #[test]
    fn both_margins_survive_the_pairing() {
        let countries = Countries::new(1941, 7);
        let pairs: Vec<(Code, Code)> = (0..1941).map(|rank| countries.at(rank)).collect();
        let going = with_not_stated(1941, &margins::FIRST_DESTINATIONS, margins::DESTINATION_NOT_STATED);
        let living = with_not_stated(1941, &margins::RESIDENCES, margins::RESIDENCE_NOT_STATED);
        for (code, count) in going {
            assert_eq!(pairs.iter().filter(|pair| pair.0 == code).count() as u64, count);
        }
        for (code, count) in living {
            assert_eq!(pairs.iter().filter(|pair| pair.1 == code).count() as u64, count);
        }
    }
}
