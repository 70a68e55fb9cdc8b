//! `permits`, `stock` and `retention` over whole small archives, beside obvious loops over the rows.

use denizen_residence::{LAST_DAY, calendar, day};
use denizen_spec::{Path, Schema, Source, StepReport};
use proptest::prelude::*;

use crate::operation::{Context, prepare};
use crate::test_batch::{batch, rows, step};
use crate::{By, Histories, Partitions, Scratch};

const GAP: i32 = 30;
const SHORTEST: i32 = 10;
const LAG: i32 = 20;
const REASONS: [&str; 3] = ["study", "work", "lt"];
const LONG_TERM: u8 = 2;

fn extracted() -> i32 {
    day(2016, 6, 30)
}

fn dates() -> [i32; 4] {
    [day(2015, 7, 15), day(2015, 12, 31), day(2016, 1, 20), day(2016, 5, 1)]
}

const PERMITS: &str = "op = 'permits'\nrule = 'first_permit'\nname = 'r'\ngap = '30 days'\nminimum_length = '10 days'\n\
                       entry_lag = '20 days'\nparent = 'parent'";
const STOCK: &str = "op = 'stock'\nrule = 'permit_stock'\nentry_lag = '20 days'\nrenewal_gap = '30 days'\n\
                     minimum_length = '10 days'\nentered = 'entered'\nprecedence = ['study']\n\
                     at = ['2015-07-15', '2015-12-31', '2016-01-20', '2016-05-01']";
const RETENTION: &str = "op = 'retention'\nrule = 'first_permit'\nname = 'r'\ngap = '30 days'\nminimum_length = '10 days'\n\
                         entry_lag = '20 days'\nnaturalised = 'citizen'\n\
                         at = ['2015-07-15', '2015-12-31', '2016-01-20', '2016-05-01']";

/// A record of the archive: days count from 1 April 2015.
#[derive(Debug, Clone)]
struct Record {
    person: Option<u8>,
    first: Option<i32>,
    last: Option<i32>,
    entered: Option<i32>,
    reason: Option<u8>,
    citizen: Option<i32>,
    is_minor: bool,
}

fn on(offset: i32) -> i32 {
    day(2015, 4, 1) + offset
}

fn record() -> impl Strategy<Value = Record> {
    let stated =
        |stated: f64, days: std::ops::Range<i32>| proptest::option::weighted(stated, days.prop_map(on));
    let (person, reason) =
        (proptest::option::weighted(0.95, 0..4_u8), proptest::option::weighted(0.8, 0..3_u8));
    let validity = (stated(0.95, 0..500), proptest::option::weighted(0.9, -5..150_i32));
    let others = (stated(0.7, 0..520), stated(0.1, 0..500), proptest::bool::weighted(0.2));
    (person, reason, validity, others).prop_map(
        |(person, reason, (first, length), (entered, citizen, is_minor))| {
            let last = length.map(|length| first.unwrap_or(on(200)) + length);
            Record { person, first, last, entered, reason, citizen, is_minor }
        },
    )
}

fn written(number: usize, record: &Record) -> String {
    let day = |day: Option<i32>| {
        day.and_then(denizen_spec::Date::from_days).map_or("-".to_owned(), |date| date.to_string())
    };
    let Record { person, first, last, entered, reason, citizen, is_minor } = record;
    let person = person.map_or("-".to_owned(), |person| format!("p{person}"));
    let reason = reason.map_or("-", |reason| REASONS[usize::from(reason)]);
    let parent = if *is_minor { "P" } else { "-" };
    format!(
        "{number} {person} {} {} {} {reason} {} {parent}",
        day(*first),
        day(*last),
        day(*entered),
        day(*citizen)
    )
}

const COLUMNS: &str = "n:integer person:person first:day last:day entered:day reason citizen:day parent";

