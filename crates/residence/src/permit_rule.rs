//! Rules for residence permits: what a permit is to its holder, what belongs together, who holds one on a day.

use std::ops::Range;

use crate::day::{Comparison, Span, day};
use crate::error::Error;
use crate::permit::{NO_REASON, Permits};
use crate::permit_holder::permit_holders;
use crate::rule::{check_day, check_span};

/// A rule for permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermitRule {
    /// Which permits are first permits: [`permit_events`].
    FirstPermit(FirstPermit),
    /// Which permits belong together: [`journeys`].
    Journey(JourneyRule),
    /// Who holds a permit on a day, by an extraction taken later: [`permit_stock`].
    Stock(PermitStock),
}

/// A permit is a first permit if none was valid before, or the last one expired `gap` ago. Regulation (EC) 862/2007, Art. 6, and
/// Regulation (EU) 216/2010: permits of at least three months, gap of at least six months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstPermit {
    /// Permits valid for less are no permits; first and last day both count.
    pub minimum_length: Span,
    /// From the last day of a permit to the first day of the next.
    pub gap: Span,
    /// Whether a gap of exactly this length makes a first permit.
    pub comparison: Comparison,
    /// Whether only permits for the same reason count as earlier permits (a new reason makes a first permit then).
    pub same_reason: bool,
}

/// Permits are one journey as long as the gaps between them are short. Home Office, Migrant Journey: "no more than 12 months between
/// the end of one leave period and the start of the next".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JourneyRule {
    /// From the last day of a permit to the first day of the next.
    pub gap: Span,
    /// Whether a gap of exactly this length begins a new journey.
    pub comparison: Comparison,
}

/// Holders on a reference day by an extraction that is taken some time later, when late entries and renewals have come in. ISTAT,
/// non-EU citizens present on 1 January, from the archive of the Ministry of the Interior.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermitStock {
    /// The least time from reference day to extraction.
    pub entry_lag: Span,
    /// Whoever held a permit that expired before the day, and has another that begins after it with less than this gap, was there all
    /// the while and counts; `None` leaves them out.
    pub renewal_gap: Option<Span>,
}

impl PermitRule {
    /// The name of the rule in pipeline files.
    pub const fn name(&self) -> &'static str {
        match self {
            PermitRule::FirstPermit(_) => "first_permit",
            PermitRule::Journey(_) => "permit_journey",
            PermitRule::Stock(_) => "permit_stock",
        }
    }

    /// Checks the parameters.
    ///
    /// # Errors
    /// [`Error::SpanOutOfRange`].
    pub fn check(&self) -> Result<(), Error> {
        match self {
            PermitRule::FirstPermit(rule) => {
                check_span("minimum_length", rule.minimum_length)?;
                check_span("gap", rule.gap)
            }
            PermitRule::Journey(rule) => check_span("gap", rule.gap),
            PermitRule::Stock(rule) => {
                check_span("entry_lag", rule.entry_lag)?;
                rule.renewal_gap.map_or(Ok(()), |gap| check_span("renewal_gap", gap))
            }
        }
    }

    /// The parameters by name, as text for people and for the columns of a table.
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        match self {
            PermitRule::FirstPermit(rule) => vec![
                ("minimum_length", rule.minimum_length.to_string()),
                ("gap", rule.gap.to_string()),
                ("comparison", rule.comparison.to_string()),
                ("same_reason", rule.same_reason.to_string()),
            ],
            PermitRule::Journey(rule) => {
                vec![("gap", rule.gap.to_string()), ("comparison", rule.comparison.to_string())]
            }
            PermitRule::Stock(rule) => vec![
                ("entry_lag", rule.entry_lag.to_string()),
                ("renewal_gap", rule.renewal_gap.map_or("none".to_owned(), |gap| gap.to_string())),
            ],
        }
    }
}

