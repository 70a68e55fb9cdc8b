//! Times that say how far they are from UTC.

/// Hours that a time can be away from UTC: those of all zones there ever were, and a margin.
const MOST_HOURS: u32 = 15;

/// Minutes by which a time is ahead of UTC: `Z`, `UTC`, `+01`, `-0500`, `+05:30`; nothing of another text.
///
/// ```
/// assert_eq!(denizen_spec::utc_offset("-05:00"), Some(-300));
/// assert_eq!(denizen_spec::utc_offset("Z"), Some(0));
/// assert_eq!(denizen_spec::utc_offset("Europe/Rome"), None);
/// ```
pub fn utc_offset(text: &str) -> Option<i32> {
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "00"),
    };
    let number = |text: &str| {
        let is_pair = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| is_pair)
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let is_offset = hours <= MOST_HOURS && minutes < 60;
    is_offset.then_some(sign * (hours * 60 + minutes) as i32)
}

/// How the beginning of a text says a distance from UTC: its length in bytes.
pub(super) fn offset_length(text: &[u8]) -> usize {
    let letters = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    if letters > 0 {
        return letters;
    }
    let is_of_number = |byte: &&u8| byte.is_ascii_digit() || **byte == b':';
    usize::from(matches!(text.first(), Some(b'+' | b'-')))
        + text.iter().skip(1).take_while(is_of_number).count()
}

/// How long a name of a zone is: `CET`, `America/Lima`, `Etc/GMT+5`.
pub(super) fn name_length(text: &[u8]) -> usize {
    let is_of_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(byte);
    if text.first().is_some_and(u8::is_ascii_alphabetic) {
        text.iter().take_while(is_of_name).count()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_from_utc() {
        let table = [
            ("Z", Some(0)),
            ("z", Some(0)),
            ("+00:00", Some(0)),
            ("-00:00", Some(0)),
            ("+01", Some(60)),
            ("-0500", Some(-300)),
            ("+05:30", Some(330)),
            ("+1", None),
            ("+1:00", None),
            ("+24:00", None),
            ("+01:60", None),
            ("01:00", None),
            ("+01:00:00", None),
            ("CET", None),
            ("+é1", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(utc_offset(text), expected, "{text}");
        }
    }
}
