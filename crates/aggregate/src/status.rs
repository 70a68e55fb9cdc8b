//! `obs_status` and `conf_status`: what is to be known of a value, in the codes of SDMX.

use denizen_spec::{Code, Diagnostic, FlagI, columns};

use crate::value::{Levels, Value};

/// The codes of `obs_status` (SDMX CL_OBS_STATUS 2.2), from the strongest value to the weakest. What we do not know takes
/// more from a value than what we know, and what is not there takes most.
const CODES: [char; 20] = [
    'A', // normal
    'J', // derogation
    'V', // unvalidated
    'P', // provisional
    'B', // break in the series
    'W', // includes data of another category
    'D', // definition differs
    'G', // experimental
    'S', // strike and other special events
    'I', // imputed by who received the data
    'E', // estimated
    'F', // forecast
    'N', // not significant
    'U', // low reliability
    'K', // not there: included in another category
    'H', // not there: holiday or weekend
    'L', // not there: the data exist and were not collected
    'O', // not there
    'M', // not there: the data cannot exist
    'Q', // not there: suppressed
];

/// The flags of Eurostat that are other letters than the codes of SDMX. The others are the same in lower case.
const EUROSTAT: [(char, Option<char>); 5] = [
    ('s', Some('E')), // estimated by Eurostat
    ('z', Some('M')), // not applicable
    ('m', Some('M')), // the same since January 2025
    ('r', None),      // revised: nothing that is to be known of the value as it is now
    ('c', None),      // confidential: `conf_status` says it
];

/// Letters that a note can have: Eurostat writes up to three flags together.
const MOST_LETTERS: usize = 4;

/// What is to be known of a value: a set of [`CODES`], a bit each. A greater number is a weaker value, so that the weakest
/// of some is their maximum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Status(u32);

impl Status {
    pub(crate) const NORMAL: Self = Self::of('A');
    pub(crate) const PROVISIONAL: Self = Self::of('P');
    pub(crate) const BREAK: Self = Self::of('B');
    pub(crate) const DEFINITION_DIFFERS: Self = Self::of('D');
    pub(crate) const ESTIMATED: Self = Self::of('E');
    /// The first of those of a value that is not there.
    pub(crate) const INCLUDED_ELSEWHERE: Self = Self::of('K');
    pub(crate) const MISSING: Self = Self::of('O');
    pub(crate) const SUPPRESSED: Self = Self::of('Q');

    const fn of(code: char) -> Self {
        let mut bit = 0;
        while CODES[bit] != code {
            bit += 1;
        }
        Self(1 << bit)
    }

    /// The status that stands in a frame as this number.
    pub(crate) fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// As it stands in frames.
    pub(crate) fn bits(self) -> u32 {
        self.0
    }

    /// Whether it says what another one says.
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// As it is published: its codes in the order of the alphabet, of which `A` stands alone.
    pub(crate) fn text(self) -> String {
        let codes = CODES.iter().enumerate().filter(|(bit, _)| self.0 & (1 << bit) != 0);
        let mut codes: Vec<char> = codes.map(|(_, code)| *code).collect();
        codes.sort_unstable();
        codes.into_iter().filter(|code| *code != 'A' || self == Self::NORMAL).collect()
    }

    fn of_letter(letter: char) -> Option<Self> {
        let code = if letter.is_ascii_lowercase() && "bdefnpu".contains(letter) {
            letter.to_ascii_uppercase()
        } else {
            letter
        };
        CODES.contains(&code).then(|| Self::of(code))
    }
}

/// Who may see a value (SDMX CL_CONF_STATUS 1.2), from everybody to nobody.
const CONFIDENTIALITIES: [&str; 11] = [
    "F", // free
    "E", // not before an embargo ends
    "N", // not for publication
    "C", // confidential
    "S", // secondary, set by the receiver
    "D", // secondary, set by the sender
    "M", // primary, by another measure of concentration
    "G", // primary, one or two units dominate
    "T", // primary, two units dominate
    "O", // primary, one unit dominates
    "A", // primary, small counts
];

