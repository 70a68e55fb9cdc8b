//! Months as whole numbers: twelve times the year, and the month from 0.

use super::Date;

/// The month of a day, which is given as days since 1970-01-01.
///
/// ```
/// assert_eq!(denizen_spec::month_of(31), Some(1970 * 12 + 1));
/// ```
pub fn month_of(day: i32) -> Option<i32> {
    let date = Date::from_days(day)?;
    Some(date.year * 12 + i32::from(date.month) - 1)
}

/// The last day of a month, as days since 1970-01-01; of a month beyond the years 1 to 9999 that of the nearest.
///
/// ```
/// use denizen_spec::{end_of_month, month_of};
///
/// assert_eq!(end_of_month(1970 * 12), 30);
/// assert_eq!(month_of(end_of_month(2008 * 12 + 1)), Some(2008 * 12 + 1));
/// ```
pub fn end_of_month(month: i32) -> i32 {
    denizen_residence::day(month.div_euclid(12), month.rem_euclid(12) + 1, 31)
}
