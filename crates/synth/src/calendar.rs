//! Days as numbers, so that the arithmetic of journeys is the arithmetic of integers.

use jiff_core::civil::{Date, UnixEpochDay};

/// Days since 1970-01-01.
pub(super) type Day = i32;

/// The oldest crossing on the register.
pub(super) const OPENING: Day = number(date(1985, 1, 1));
/// The last day that counts.
pub(super) const CUT_OFF: Day = number(date(2007, 5, 31));

/// A day that its month lacks becomes its last.
const fn date(year: i16, month: i8, day: i8) -> Date {
    match Date::new_constrain(year, month, day) {
        Ok(date) => date,
        Err(_) => panic!("no year or month of the register lies outside the calendar"),
    }
}

const fn number(date: Date) -> Day {
    date.to_unix_epoch_day().day()
}

fn date_of(day: Day) -> Date {
    let Ok(day) = UnixEpochDay::new(day) else { unreachable!("{day} lies outside the calendar") };
    day.to_date()
}

/// A day by year, month and day of the month; one that its month lacks becomes its last.
pub(super) const fn day(year: i16, month: i8, day: i8) -> Day {
    number(date(year, month, day))
}

/// The year of a day.
pub(super) fn year(day: Day) -> i16 {
    date_of(day).year()
}

/// The birthday on which somebody becomes `age` years old.
pub(super) fn birthday(birth: Day, age: u8) -> Day {
    let birth = date_of(birth);
    day(birth.year() + i16::from(age), birth.month(), birth.day())
}

/// The first day of a month and the number of its days.
pub(super) fn month(year: i16, month: i8) -> (Day, u64) {
    let first = date(year, month, 1);
    (number(first), first.days_in_month() as u64)
}

/// A birth that makes a person `age` years old on a day, the birthday `since` (below 365) days ago.
pub(super) fn birth(day: Day, age: u8, since: Day) -> Day {
    let today = date_of(day);
    number(date(today.year() - i16::from(age), today.month(), today.day())) - since
}

/// The day as dd/mm/yyyy.
pub(super) fn text(day: Day) -> [u8; 10] {
    let date = date_of(day);
    let (century, year) = (date.year() / 100, date.year() % 100);
    let mut text = *b"00/00/0000";
    for (at, number) in [(0, date.day().into()), (3, date.month().into()), (6, century), (8, year)] {
        text[at] += (number / 10) as u8;
        text[at + 1] += (number % 10) as u8;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_and_written() {
        assert_eq!(number(date(1970, 1, 1)), 0);
        assert_eq!(&text(number(date(1992, 2, 29))), b"29/02/1992");
        assert_eq!(&text(number(date(1905, 12, 1))), b"01/12/1905");
        assert_eq!(month(2007, 5), (CUT_OFF - 30, 31));
        assert_eq!(month(2000, 2).1, 29);
    }

    #[test]
    fn births_give_the_age_asked_for() {
        for left in [date(1992, 2, 29), date(1991, 3, 1), date(2007, 5, 31), date(2004, 12, 31)] {
            for since in [0, 1, 59, 60, 364] {
                let birth = date_of(birth(number(left), 30, since));
                let had_birthday = (birth.month(), birth.day()) <= (left.month(), left.day());
                assert_eq!(left.year() - birth.year() - i16::from(!had_birthday), 30, "{left:?} {birth:?}");
            }
        }
    }
}