/// Who may see a value: the place of its code in [`CONFIDENTIALITIES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Confidentiality(u32);

impl Confidentiality {
    pub(crate) const FREE: Self = Self(0);
    pub(crate) const CONFIDENTIAL: Self = Self(3);
    pub(crate) const SECONDARY: Self = Self(5);
    pub(crate) const SMALL_COUNT: Self = Self(10);

    fn parse(text: &str) -> Option<Self> {
        CONFIDENTIALITIES.iter().position(|code| *code == text).map(|index| Self(index as u32))
    }

    /// As it stands in frames.
    pub(crate) fn index(self) -> u32 {
        self.0
    }

    /// The codes, in the order of their indices in frames.
    pub(crate) fn codes() -> &'static [&'static str] {
        &CONFIDENTIALITIES
    }
}

/// What a publisher's note says: nothing where it has no note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Note {
    pub(crate) status: Option<Status>,
    pub(crate) confidentiality: Option<Confidentiality>,
}

impl Note {
    /// Reads codes of SDMX and flags of Eurostat, alone or several together: `B`, `bp`, `b, p`. What `i` says is another thing
    /// in older files than in newer ones.
    pub(crate) fn parse(text: &str, flag_i: Option<FlagI>) -> Option<Self> {
        let mut note = Self::default();
        let letters = || text.chars().filter(|letter| ![' ', ',', ';', '|'].contains(letter));
        for letter in letters() {
            let meant = match EUROSTAT.iter().find(|(flag, _)| *flag == letter) {
                None if letter == 'i' => Some(match flag_i? {
                    FlagI::Imputed => Status::of('I'),
                    FlagI::SeeMetadata => Status::DEFINITION_DIFFERS,
                }),
                Some((_, code)) => code.map(Status::of),
                None => Some(Status::of_letter(letter)?),
            };
            note.status = match (note.status, meant) {
                (Some(one), Some(other)) => Some(one.and(other)),
                (one, other) => one.or(other),
            };
            if letter == 'c' {
                note.confidentiality = Some(Confidentiality::CONFIDENTIAL);
            }
        }
        (1..=MOST_LETTERS).contains(&letters().count()).then_some(note)
    }

    /// The meaning of each note of a column `obs_status`.
    ///
    /// # Errors
    ///
    /// A note that is neither a code of SDMX nor a flag of Eurostat.
    pub(crate) fn all(notes: &Levels, flag_i: Option<FlagI>) -> Result<Vec<Self>, Diagnostic> {
        let codes: String = CODES.iter().flat_map(|code| [' ', *code]).collect();
        let read = |value: &Value| {
            let text = value.text();
            let unknown = || unknown(columns::OBS_STATUS, &text, "P", codes.trim_start(), "CL_OBS_STATUS");
            if *value == Value::NotStated {
                Ok(Self::default())
            } else {
                Self::parse(&text, flag_i).ok_or_else(|| {
                    let known = Self::parse(&text, Some(FlagI::Imputed)).filter(|_| flag_i.is_none());
                    known.map_or_else(unknown, |_| two_meanings(&text))
                })
            }
        };
        notes.values().iter().map(read).collect()
    }
}

impl Confidentiality {
    /// The meaning of each text of a column `conf_status`.
    ///
    /// # Errors
    ///
    /// A text that is no code of SDMX.
    pub(crate) fn all(texts: &Levels) -> Result<Vec<Option<Self>>, Diagnostic> {
        let read = |value: &Value| {
            let text = value.text();
            let unknown =
                || unknown(columns::CONF_STATUS, &text, "C", &CONFIDENTIALITIES.join(" "), "CL_CONF_STATUS");
            if *value == Value::NotStated {
                Ok(None)
            } else {
                Self::parse(&text).map(Some).ok_or_else(unknown)
            }
        };
        texts.values().iter().map(read).collect()
    }
}

