//! A block of persons, their histories and the rows that the register keeps of them.
//!
//! Each history is built back in time from its *anchor*, the crossing that decides what the person counts as. The
//! register may lose, repeat or spoil every other row, never the anchor; after the cut-off anything may happen.

use std::ops::Range;

use super::Summary;
use super::calendar::{self, CUT_OFF, Day, OPENING};
use super::draw::Draw;
use super::faults;
use super::margins::{self, Code, NOT_STATED, PERU};
use super::plan::{Kind, Plan};
use super::posts::{self, POSTS};
use super::row::{self, Crossing, Direction, Document, Id, Person};

/// Persons in a block: enough for a person's rows to lie far apart, few enough to be held by the dozen.
pub(super) const PERSONS: u64 = 4096;

/// Rows per person to make room for, and bytes per row.
const ROOM: (usize, usize) = (3, 130);

/// The longest absence, stay at home, and visit of a foreigner, in days.
const LONGEST_ABSENCE: u64 = 900;
const LONGEST_HOME: u64 = 1600;
const LONGEST_VISIT: u64 = 180;

/// Sets the streams of day trips apart from those of blocks, whose numbers do not come near.
const TRIPS: u64 = 1 << 63;

const ADULT: Day = 18 * 365 + 5;

/// The person whose history is being written.
struct Traveller {
    person: u32,
    sex: u8,
    birth: Day,
    citizenship: Code,
    residence: Code,
}

/// A crossing as it took place.
#[derive(Clone, Copy)]
struct Step {
    day: Day,
    direction: Direction,
    country: Code,
}

struct Block<'a> {
    plan: &'a Plan,
    draw: Draw,
    /// The draws of day trips: a stream of its own, so that all other rows are as they would be without.
    trips: Draw,
    persons: Vec<Person>,
    crossings: Vec<Crossing>,
    made: Summary,
}

/// The rows of a block as text, in order of date.
pub(super) fn generate(plan: &Plan, number: u64) -> (Vec<u8>, Summary) {
    let room = PERSONS as usize;
    let mut block = Block {
        plan,
        draw: Draw::new(plan.seed, number),
        trips: Draw::new(plan.seed, number | TRIPS),
        persons: Vec::with_capacity(room),
        crossings: Vec::with_capacity(room * ROOM.0),
        made: Summary::default(),
    };
    let first = number * PERSONS;
    (first..plan.persons().min(first + PERSONS)).for_each(|index| block.person(index));
    block.finish()
}