/// What a permit is to its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermitEvent {
    /// The first permit, or the first after a gap.
    First,
    /// Follows within the gap, or overlaps, permits for other reasons only.
    Change,
    /// Follows or overlaps one for the same reason.
    Renewal,
    /// Follows or overlaps one, and it is not known whether the reason is another one, for one of the two states none.
    NotStated,
    /// Shorter than permits must be; not counted at all.
    TooShort,
}

/// Tells first permits, changes of reason and renewals apart; one value a row.
///
/// A permit that is no first one is compared with the permit that was held last: with those that were valid on the day before it
/// begins or later, or else with the one that ended last. Where these are for several reasons, one of the same reason makes it a
/// renewal. A permit that states no reason ([`NO_REASON`]) is taken to be for the reason of the one held last, where
/// that is one, for the permits that follow; itself it is [`PermitEvent::NotStated`].
///
/// ```
/// use denizen_residence::{Comparison, FirstPermit, PermitEvent::*, Permits, Span, day, permit_events};
///
/// // One person: for the family, renewed, and then for work.
/// let valid_from = [day(2019, 1, 1), day(2020, 1, 1), day(2021, 1, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31), day(2022, 1, 31)];
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &valid_from,
///     valid_to: &valid_to,
///     reasons: &[1, 1, 2],
/// };
///
/// let rule = FirstPermit {
///     minimum_length: Span::Months(3),
///     gap: Span::Months(6),
///     comparison: Comparison::AtLeast,
///     same_reason: false,
/// };
/// assert_eq!(permit_events(&permits, &rule)?, [First, Renewal, Change]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn permit_events(permits: &Permits<'_>, rule: &FirstPermit) -> Result<Vec<PermitEvent>, Error> {
    check_span("minimum_length", rule.minimum_length)?;
    check_span("gap", rule.gap)?;
    permits.check()?;
    let mut events = Vec::with_capacity(permits.len());
    let mut latest = Vec::new();
    for person in 0..permits.person_starts.len() {
        latest.clear();
        for row in permits.rows(person) {
            events.push(permit_event(permits, row, rule, &mut latest));
        }
    }
    Ok(events)
}

/// `latest` has the last day of validity for each reason that the person had before; so few that a list is enough.
fn permit_event(
    permits: &Permits<'_>,
    row: usize,
    rule: &FirstPermit,
    latest: &mut Vec<(u32, i32)>,
) -> PermitEvent {
    let (from, to, reason) = (permits.valid_from[row], permits.valid_to[row], permits.reasons[row]);
    if permits.is_shorter(row, rule.minimum_length) {
        return PermitEvent::TooShort;
    }
    let may_be_same = |other: u32| other == reason || [other, reason].contains(&NO_REASON);
    let continues = |&(other, until): &(u32, i32)| {
        (!rule.same_reason || may_be_same(other)) && !rule.comparison.is_met(rule.gap, until, from)
    };
    let is_first = !latest.iter().any(continues);
    let held = || held_last(latest, from);
    let event = match () {
        () if is_first => PermitEvent::First,
        () if reason == NO_REASON => PermitEvent::NotStated,
        () if held().any(|other| other == reason) => PermitEvent::Renewal,
        () if held().any(|other| other == NO_REASON) => PermitEvent::NotStated,
        () => PermitEvent::Change,
    };
    // What is not stated is taken to be as before, so that the change is told where it is stated.
    let is_as_before = reason == NO_REASON && !is_first && held().count() == 1;
    let taken = held().next().filter(|_| is_as_before).unwrap_or(reason);
    match latest.iter_mut().find(|(other, _)| *other == taken) {
        Some((_, until)) => *until = to.max(*until),
        None => latest.push((taken, to)),
    }
    event
}

/// The reasons of the permits that were held last before a day: valid on the day before or later, or else ended last.
fn held_last(latest: &[(u32, i32)], from: i32) -> impl Iterator<Item = u32> {
    let ended = latest.iter().map(|(_, until)| *until).max();
    let since = ended.map_or(from, |ended| ended.min(from - 1));
    latest.iter().filter(move |(_, until)| *until >= since).map(|(reason, _)| *reason)
}

