//! Crossings a second: status, migration and dates from sorted columns, written into memory that is used again; one case allocates
//! all columns anew in every run, which costs about as much as the rule where the kernel is slow to hand out pages.
//!
//! Run with `cargo bench -p denizen-bench`; criterion prints elements (= crossings) a second of one core.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use denizen_residence::{
    Classification, Crossings, Direction, FaultPolicy, InitialStatus, Method, Options, Otherwise, Rule,
    classify, classify_into, day, preset,
};

const ROWS: usize = 1_000_000;

struct Columns {
    person_starts: Vec<usize>,
    days: Vec<i32>,
    directions: Vec<Direction>,
}

impl Columns {
    /// Persons with `crossings_per_person` crossings each, over 17 years: trips of days to weeks, now and then a year or more. Of every `fault_every`
    /// crossings one is missing (0: none).
    fn generate(crossings_per_person: usize, fault_every: u64) -> Self {
        let mut columns = Columns { person_starts: vec![], days: vec![], directions: vec![] };
        let mut random = Random(42);
        while columns.days.len() < ROWS {
            columns.person_starts.push(columns.days.len());
            let mut day = day(1990, 1, 1) + random.below(2000);
            let mut direction = if random.below(2) == 0 { Direction::Arrival } else { Direction::Departure };
            for _ in 0..crossings_per_person {
                columns.days.push(day);
                columns.directions.push(direction);
                let is_missing = fault_every > 0 && random.next().is_multiple_of(fault_every);
                if !is_missing {
                    direction = direction.opposite();
                }
                day += random.spell(8000 / crossings_per_person as i32);
            }
        }
        columns
    }

    fn crossings(&self) -> Crossings<'_> {
        Crossings { person_starts: &self.person_starts, days: &self.days, directions: &self.directions }
    }
}

/// A linear congruential generator: the same histories on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, limit: i32) -> i32 {
        (self.next() % limit as u64) as i32
    }

    /// Mostly short spells, of which a few take up most of the time.
    fn spell(&mut self, mean: i32) -> i32 {
        let limit = if self.below(4) == 0 { 6 * mean } else { mean / 2 };
        self.below(limit.max(2))
    }
}

fn rule(name: &str) -> Rule {
    match preset(name).expect("a preset").method {
        Method::Crossings(rule) => rule,
        Method::Permits(_) | Method::Signs(_) => unreachable!("a rule for crossings"),
    }
}

fn options(otherwise: Otherwise, faults: FaultPolicy) -> Options<'static> {
    let initial = InitialStatus { otherwise, ..InitialStatus::default() };
    Options { initial, faults, ..Options::new(day(2007, 5, 31)) }
}

fn throughput(criterion: &mut Criterion) {
    let cases = [
        ("start known", "nz_12_16", options(Otherwise::OppositeOfFirstCrossing, FaultPolicy::Bounds), 0),
        ("start unknown", "nz_12_16", options(Otherwise::Unknown, FaultPolicy::Bounds), 0),
        (
            "2% missing, bounds",
            "nz_12_16",
            options(Otherwise::OppositeOfFirstCrossing, FaultPolicy::Bounds),
            50,
        ),
        (
            "2% missing, midpoint",
            "nz_12_16",
            options(Otherwise::OppositeOfFirstCrossing, FaultPolicy::Midpoint),
            50,
        ),
        ("last exit", "pe_1990_2007", options(Otherwise::Unknown, FaultPolicy::AsRecorded), 0),
    ];
    for (title, name, options, fault_every) in cases {
        let mut result = Classification::default();
        measure(criterion, title, fault_every, |crossings| {
            classify_into(crossings, &rule(name), &options, &mut result).expect("good histories");
        });
    }
    let options = options(Otherwise::OppositeOfFirstCrossing, FaultPolicy::Bounds);
    measure(criterion, "start known, memory anew", 0, |crossings| {
        black_box(classify(crossings, &rule("nz_12_16"), &options).expect("good histories"));
    });
}

fn measure(criterion: &mut Criterion, title: &str, fault_every: u64, mut work: impl FnMut(&Crossings<'_>)) {
    let mut group = criterion.benchmark_group(title);
    for crossings_per_person in [1, 10, 100] {
        let columns = Columns::generate(crossings_per_person, fault_every);
        group.throughput(Throughput::Elements(columns.days.len() as u64));
        group.bench_function(BenchmarkId::from_parameter(crossings_per_person), |bencher| {
            bencher.iter(|| work(black_box(&columns.crossings())));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).measurement_time(std::time::Duration::from_secs(2)).warm_up_time(std::time::Duration::from_millis(500));
    targets = throughput
}
criterion_main!(benches);