/// The histories of records that came in chunks.
fn histories(numbered: &[(usize, Record)], size: usize, memory: u64) -> Histories {
    let folder = tempfile::tempdir().unwrap();
    let scratch = Scratch::new(folder.path(), false);
    let partitions = Partitions::new(Some(By::new("person", "first")), memory, scratch);
    for (number, chunk) in (0..).zip(numbered.chunks(size)) {
        let rows: Vec<String> = chunk.iter().map(|(number, record)| written(*number, record)).collect();
        partitions.add(number, &batch(COLUMNS, &rows.join(" | "))).unwrap();
    }
    partitions.into_histories().unwrap()
}

/// What a step makes of histories: the number of the record and the columns that are made, row by row.
fn made(toml: &str, histories: &Histories) -> Vec<String> {
    let operation = step(&format!(
        "{toml}\nfirst = 'first'\nlast = 'last'\nreason = 'reason'\nlong_term = {{ reason = 'lt' }}\n\
         extracted = 2016-06-30"
    ));
    let schema = Schema::of_source(&Source::records("s", ["x.csv"]));
    let step = prepare(&operation, &Context { schema: &schema, lists: &[], path: Path::root() }).unwrap();
    let mut found = Vec::new();
    for unit in 0..histories.units() {
        let made = step.apply(histories.get(unit).unwrap(), &mut StepReport::new("s")).unwrap();
        if made.num_rows() > 0 {
            let shown: Vec<usize> = [0].into_iter().chain(8..made.num_columns()).collect();
            found.extend(rows(&made.project(&shown).unwrap()).split(" | ").map(str::to_owned));
        }
    }
    found.sort();
    found
}

/// Why a record is no permit for the rules.
fn why_not(record: &Record) -> Option<&'static str> {
    let last = record.last.or((record.reason == Some(LONG_TERM)).then_some(LAST_DAY));
    let (Some(first), Some(last)) = (record.first, last) else {
        return Some(if record.person.is_none() { "no_person" } else { "no_validity" });
    };
    match () {
        () if record.person.is_none() => Some("no_person"),
        () if last < first => Some("ends_before_it_begins"),
        () if first > extracted() => Some("after_extraction"),
        () if last - first + 1 < SHORTEST => Some("too_short"),
        () => None,
    }
}

/// A permit of a person.
#[derive(Debug, Clone)]
struct Permit {
    number: usize,
    from: i32,
    to: i32,
    stated: Option<u8>,
    /// Its reason for those that follow: where it is not stated, that of the permits held last, if these are for one.
    taken: Option<u8>,
    entered: i32,
    is_minor: bool,
}

/// The permits of each person by their first day; of one day the longest first, then one for long-term residence, then by code.
fn permits(records: &[Record]) -> Vec<Vec<Permit>> {
    let of_person = |person: u8| {
        let own = records.iter().enumerate().filter(|(_, record)| record.person == Some(person));
        let mut permits: Vec<Permit> = own
            .filter(|(_, record)| why_not(record).is_none())
            .map(|(number, record)| {
                let from = record.first.unwrap();
                let entered = record.entered.unwrap_or(from).max(from);
                let (to, stated) = (record.last.unwrap_or(LAST_DAY), record.reason);
                Permit { number, from, to, stated, taken: stated, entered, is_minor: record.is_minor }
            })
            .collect();
        permits.sort_by_key(|permit| {
            let code = permit.stated.map(|reason| REASONS[usize::from(reason)]);
            let is_long = permit.stated == Some(LONG_TERM);
            (permit.from, -permit.to, !is_long, code.is_none(), code, permit.number)
        });
        for index in 0..permits.len() {
            let mut held = held_last(&permits, index);
            held.dedup();
            if permits[index].stated.is_none() && event(&permits, index) != "first" && held.len() == 1 {
                permits[index].taken = held[0];
            }
        }
        permits
    };
    (0..4).map(of_person).collect()
}

fn event(permits: &[Permit], index: usize) -> &'static str {
    let (permit, earlier) = (&permits[index], &permits[..index]);
    if earlier.iter().all(|other| permit.from >= other.to.saturating_add(GAP)) {
        return "first";
    }
    let held = held_last(permits, index);
    let is_known = permit.stated.is_some() && !held.contains(&None);
    if is_known && !held.contains(&permit.stated) { "change" } else { "renewal" }
}