impl Block<'_> {
    fn person(&mut self, index: u64) {
        let (kind, rank) = self.plan.person(index);
        self.made.persons += 1;
        match kind {
            Kind::Emigrant => self.emigrant(rank),
            Kind::Returned => self.returned(),
            Kind::LeftBefore => self.left_before(),
            Kind::LeftAfter => self.left_after(),
            Kind::Foreigner => self.foreigner(),
        }
    }

    /// Earlier journeys, the last exit, and for some a return that comes too late to count.
    fn emigrant(&mut self, rank: u64) {
        let emigrant = self.plan.emigrant(rank);
        self.made.emigrants += 1;
        self.made.women_emigrants += u64::from(emigrant.woman);
        let sex = if emigrant.woman { b'F' } else { b'M' };
        let day = self.day_in(emigrant.year);
        let step = Step { day, direction: Direction::Exit, country: emigrant.first_destination };
        let mut who = self.enrol(PERU, sex, day, emigrant.age);
        who.residence = emigrant.residence;
        self.anchor(&who, step);
        if self.draw.per_mille(margins::BACK_AFTER) {
            self.afterwards(&who, Direction::Entry);
        }
        if !self.draw.per_mille(margins::VISITORS) {
            who.residence = PERU;
        }
        let legs = 2 * self.journeys(&margins::EMIGRANTS_JOURNEYS);
        self.backwards(&who, step, legs);
    }

    fn returned(&mut self) {
        let year = self.year();
        let (who, step) = self.ordinary(year, Direction::Entry);
        self.anchor(&who, step);
        let legs = 1 + 2 * self.journeys(&margins::TRAVELLERS_JOURNEYS);
        self.backwards(&who, step, legs);
        if self.draw.per_mille(margins::AGAIN_AFTER) {
            self.afterwards(&who, Direction::Exit);
        }
    }

    fn left_before(&mut self) {
        let year = 1985 + self.draw.below(5) as i16;
        let (mut who, step) = self.ordinary(year, Direction::Exit);
        who.residence =
            self.plan.typical.residences.at(self.draw.below(self.plan.typical.residences.total()));
        self.anchor(&who, step);
        if self.draw.per_mille(margins::BACK_AFTER) {
            self.afterwards(&who, Direction::Entry);
        }
    }

    /// Nothing may come before: with its entry missed, an earlier exit would count.
    fn left_after(&mut self) {
        let day = CUT_OFF + 1 + self.draw.below(120) as Day;
        let who = self.drawn(PERU, day);
        let step = Step { day, direction: Direction::Exit, country: self.country() };
        self.anchor(&who, step);
    }

    fn foreigner(&mut self) {
        let typical = &self.plan.typical.foreigners;
        let citizenship = typical.at(self.draw.below(typical.total()));
        let year = self.year();
        let day = self.day_in(year);
        let mut who = self.drawn(citizenship, day);
        who.residence = citizenship;
        let step = Step { day, direction: Direction::Exit, country: citizenship };
        self.made.foreigners += 1;
        self.anchor(&who, step);
        let legs = 1 + 2 * self.journeys(&margins::TRAVELLERS_JOURNEYS);
        self.backwards(&who, step, legs);
    }

    /// A row of somebody whom the register could not identify, and who belongs to no history.
    fn unidentified(&mut self) {
        let year = self.year();
        let direction = if self.draw.per_mille(500) { Direction::Exit } else { Direction::Entry };
        let (who, step) = self.ordinary(year, direction);
        self.persons[who.person as usize].id = row::UNIDENTIFIED;
        let mut crossing = self.observe(&who, step);
        self.spoil(&mut crossing);
        self.crossings.push(crossing);
        self.made.unidentified += 1;
    }

    /// A citizen of Peru drawn at random, with a crossing in a year.
    fn ordinary(&mut self, year: i16, direction: Direction) -> (Traveller, Step) {
        let day = self.day_in(year);
        let who = self.drawn(PERU, day);
        (who, Step { day, direction, country: self.country() })
    }

    fn drawn(&mut self, citizenship: Code, day: Day) -> Traveller {
        let sex = if self.draw.per_mille(500) { b'F' } else { b'M' };
        let ages = &self.plan.typical.ages;
        let age = ages.at(self.draw.below(ages.total()));
        self.enrol(citizenship, sex, day, age)
    }

    /// Gives a person of an age on a day an identity; Peru is the residence until another is set.
    fn enrol(&mut self, citizenship: Code, sex: u8, day: Day, age: u8) -> Traveller {
        let birth = calendar::birth(day, age, self.draw.below(365) as Day);
        let id: Id = row::identifier(self.draw.bits(), self.draw.bits());
        let person = self.persons.len() as u32;
        self.persons.push(Person { id, birth, number: self.draw.bits() });
        Traveller { person, sex, birth, citizenship, residence: PERU }
    }

    /// Up to `legs` crossings before `step`, as far back as the register and the person's life reach.
    fn backwards(&mut self, who: &Traveller, mut step: Step, legs: u64) {
        let earliest = OPENING.max(who.birth);
        for _ in 0..legs {
            let gap = self.gap(who, step.direction);
            if step.day <= earliest + gap {
                return;
            }
            let country = self.country_before(who, step);
            let next = step.day;
            step = Step { day: next - gap, direction: step.direction.opposite(), country };
            self.leg(who, step);
            if step.direction == Direction::Entry {
                self.day_trip(who, step.day..next);
            }
        }
    }

    /// For some citizens, over a land border and back on one day of a stay at home. It may be the day of the return, and never that of the
    /// crossing that ends the stay: rows of one day stand in the order in which they are made.
    fn day_trip(&mut self, who: &Traveller, home: Range<Day>) {
        std::mem::swap(&mut self.draw, &mut self.trips);
        if who.citizenship == PERU && self.draw.per_mille(margins::DAY_TRIPS) {
            let day = home.start + self.draw.below(home.len() as u64) as Day;
            let neighbours = margins::DAY_TRIP_COUNTRIES;
            let (country, _) = neighbours[self.draw.weighted(&neighbours.map(|(_, share)| share))];
            self.leg(who, Step { day, direction: Direction::Exit, country });
            self.leg(who, Step { day, direction: Direction::Entry, country });
            self.made.day_trips += 1;
        }
        std::mem::swap(&mut self.draw, &mut self.trips);
    }

    /// Days since the crossing before one in this direction.
    fn gap(&mut self, who: &Traveller, direction: Direction) -> Day {
        let longest = match (who.citizenship == PERU, direction) {
            (true, Direction::Entry) => LONGEST_ABSENCE,
            (false, Direction::Exit) => LONGEST_VISIT,
            _ => LONGEST_HOME,
        };
        self.draw.days(longest)
    }

    /// The same on the way out as on the way back; foreigners come from home.
    fn country_before(&mut self, who: &Traveller, step: Step) -> Code {
        if who.citizenship != PERU || step.direction == Direction::Entry {
            step.country
        } else {
            self.country()
        }
    }

    /// One crossing after the cut-off, and perhaps the way back before the year ends.
    fn afterwards(&mut self, who: &Traveller, direction: Direction) {
        let day = CUT_OFF + 1 + self.draw.below(120) as Day;
        let step = Step { day, direction, country: self.country() };
        self.leg(who, step);
        if self.draw.per_mille(300) {
            let day = day + self.draw.days(90);
            self.leg(who, Step { day, direction: direction.opposite(), ..step });
        }
    }

    /// The crossing that decides: always on the register, and complete.
    fn anchor(&mut self, who: &Traveller, step: Step) {
        let crossing = self.observe(who, step);
        self.record(crossing);
    }

    /// Any other crossing: it may be missed, and its row may lack something.
    fn leg(&mut self, who: &Traveller, step: Step) {
        if self.is_missed(step.direction) {
            self.made.missed += 1;
            return;
        }
        let mut crossing = self.observe(who, step);
        self.spoil(&mut crossing);
        self.record(crossing);
    }

    fn is_missed(&mut self, direction: Direction) -> bool {
        self.draw.per_mille(match direction {
            Direction::Exit => faults::MISSED_EXITS,
            Direction::Entry => faults::MISSED_ENTRIES,
        })
    }

    fn observe(&mut self, who: &Traveller, step: Step) -> Crossing {
        let post = self.draw.weighted(&posts::weights(step.country));
        Crossing {
            day: step.day,
            person: who.person,
            direction: step.direction,
            citizenship: who.citizenship,
            sex: Some(who.sex),
            country: step.country,
            residence: who.residence,
            post: post as u8,
            document: self.document(POSTS[post].by_land, step.day - who.birth >= ADULT),
        }
    }

    /// Land borders accept an identity card, and a birth certificate from minors.
    fn document(&mut self, by_land: bool, is_adult: bool) -> Document {
        match (by_land && self.draw.per_mille(600), is_adult) {
            (false, _) => Document::Passport,
            (true, true) => Document::IdentityCard,
            (true, false) => Document::BirthCertificate,
        }
    }

    fn spoil(&mut self, crossing: &mut Crossing) {
        if self.draw.per_mille(faults::COUNTRY_NOT_STATED) {
            crossing.country = NOT_STATED;
        }
        if self.draw.per_mille(faults::RESIDENCE_NOT_STATED) {
            crossing.residence = NOT_STATED;
        }
        if self.draw.per_mille(faults::CITIZENSHIP_NOT_STATED) {
            crossing.citizenship = NOT_STATED;
        }
        if self.draw.per_mille(faults::SEX_NOT_STATED) {
            crossing.sex = None;
        }
    }

    /// Enters a row, now and then twice, and now and then a stranger's beside it.
    fn record(&mut self, crossing: Crossing) {
        self.crossings.push(crossing);
        if self.draw.per_mille(faults::DUPLICATES) {
            let elsewhere = self.draw.per_mille(faults::DUPLICATES_ELSEWHERE);
            let post = (crossing.post + u8::from(elsewhere)) % POSTS.len() as u8;
            self.crossings.push(Crossing { post, ..crossing });
            self.made.duplicates += 1;
        }
        if self.draw.per_mille(faults::UNIDENTIFIED) {
            self.unidentified();
        }
    }

    fn journeys(&mut self, weights: &[u64]) -> u64 {
        self.draw.weighted(weights) as u64
    }

    fn year(&mut self) -> i16 {
        let years = &self.plan.typical.years;
        years.at(self.draw.below(years.total()))
    }

    /// A day of the year by the season; 2007 ends at the cut-off.
    fn day_in(&mut self, year: i16) -> Day {
        let months = if year == 2007 { &margins::MONTHS[..5] } else { &margins::MONTHS[..] };
        let (first, days) = calendar::month(year, self.draw.weighted(months) as i8 + 1);
        first + self.draw.below(days) as Day
    }

    fn country(&mut self) -> Code {
        let countries = &self.plan.typical.destinations;
        countries.at(self.draw.below(countries.total()))
    }

    /// The sort keeps the order of persons within a day, so that the rows have one order and not several.
    fn finish(mut self) -> (Vec<u8>, Summary) {
        self.crossings.sort_by_key(|crossing| crossing.day);
        self.made.crossings = self.crossings.len() as u64;
        let mut text = Vec::with_capacity(self.crossings.len() * ROOM.1);
        for crossing in &self.crossings {
            let person = &self.persons[crossing.person as usize];
            row::write(&mut text, crossing, person, &self.plan.labels);
        }
        (text, self.made)
    }
}
