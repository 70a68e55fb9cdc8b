//! A synthetic archive of the residence permits of Italy, 2007-2025. **No person in it is real.**
//!
//! Holders on every 1 January from 2012 to 2024 and new permits of every year from 2012 to 2024 add up to the published ones, as ISTAT counts
//! them from an extraction six months later. Everything else is invented near what is published.

mod communities;
mod margins;
mod person;
mod plan;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io::{self, Write};
use std::ops::{AddAssign, Range};

use encoding_rs::WINDOWS_1252;
use rayon::prelude::*;

use crate::Options;
use crate::calendar::{self, Day};
use crate::draw::Draw;
use communities::{COMMUNITIES, OTHERS};
use margins::faults;
use person::{EXTRACTION, Life, Permit};
use plan::{Entrant, Plan};

const HEADER: &str = "id_soggetto;sesso;data_nascita;cittadinanza;provincia;motivo;tipo;inizio_validita;fine_validita;\
    data_inserimento;permesso_genitore;cittadino_italiano_dal\n";

/// Sets the streams of this generator apart from those of the other.
const DOMAIN: &[u8; 24] = b"denizen synthetic italy1";

/// Persons in a block, and blocks in the making per thread.
const PERSONS: u64 = 4096;
const BLOCKS_PER_THREAD: u64 = 8;

/// Bytes of a row, to make room for.
const ROW: usize = 120;

/// How the archive writes the reasons, by index; of several the first is the most frequent.
const REASONS: [&[&str]; 5] = [
    &["FAMIGLIA"],
    &["MOTIVI RELIGIOSI", "CURE MEDICHE", "RESIDENZA ELETTIVA"],
    &["ASILO", "PROTEZIONE SUSSIDIARIA"],
    &["LAVORO SUBORDINATO", "LAVORO AUTONOMO"],
    &["STUDIO"],
];

/// What was made: persons and permits, and the faults among the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermitSummary {
    /// Persons, each with at least one permit.
    pub persons: u64,
    /// All rows, without the header.
    pub permits: u64,
    /// Permits for long-term residence.
    pub long_term: u64,
    /// Permits of children that stand on that of a parent.
    pub on_parents_permit: u64,
    /// Second permits that begin on the same day.
    pub two_on_one_day: u64,
    /// Rows without the number of a person.
    pub unidentified: u64,
    /// Rows whose last day is before the first.
    pub reversed: u64,
}

impl AddAssign for PermitSummary {
    fn add_assign(&mut self, other: Self) {
        self.persons += other.persons;
        self.permits += other.permits;
        self.long_term += other.long_term;
        self.on_parents_permit += other.on_parents_permit;
        self.two_on_one_day += other.two_on_one_day;
        self.unidentified += other.unidentified;
        self.reversed += other.reversed;
    }
}

impl fmt::Display for PermitSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} synthetic permits of {} persons ({} for long-term residence, {} on a parent's permit), {} second ones of a day, \
             {} unidentified, {} reversed",
            self.permits,
            self.persons,
            self.long_term,
            self.on_parents_permit,
            self.two_on_one_day,
            self.unidentified,
            self.reversed
        )
    }
}

/// Writes the text of the permits, uncompressed.
pub(crate) fn write(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<PermitSummary> {
    out.write_all(HEADER.as_bytes())?;
    let (plan, names) = (Plan::new(options), Names::new());
    let blocks = plan.persons().div_ceil(PERSONS);
    let step = BLOCKS_PER_THREAD * rayon::current_num_threads() as u64;
    let generate = |numbers: Range<u64>| -> Vec<(Vec<u8>, PermitSummary)> {
        numbers.into_par_iter().map(|number| Block::generate(&plan, &names, number)).collect()
    };
    let mut made = PermitSummary::default();
    let mut ready: Vec<(Vec<u8>, PermitSummary)> = Vec::new();
    let mut next = 0..step.min(blocks);
    // While one round of blocks is written, the next is made.
    while !(ready.is_empty() && next.is_empty()) {
        let mut coming = Vec::new();
        rayon::in_place_scope(|scope| {
            scope.spawn(|_| coming = generate(next.clone()));
            ready.iter().try_for_each(|(text, summary)| {
                made += *summary;
                out.write_all(text)
            })
        })?;
        progress(made.permits);
        ready = coming;
        next = next.end..blocks.min(next.end + step);
    }
    Ok(made)
}

/// Names of states as they stand in the file, by the year.
struct Names {
    communities: Vec<Name>,
    others: Vec<Name>,
    weights: Vec<u64>,
}

struct Name {
    today: Vec<u8>,
    /// The earlier name, and the first year of that of today.
    earlier: Option<(Vec<u8>, i16)>,
}

impl Name {
    fn new(name: &str) -> Self {
        let encode = |name| WINDOWS_1252.encode(name).0.into_owned();
        let earlier = margins::EARLIER_NAMES.iter().find(|(today, ..)| *today == name);
        Self { today: encode(name), earlier: earlier.map(|(_, earlier, year)| (encode(earlier), *year)) }
    }

    /// The name that the archive wrote when a permit was entered.
    fn on(&self, entered: Day) -> &[u8] {
        let earlier = self.earlier.as_ref().filter(|(_, year)| calendar::year(entered) < *year);
        earlier.map_or(&self.today, |(name, _)| name)
    }
}

impl Names {
    fn new() -> Self {
        let others = margins::OTHER_STATES;
        Self {
            communities: COMMUNITIES.iter().map(|community| Name::new(community.name)).collect(),
            others: others.iter().map(|(name, _)| Name::new(name)).collect(),
            weights: others.iter().map(|(_, weight)| *weight).collect(),
        }
    }

    fn of(&self, entrant: &Entrant, draw: &mut Draw) -> &Name {
        if COMMUNITIES[entrant.community].name == OTHERS {
            return &self.others[draw.weighted(&self.weights)];
        }
        &self.communities[entrant.community]
    }
}

/// A row of the file, and by what rows are ordered.
struct Row {
    entered: Day,
    text: Vec<u8>,
}

struct Block<'a> {
    plan: &'a Plan,
    names: &'a Names,
    draw: Draw,
    rows: Vec<Row>,
    made: PermitSummary,
}