/// The reasons of the permits that a person held last before one: valid on the day before or later, or else ended last; sorted.
fn held_last(permits: &[Permit], index: usize) -> Vec<Option<u8>> {
    let earlier = &permits[..index];
    let ended = earlier.iter().map(|other| other.to).max().unwrap_or(LAST_DAY);
    let since = ended.min(permits[index].from - 1);
    let mut held: Vec<_> =
        earlier.iter().filter(|other| other.to >= since).map(|other| other.taken).collect();
    held.sort();
    held
}

fn is_open(to: i32) -> bool {
    to.saturating_add(GAP - 1 + LAG) > extracted()
}

fn renewal(permits: &[Permit], index: usize) -> (&'static str, Option<i32>) {
    let (permit, earlier) = (&permits[index], &permits[..index]);
    let next = permits[index + 1..].iter().find(|other| other.to > permit.to);
    match next {
        _ if permit.to > extracted() => ("running", None),
        _ if earlier.iter().any(|other| other.to > permit.to) => ("overlapped", None),
        Some(next) if next.from == permit.from => ("overlapped", None),
        Some(next) if next.from < permit.to + GAP => ("renewed", Some(next.from - permit.to)),
        None if is_open(permit.to) => ("undecided", None),
        Some(_) | None => ("not_renewed", None),
    }
}

/// The permits that hang together with one.
fn stay(permits: &[Permit], index: usize) -> Vec<&Permit> {
    let mut together = vec![index];
    let mut grown = 0;
    while grown < together.len() {
        grown = together.len();
        for one in 0..permits.len() {
            let joins = |other: &usize| {
                let (earlier, later) = (&permits[one.min(*other)], &permits[one.max(*other)]);
                later.from < earlier.to.saturating_add(GAP)
            };
            if !together.contains(&one) && together.iter().any(joins) {
                together.push(one);
            }
        }
    }
    together.into_iter().map(|index| &permits[index]).collect()
}

fn shown(day: i32) -> String {
    denizen_spec::Date::from_days(day).map_or("-".to_owned(), |date| date.to_string())
}

fn obvious_permits(records: &[Record]) -> Vec<String> {
    let mut found = Vec::new();
    for (number, record) in records.iter().enumerate() {
        if let Some(why) = why_not(record) {
            found.push(format!("{number} {why} - - - - -"));
        }
    }
    for permits in permits(records) {
        let first_own = permits.iter().position(|permit| !permit.is_minor);
        for (index, permit) in permits.iter().enumerate() {
            let event = match event(&permits, index) {
                "renewal" | "change" if first_own == Some(index) => "first_own",
                event => event,
            };
            let stay = stay(&permits, index);
            let first = stay.iter().map(|permit| permit.from).min().unwrap();
            let last = stay.iter().map(|permit| permit.to).max().filter(|day| *day < LAST_DAY);
            let (renewal, lag) = renewal(&permits, index);
            let class = match lag {
                None => "-",
                Some(..=0) => "before_expiry",
                Some(1..=30) => "1-30",
                Some(31..) => "31-60",
            };
            found.push(format!(
                "{} {event} {} {} {renewal} {class} {}",
                permit.number,
                shown(first),
                last.map_or("-".to_owned(), shown),
                lag.map_or("-".to_owned(), |lag| lag.to_string())
            ));
        }
    }
    found.sort();
    found
}

fn obvious_stock(records: &[Record]) -> Vec<String> {
    let mut found = Vec::new();
    for permits in permits(records) {
        for date in dates() {
            let seen = || permits.iter().filter(|permit| permit.entered <= date + LAG);
            let valid = || seen().filter(|permit| permit.from <= date && date <= permit.to);
            // Study first; of equal ones those for long-term residence.
            let rank =
                |permit: &&Permit| (permit.stated != Some(0), permit.stated != Some(LONG_TERM), permit.from);
            let mut add = |permit: &Permit, held_as: &str| {
                found.push(format!("{} {} {held_as}", permit.number, shown(date)))
            };
            if let Some(held) = valid().min_by_key(rank) {
                let in_time = valid().any(|permit| permit.entered <= date);
                add(held, if in_time { "valid" } else { "entered_later" });
                continue;
            }
            let expired = seen().filter(|permit| permit.to < date);
            let held = expired.min_by_key(|permit| (-permit.to, rank(permit)));
            let next = seen().map(|permit| permit.from).filter(|from| *from > date).min();
            if let (Some(held), Some(next)) = (held, next)
                && next < held.to + GAP
            {
                add(held, "renewed_later");
            }
        }
    }
    found.sort();
    found
}