/// Permits of one person that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journey {
    /// The person, as index into `person_starts`.
    pub person: usize,
    /// The rows of its permits.
    pub rows: Range<usize>,
    /// First day of the first permit.
    pub first_day: i32,
    /// Last day of the permit that ends last.
    pub last_day: i32,
}

/// Joins permits into journeys, in the order of the rows.
///
/// ```
/// use denizen_residence::{Comparison, JourneyRule, Permits, Span, day, journeys};
///
/// let valid_from = [day(2019, 1, 1), day(2020, 1, 1), day(2021, 2, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31), day(2022, 1, 31)];
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &valid_from,
///     valid_to: &valid_to,
///     reasons: &[1, 1, 2],
/// };
///
/// let rule = JourneyRule { gap: Span::Months(12), comparison: Comparison::MoreThan };
/// let found = journeys(&permits, &rule)?;
/// assert_eq!((found.len(), found[0].first_day, found[0].last_day), (1, day(2019, 1, 1), day(2022, 1, 31)));
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn journeys(permits: &Permits<'_>, rule: &JourneyRule) -> Result<Vec<Journey>, Error> {
    check_span("gap", rule.gap)?;
    permits.check()?;
    let mut journeys: Vec<Journey> = Vec::new();
    for person in 0..permits.person_starts.len() {
        for row in permits.rows(person) {
            let (from, to) = (permits.valid_from[row], permits.valid_to[row]);
            match journeys.last_mut() {
                Some(last)
                    if last.person == person && !rule.comparison.is_met(rule.gap, last.last_day, from) =>
                {
                    last.rows.end = row + 1;
                    last.last_day = last.last_day.max(to);
                }
                _ => journeys.push(Journey { person, rows: row..row + 1, first_day: from, last_day: to }),
            }
        }
    }
    Ok(journeys)
}

/// Whether each permit is valid on a day; one value a row.
///
/// ```
/// use denizen_residence::{Permits, day, valid_at};
///
/// let valid_from = [day(2019, 1, 1), day(2020, 1, 1), day(2021, 2, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31), day(2022, 1, 31)];
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &valid_from,
///     valid_to: &valid_to,
///     reasons: &[1, 1, 2],
/// };
///
/// assert_eq!(valid_at(&permits, day(2020, 12, 31))?, [false, true, false]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn valid_at(permits: &Permits<'_>, on: i32) -> Result<Vec<bool>, Error> {
    check_day("on", on)?;
    permits.check()?;
    Ok((0..permits.len()).map(|row| is_valid(permits, row, on)).collect())
}

pub(crate) fn is_valid(permits: &Permits<'_>, row: usize, on: i32) -> bool {
    permits.valid_from[row] <= on && on <= permits.valid_to[row]
}

/// Why a person is in a stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockReason {
    /// By a permit that was on record on the reference day.
    Valid,
    /// By a permit that covers the day and was entered later.
    EnteredLater,
    /// By a permit that had expired and was renewed later.
    RenewedLater,
}

/// Who belongs to the stock of a reference day, and why; one value a person. `entered_on` is the day on which each permit came into
/// the archive; those entered after the extraction are not seen.
///
/// ```
/// use denizen_residence::{PermitStock, Permits, Span, StockReason, day, permit_stock};
///
/// let valid_from = [day(2019, 1, 1), day(2020, 1, 1), day(2021, 2, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31), day(2022, 1, 31)];
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &valid_from,
///     valid_to: &valid_to,
///     reasons: &[1, 1, 2],
/// };
///
/// // On 1 January 2021 there is no permit, but the next one begins a month later.
/// let rule = PermitStock { entry_lag: Span::Months(6), renewal_gap: Some(Span::Months(2)) };
/// let stock = permit_stock(&permits, &valid_from, &rule, day(2021, 1, 1), day(2021, 7, 1))?;
/// assert_eq!(stock, [Some(StockReason::RenewedLater)]);
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// [`Error::ExtractionTooEarly`]; columns that do not fit together, are not sorted or out of range.
pub fn permit_stock(
    permits: &Permits<'_>,
    entered_on: &[i32],
    rule: &PermitStock,
    reference_day: i32,
    extracted_on: i32,
) -> Result<Vec<Option<StockReason>>, Error> {
    let ranks = vec![0; permits.len()];
    let held = permit_holders(permits, entered_on, &ranks, rule, reference_day, extracted_on)?;
    Ok(held.into_iter().map(|held| held.map(|held| held.reason)).collect())
}