impl Block<'_> {
    fn generate(plan: &Plan, names: &Names, number: u64) -> (Vec<u8>, PermitSummary) {
        let draw = Draw::of(DOMAIN, plan.seed, number);
        let mut block = Block { plan, names, draw, rows: Vec::new(), made: PermitSummary::default() };
        let first = number * PERSONS;
        (first..plan.persons().min(first + PERSONS)).for_each(|index| block.person(index));
        block.finish()
    }

    fn person(&mut self, index: u64) {
        let entrant = self.plan.person(index);
        let life = Life::draw(&entrant, &mut self.draw);
        let person = Person {
            id: Some(self.draw.bits()),
            sex: if entrant.woman { b'F' } else { b'M' },
            birth: life.birth,
            name: self.names.of(&entrant, &mut self.draw),
            province: margins::PROVINCES[self.draw.weighted(&margins::PROVINCES.map(|(_, share)| share))].0,
        };
        self.made.persons += 1;
        for permit in life.permits(&entrant, &mut self.draw) {
            self.permit(&person, permit);
        }
    }

    /// A permit as the archive has it, and what it has wrong. Each fault is a row more: the permit itself is right.
    fn permit(&mut self, person: &Person, permit: Permit) {
        self.row(person, permit);
        if self.draw.per_mille(faults::TWO_ON_ONE_DAY) {
            let reason =
                (permit.reason + 1 + self.draw.below(REASONS.len() as u64 - 1) as usize) % REASONS.len();
            let to = permit.to.or(Some(permit.from + 364));
            self.row(person, Permit { reason, to, long_term: false, citizen_since: None, ..permit });
            self.made.two_on_one_day += 1;
        }
        if self.draw.per_mille(faults::UNIDENTIFIED) {
            self.row(&Person { id: None, ..*person }, permit);
            self.made.unidentified += 1;
        }
        let reversed = permit.to.filter(|_| self.draw.per_mille(faults::REVERSED));
        if let Some(to) = reversed {
            self.row(person, Permit { from: to, to: Some(permit.from), ..permit });
            self.made.reversed += 1;
        }
    }

    fn row(&mut self, person: &Person, permit: Permit) {
        if permit.entered > EXTRACTION {
            return;
        }
        let labels = REASONS[permit.reason];
        let label = if self.draw.per_mille(800) { 0 } else { self.draw.below(labels.len() as u64) as usize };
        let sex = (!self.draw.per_mille(faults::SEX_NOT_STATED)).then_some(person.sex);
        let mut text = Vec::with_capacity(ROW);
        person.write(&mut text, sex, permit.entered);
        write_field(&mut text, labels[label].as_bytes());
        write_field(&mut text, if permit.long_term { b"UE LUNGO PERIODO" } else { b"A TERMINE" });
        write_field(&mut text, &calendar::text(permit.from));
        write_day(&mut text, permit.to);
        write_field(&mut text, &calendar::text(permit.entered));
        permit.parent.into_iter().for_each(|parent| text.extend(hexadecimal(parent)));
        text.push(b';');
        permit.citizen_since.into_iter().for_each(|day| text.extend(calendar::text(day)));
        text.push(b'\n');
        self.made.permits += 1;
        self.made.long_term += u64::from(permit.long_term);
        self.made.on_parents_permit += u64::from(permit.parent.is_some());
        self.rows.push(Row { entered: permit.entered, text });
    }

    /// In the order of entry; those of a day as they were made.
    fn finish(mut self) -> (Vec<u8>, PermitSummary) {
        self.rows.sort_by_key(|row| row.entered);
        let text = self.rows.iter().flat_map(|row| row.text.iter().copied()).collect();
        (text, self.made)
    }
}

#[derive(Clone, Copy)]
struct Person<'a> {
    id: Option<u64>,
    sex: u8,
    birth: Day,
    name: &'a Name,
    province: &'static str,
}

impl Person<'_> {
    fn write(&self, text: &mut Vec<u8>, sex: Option<u8>, entered: Day) {
        self.id.into_iter().for_each(|id| text.extend(hexadecimal(id)));
        text.push(b';');
        text.extend(sex);
        text.push(b';');
        write_field(text, &calendar::text(self.birth));
        write_field(text, self.name.on(entered));
        write_field(text, self.province.as_bytes());
    }
}

fn write_field(text: &mut Vec<u8>, field: &[u8]) {
    text.extend_from_slice(field);
    text.push(b';');
}

fn write_day(text: &mut Vec<u8>, day: Option<Day>) {
    day.into_iter().for_each(|day| text.extend(calendar::text(day)));
    text.push(b';');
}

fn hexadecimal(bits: u64) -> [u8; 16] {
    std::array::from_fn(|digit| b"0123456789ABCDEF"[(bits >> (60 - 4 * digit) & 0xF) as usize])
}
