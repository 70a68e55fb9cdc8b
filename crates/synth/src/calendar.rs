//! Days as numbers, so that the arithmetic of journeys is the arithmetic of integers.

use jiff::ToSpan;
use jiff::civil::Date;

/// The earliest year of birth that a person aged 90 needs in the oldest rows, and some more.
const FIRST_YEAR: i16 = 1890;
const LAST_YEAR: i16 = 2007;

/// Days since 1 January 1890.
pub(super) type Day = u32;

/// Every day of the register and of the births in it, with its text.
pub(super) struct Calendar {
    dates: Vec<Date>,
    texts: Vec<[u8; 10]>,
    /// The first day of each year.
    years: Vec<Day>,
}

impl Calendar {
    pub(super) fn new() -> Self {
        let last = Date::constant(LAST_YEAR, 12, 31);
        let dates: Vec<Date> =
            Date::constant(FIRST_YEAR, 1, 1).series(1.day()).take_while(|date| *date <= last).collect();
        let texts = dates.iter().map(text).collect();
        let is_new_year = |(_, date): &(usize, &Date)| date.day_of_year() == 1;
        let years = dates.iter().enumerate().filter(is_new_year).map(|(day, _)| day as Day).collect();
        Self { dates, texts, years }
    }

    pub(super) fn day(&self, date: Date) -> Day {
        self.years[usize::from((date.year() - FIRST_YEAR) as u16)] + date.day_of_year() as Day - 1
    }

    /// The first day of a month and the number of its days.
    pub(super) fn month(&self, year: i16, month: i8) -> (Day, u64) {
        let first = Date::constant(year, month, 1);
        (self.day(first), first.days_in_month() as u64)
    }

    /// A birth that makes a person `age` years old on `day`, the birthday `since` (below 365) days ago.
    pub(super) fn birth(&self, day: Day, age: u8, since: Day) -> Day {
        let date = self.dates[day as usize];
        self.day(date.saturating_sub(i64::from(age).years())) - since
    }

    /// The day as dd/mm/yyyy.
    pub(super) fn text(&self, day: Day) -> &[u8; 10] {
        &self.texts[day as usize]
    }
}

fn text(date: &Date) -> [u8; 10] {
    let digit = |number: i16, unit: i16| b'0' + (number / unit % 10) as u8;
    let (day, month, year) = (i16::from(date.day()), i16::from(date.month()), date.year());
    [
        digit(day, 10),
        digit(day, 1),
        b'/',
        digit(month, 10),
        digit(month, 1),
        b'/',
        digit(year, 1000),
        digit(year, 100),
        digit(year, 10),
        digit(year, 1),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_are_counted_and_written() {
        let calendar = Calendar::new();
        assert_eq!(calendar.day(date(1890, 1, 1)), 0);
        assert_eq!(calendar.text(calendar.day(date(1992, 2, 29))), b"29/02/1992");
        assert_eq!(calendar.month(2007, 5), (calendar.day(date(2007, 5, 1)), 31));
    }

    #[test]
    fn births_give_the_age_asked_for() {
        let calendar = Calendar::new();
        for left in [date(1992, 2, 29), date(1991, 3, 1), date(2007, 5, 31), date(2004, 12, 31)] {
            for since in [0, 1, 59, 60, 364] {
                let birth = calendar.dates[calendar.birth(calendar.day(left), 30, since) as usize];
                let had_birthday = (birth.month(), birth.day()) <= (left.month(), left.day());
                assert_eq!(left.year() - birth.year() - i16::from(!had_birthday), 30, "{left} {birth}");
            }
        }
    }
}