/// Where a person is on a date.
fn outcome(permits: &[Permit], citizen: Option<i32>, date: i32) -> &'static str {
    let is_long = |permit: &&Permit| permit.stated == Some(LONG_TERM);
    let begun = || permits.iter().filter(|permit| permit.from <= date);
    let valid = || begun().filter(|permit| date <= permit.to);
    let held = |is_long| if is_long { "long_term" } else { "valid" };
    if citizen.is_some_and(|day| day <= date) {
        return "naturalised";
    }
    if valid().next().is_some() {
        return held(valid().any(|permit| is_long(&permit)));
    }
    let ended = begun().map(|permit| permit.to).max().unwrap();
    match permits.iter().find(|permit| permit.from > date) {
        Some(next) if next.from < ended + GAP => {
            held(begun().any(|permit| permit.to == ended && is_long(&permit)))
        }
        None if is_open(ended) => "undecided",
        Some(_) | None => "left",
    }
}

fn obvious_retention(records: &[Record]) -> Vec<String> {
    let mut found = Vec::new();
    for (person, permits) in (0..).zip(permits(records)) {
        let own = records.iter().filter(|record| record.person == Some(person));
        let citizen = own.filter_map(|record| record.citizen).min();
        let mut cohorts = Vec::new();
        for (index, permit) in permits.iter().enumerate() {
            let cohort = calendar(permit.from).0;
            if event(&permits, index) != "first" || cohorts.contains(&cohort) {
                continue;
            }
            cohorts.push(cohort);
            for date in dates().into_iter().filter(|date| *date >= permit.from) {
                let years = calendar(date).0 - cohort;
                let outcome = outcome(&permits, citizen, date);
                found.push(format!("{} {} {cohort} {years} {outcome}", permit.number, shown(date)));
            }
        }
    }
    found.sort();
    found
}

type Obvious = fn(&[Record]) -> Vec<String>;

const ALL: [(&str, Obvious); 3] =
    [(PERMITS, obvious_permits), (STOCK, obvious_stock), (RETENTION, obvious_retention)];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn archives_say_what_the_obvious_way_says(
        records in proptest::collection::vec(record(), 1..40),
        size in 1..20_usize,
        memory in prop_oneof![Just(0_u64), Just(u64::MAX)],
    ) {
        let numbered: Vec<(usize, Record)> = records.iter().cloned().enumerate().collect();
        let histories = histories(&numbered, size, memory);
        for (toml, obvious) in ALL {
            prop_assert_eq!(made(toml, &histories), obvious(&records), "{}", toml);
        }
    }

    /// Of permits that begin on one day the one that stands first is looked at first; all others may stand anywhere.
    #[test]
    fn the_order_of_records_means_nothing(
        records in proptest::collection::vec(record(), 1..40),
        order in Just((0..40_usize).collect::<Vec<_>>()).prop_shuffle(),
        sizes in (1..20_usize, 1..20_usize),
    ) {
        let mut seen = Vec::new();
        let mut is_new = |record: &Record| {
            let day = (record.person, record.first);
            let is_new = day.1.is_none() || !seen.contains(&day);
            seen.push(day);
            is_new
        };
        let numbered: Vec<(usize, Record)> = records.into_iter().filter(|record| is_new(record)).enumerate().collect();
        let mut shuffled = numbered.clone();
        shuffled.sort_by_key(|(number, _)| order[*number]);
        let (one, other) = (histories(&numbered, sizes.0, u64::MAX), histories(&shuffled, sizes.1, 0));
        for (toml, _) in ALL {
            prop_assert_eq!(made(toml, &other), made(toml, &one), "{}", toml);
        }
    }
}
