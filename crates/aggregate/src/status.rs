//! `obs_status`: what is to be known of a value, from the strongest to the weakest.

use crate::value::{Levels, Value};

/// The statuses of a table. Their order is that of their strength, so that the weakest of some is the largest index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statuses(Vec<String>);

/// Our own (SDMX): normal, estimated, missing, suppressed.
const OWN: [&str; 4] = [NORMAL, ESTIMATED, MISSING, SUPPRESSED];
pub(crate) const NORMAL: &str = "A";
pub(crate) const ESTIMATED: &str = "E";
pub(crate) const MISSING: &str = "M";
pub(crate) const SUPPRESSED: &str = "Q";

impl Statuses {
    /// Those of a publisher's notes, and our own.
    pub(crate) fn new(notes: &Levels) -> Self {
        let notes = notes.values().iter().map(Value::text);
        let mut statuses: Vec<String> = OWN.into_iter().map(str::to_owned).chain(notes).collect();
        statuses.sort_by(|one, other| (weakness(one), one).cmp(&(weakness(other), other)));
        statuses.dedup();
        Self(statuses)
    }

    pub(crate) fn texts(&self) -> &[String] {
        &self.0
    }

    pub(crate) fn index(&self, status: &str) -> Option<u32> {
        self.0.iter().position(|known| known == status).map(|index| index as u32)
    }

    /// The index of one of our own, which are always there.
    pub(crate) fn own(&self, status: &'static str) -> u32 {
        self.index(status).unwrap_or_default()
    }

    /// Those that say that a series breaks off: what stands before cannot be compared.
    pub(crate) fn breaks(&self) -> Vec<u32> {
        (0..).zip(&self.0).filter(|(_, status)| is_break(status)).map(|(index, _)| index).collect()
    }
}

/// The flags of Eurostat, which may be written together: `bp` is a break in provisional data.
const EUROSTAT_FLAGS: &str = "bcdefinprsuz";

fn is_combined(status: &str) -> bool {
    status.len() > 1 && status.chars().all(|flag| EUROSTAT_FLAGS.contains(flag))
}

fn is_break(status: &str) -> bool {
    status == "B" || status == "b" || is_combined(status) && status.contains('b')
}

/// How much a status takes from a value. What we do not know takes more than what we know.
fn weakness(status: &str) -> u8 {
    match status {
        NORMAL => 0,
        "P" | "p" => 1,
        "B" | "b" => 2,
        ESTIMATED | "e" => 3,
        MISSING => 5,
        SUPPRESSED => 6,
        // As weak as the weakest of them.
        _ if is_combined(status) => {
            status.chars().map(|flag| weakness(flag.encode_utf8(&mut [0; 4]))).max().unwrap_or(4)
        }
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weakest_is_the_last() {
        let notes = Levels::new(["u", "p", "A", "b", "bp", "ben", "prob"].map(Value::code));
        let statuses = Statuses::new(&notes);
        assert_eq!(statuses.texts(), ["A", "p", "b", "bp", "E", "ben", "prob", "u", "M", "Q"]);
        assert_eq!(statuses.breaks(), [2, 3, 5]);
        assert_eq!(statuses.own(SUPPRESSED), 9);
    }
}