impl PermitStock {
    pub(crate) fn check(&self, reference_day: i32, extracted_on: i32) -> Result<(), Error> {
        check_span("entry_lag", self.entry_lag)?;
        if let Some(gap) = self.renewal_gap {
            check_span("renewal_gap", gap)?;
        }
        check_day("reference_day", reference_day)?;
        check_day("extracted_on", extracted_on)?;
        if extracted_on < self.entry_lag.after(reference_day) {
            return Err(Error::ExtractionTooEarly { reference_day, extracted_on, entry_lag: self.entry_lag });
        }
        Ok(())
    }
}

/// A cohort of entrants, some years later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Persons with a first permit in the year.
    pub cohort: u64,
    /// Of these, with settlement or citizenship by 31 December of the later year.
    pub settled: u64,
    /// Of the rest, with a valid permit on that day.
    pub holding: u64,
}

/// Follows those who got a first permit in `year` to 31 December `years` later. `settled_on` has, for each person, the day of settlement or
/// citizenship. Home Office, Migrant Journey; ISTAT, cohorts of entrants.
///
/// ```
/// use denizen_residence::{Comparison, FirstPermit, Permits, Retention, Span, day, retention};
///
/// let valid_from = [day(2019, 1, 1), day(2020, 1, 1), day(2021, 2, 1)];
/// let valid_to = [day(2019, 12, 31), day(2020, 12, 31), day(2022, 1, 31)];
/// let permits = Permits {
///     person_starts: &[0],
///     valid_from: &valid_from,
///     valid_to: &valid_to,
///     reasons: &[1, 1, 2],
/// };
///
/// let rule = FirstPermit {
///     minimum_length: Span::Months(3),
///     gap: Span::Months(6),
///     comparison: Comparison::AtLeast,
///     same_reason: false,
/// };
/// // Of those who came in 2019, on 31 December 2021: one, by a permit.
/// let found = retention(&permits, &[None], &rule, 2019, 2)?;
/// assert_eq!(found, Retention { cohort: 1, settled: 0, holding: 1 });
/// # Ok::<(), denizen_residence::Error>(())
/// ```
///
/// # Errors
/// Columns that do not fit together, are not sorted or out of range.
pub fn retention(
    permits: &Permits<'_>,
    settled_on: &[Option<i32>],
    rule: &FirstPermit,
    year: i32,
    years: i32,
) -> Result<Retention, Error> {
    let events = permit_events(permits, rule)?;
    crate::crossings::equal_lengths(
        "person_starts",
        permits.person_starts.len(),
        "settled_on",
        settled_on.len(),
    )?;
    let entry = day(year, 1, 1)..=day(year, 12, 31);
    let later = day(year.saturating_add(years), 12, 31);
    let mut retention = Retention::default();
    for (person, settled) in settled_on.iter().enumerate() {
        let enters =
            |row: usize| events[row] == PermitEvent::First && entry.contains(&permits.valid_from[row]);
        if !permits.rows(person).any(enters) {
            continue;
        }
        retention.cohort += 1;
        if settled.is_some_and(|on| on <= later) {
            retention.settled += 1;
        } else if permits.rows(person).any(|row| is_valid(permits, row, later)) {
            retention.holding += 1;
        }
    }
    Ok(retention)
}
