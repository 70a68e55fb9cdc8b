//! From the first arrival to the last departure within a permit.

use crate::classification::{AssumedDeparture, Columns, Counts, RowUse};
use crate::crossings::{Crossings, Direction, equal_lengths};
use crate::day::Comparison;
use crate::error::Error;
use crate::permit::Permits;
use crate::permit_rule::{Journey, JourneyRule, journeys};
use crate::rule::FirstArrivalLastDeparture;

/// The joined permits of all persons.
pub(crate) struct PermitStays {
    rule: FirstArrivalLastDeparture,
    stays: Vec<Journey>,
}

impl PermitStays {
    pub(crate) fn new(
        rule: FirstArrivalLastDeparture,
        permits: Option<&Permits<'_>>,
        crossings: &Crossings<'_>,
    ) -> Result<Self, Error> {
        let permits = permits.ok_or(Error::PermitsMissing)?;
        let (persons, found) = (crossings.person_starts.len(), permits.person_starts.len());
        equal_lengths("person_starts", persons, "person_starts of permits", found)?;
        let joined = JourneyRule { gap: rule.joining_gap, comparison: Comparison::MoreThan };
        Ok(PermitStays { rule, stays: journeys(permits, &joined)? })
    }

    /// Judges the crossings of one person; returns the departures that had to be assumed.
    pub(crate) fn judge(
        &self,
        person: usize,
        days: &[i32],
        directions: &[Direction],
        until: i32,
        out: &mut Columns<'_>,
        counts: &mut Counts,
    ) -> impl Iterator<Item = AssumedDeparture> {
        let from = self.stays.partition_point(|stay| stay.person < person);
        let to = self.stays.partition_point(|stay| stay.person <= person);
        let stays = &self.stays[from..to];
        out.row_use.fill(RowUse::OutsidePermit);
        let assumed: Vec<_> =
            stays.iter().filter_map(|stay| self.judge_stay(stay, days, directions, until, out)).collect();
        let outside = out.row_use.iter().filter(|&&row_use| row_use == RowUse::OutsidePermit).count();
        counts.outside_permit += outside as u64;
        counts.used += (days.len() - outside) as u64;
        assumed.into_iter()
    }

    fn judge_stay(
        &self,
        stay: &Journey,
        days: &[i32],
        directions: &[Direction],
        until: i32,
        out: &mut Columns<'_>,
    ) -> Option<AssumedDeparture> {
        let start = days.partition_point(|&day| day < stay.first_day);
        let end = days.partition_point(|&day| day <= stay.last_day);
        out.row_use[start..end].fill(RowUse::Used);
        out.migration[start..end].fill(Some(false));
        let first = start + directions[start..end].iter().position(|&each| each == Direction::Arrival)?;
        let last = end - 1;
        let has_left = directions[last] == Direction::Departure;
        let left_on = if has_left { days[last] } else { stay.last_day };

        let is_over = stay.last_day <= until;
        let migration = self.is_long(days[first], left_on);
        let migration = is_over.then_some(migration);
        // While the permit runs, an earlier departure may be followed by a return: what has been lived so far is a lower bound.
        let so_far = if has_left { left_on } else { until };
        out.migration[first] = migration.or(self.is_long(days[first], so_far).then_some(true));
        if has_left {
            out.migration[last] = migration;
        }
        (is_over && !has_left).then_some(AssumedDeparture { person: stay.person, day: left_on, migration })
    }

    fn is_long(&self, from: i32, to: i32) -> bool {
        self.rule.comparison.is_met(self.rule.threshold, from, to)
    }
}