/// A flag of Eurostat that says one thing in older files and another in newer ones.
fn two_meanings(text: &str) -> Diagnostic {
    let message = format!("`{text}` in the column `{}` has two meanings", columns::OBS_STATUS);
    Diagnostic::error(Code::UnmappedCode, message)
        .note(format!("Eurostat's `i` is *see metadata* before {}, and *imputed* since", FlagI::CHANGED))
        .help(
            "say in the source which it is: `flag_i = \"imputed\"` or `\"see_metadata\"`; or state in the sidecars of all files when, \
             and from Eurostat, they were got",
        )
}

fn unknown(column: &str, text: &str, example: &str, known: &str, list: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnmappedCode,
        format!("`{text}` is not known as a status in the column `{column}`"),
    )
    .note(format!("known are the codes of SDMX {list}: {known}"))
    .help(format!(
        "say in the source what it and all others mean: {column} = {{ codes = {{ \"{text}\" = \"{example}\" }} }}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(confidentiality: Confidentiality) -> &'static str {
        CONFIDENTIALITIES[confidentiality.0 as usize]
    }

    #[test]
    fn notes_of_sdmx_and_of_eurostat() {
        let table = [
            ("A", Some("A"), None),
            ("b", Some("B"), None),
            ("bp", Some("BP"), None),
            ("B, P", Some("BP"), None),
            ("s", Some("E"), None),
            ("z", Some("M"), None),
            ("m", Some("M"), None),
            ("r", None, None),
            ("c", None, Some("C")),
            ("cp", Some("P"), Some("C")),
            ("Q", Some("Q"), None),
            ("bep", Some("BEP"), None),
        ];
        for (text, status, confidentiality) in table {
            let note = Note::parse(text, None).unwrap();
            assert_eq!(note.status.map(Status::text).as_deref(), status, "{text}");
            assert_eq!(note.confidentiality.map(code), confidentiality, "{text}");
        }
        for text in ["i", "bi"] {
            let of =
                |flag_i| Note::parse(text, Some(flag_i)).unwrap().status.unwrap().text().replace('B', "");
            assert_eq!((of(FlagI::Imputed).as_str(), of(FlagI::SeeMetadata).as_str()), ("I", "D"));
            assert_eq!(Note::parse(text, None), None);
        }
        assert_eq!(Note::parse("I", None).unwrap().status.unwrap().text(), "I");
        for text in ["", "prob", "a", "q", "X", "1", "bepun", "provisional"] {
            assert_eq!(Note::parse(text, None), None, "{text}");
        }
    }

    #[test]
    fn the_weakest_is_the_greatest() {
        let weakest = |texts: &[&str]| texts.iter().filter_map(|text| Note::parse(text, None)?.status).max();
        let table: [(&[&str], &str); 6] = [
            (&["A", "P"], "P"),
            (&["b", "p", "A"], "B"),
            (&["bp", "b"], "BP"),
            (&["e", "bp"], "E"),
            (&["u", "e"], "U"),
            (&["O", "U", "Q"], "Q"),
        ];
        for (texts, expected) in table {
            assert_eq!(weakest(texts).unwrap().text(), expected, "{texts:?}");
        }
        assert_eq!(Status::NORMAL.and(Status::DEFINITION_DIFFERS).text(), "D");
        assert!(Note::parse("bp", None).unwrap().status.unwrap().has(Status::BREAK));
    }

    #[test]
    fn codes_of_confidentiality() {
        for code in CONFIDENTIALITIES {
            assert_eq!(self::code(Confidentiality::parse(code).unwrap()), code);
        }
        let own = [Confidentiality::FREE, Confidentiality::CONFIDENTIAL, Confidentiality::SECONDARY];
        assert_eq!(own.map(self::code), ["F", "C", "D"]);
        assert_eq!(self::code(Confidentiality::SMALL_COUNT), "A");
        let texts = Levels::new(["F", "X"].map(Value::code));
        assert!(Confidentiality::all(&texts).unwrap_err().message.contains("`X`"));
    }
}
