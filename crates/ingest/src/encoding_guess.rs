//! In which encoding bytes are that are no text in the declared one, or a wrong one.

use denizen_spec::Path;

use crate::decoder::Decoder;

/// What is known of the bytes above 127 of some rows: counts, which can be added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct HighBytes {
    /// Characters of UTF-8 that take several bytes.
    pub(crate) utf8: u64,
    /// Of these, letters of Western languages and signs beside them.
    pub(crate) western: u64,
    /// Stretches that are no UTF-8.
    pub(crate) other: u64,
    /// Beside a letter: bytes that are letters in Latin-1 and windows-1252, in DOS code pages, and on old Macintoshes.
    latin: u64,
    dos: u64,
    mac: u64,
    pub(crate) surely_dos: u64,
}

/// Letters of Spanish and Italian in the code pages 437 and 850, and in that of the Macintosh.
const DOS: &[u8] = b"\x81\x82\x85\x87\x8A\x8D\x90\x95\x97\xA0\xA1\xA2\xA3\xA4\xA5";
const SURELY_DOS: &[u8] = b"\x81\x82\x8D\x90\xA1\xA2\xA3\xA4\xA5";
const MAC: &[u8] = b"\x84\x87\x88\x8E\x8F\x92\x96\x97\x98\x9C\x9D\x9F\xE7\xEA\xEE\xF2";

impl HighBytes {
    /// Looks at a text: line by line, until it is known to be in an encoding of Western languages.
    pub(crate) fn of(text: &[u8]) -> Self {
        let mut found = Self::default();
        // One of ASCII takes as long as it takes to see that.
        if text.is_ascii() {
            return found;
        }
        for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
            found.add_line(line);
            if found.other > 0 && found.latin > 0 {
                break;
            }
        }
        found
    }

    /// Looks at all lines of a text.
    pub(crate) fn add_all(&mut self, text: &[u8]) {
        if !text.is_ascii() {
            text.split_inclusive(|byte| *byte == b'\n')
                .filter(|line| !line.is_ascii())
                .for_each(|line| self.add_line(line));
        }
    }

    /// Bytes beside letters that are letters in the encoding that they are most likely in.
    pub(crate) fn letters(&self) -> u64 {
        match self.likely() {
            Some("cp850") => self.dos,
            Some("macintosh") => self.mac,
            Some(_) | None => self.latin,
        }
    }

    fn add_line(&mut self, line: &[u8]) {
        for chunk in line.utf8_chunks() {
            for c in chunk.valid().chars().filter(|c| !c.is_ascii()) {
                self.utf8 += 1;
                self.western += u64::from(('\u{80}'..='\u{ff}').contains(&c));
            }
            self.other += u64::from(!chunk.invalid().is_empty());
        }
        let is_letter = |index: Option<usize>| {
            index.and_then(|index| line.get(index)).is_some_and(u8::is_ascii_alphabetic)
        };
        let is_digit = |index: usize| line.get(index).is_some_and(u8::is_ascii_digit);
        for (index, byte) in line.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            let is_behind_letter = is_letter(index.checked_sub(1));
            if is_behind_letter || is_letter(index.checked_add(1)) {
                self.latin += u64::from(*byte >= 0xC0);
                self.dos += u64::from(DOS.contains(byte));
                self.mac += u64::from(MAC.contains(byte));
            }
            // In Windows code pages these are no letters, and stand behind none: `Per£`.
            let is_sure = is_behind_letter && !is_digit(index + 1);
            self.surely_dos += u64::from(is_sure && SURELY_DOS.contains(byte));
        }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.utf8 += more.utf8;
        self.western += more.western;
        self.other += more.other;
        self.latin += more.latin;
        self.dos += more.dos;
        self.mac += more.mac;
        self.surely_dos += more.surely_dos;
    }

    /// Whether the bytes are UTF-8 beyond doubt. What is UTF-8 by chance in another encoding is a capital with an accent
    /// that stands before a sign, nowhere followed by a letter.
    pub(crate) fn is_utf8(&self, decoder: Decoder) -> bool {
        let enough = if decoder.is_single_byte() { 3 } else { 12 };
        self.other == 0 && (self.utf8 >= enough || (self.western > 0 && decoder.is_western()))
    }

    /// Whether the bytes are those of a DOS code page, and no text in Latin-1 or windows-1252.
    pub(crate) fn is_dos(&self) -> bool {
        self.utf8 == 0 && self.latin == 0 && self.dos > 0 && self.dos >= self.mac
    }

    /// Whether the bytes cannot be in the declared encoding, although they can be read in it: the encoding that they are
    /// in, and whether that is beyond doubt.
    pub(crate) fn contradiction(&self, decoder: Decoder) -> Option<(&'static str, bool)> {
        if decoder.is_utf8() {
            return None;
        }
        let looks_like_utf8 = self.utf8 > 0 && self.other == 0 && decoder.is_single_byte();
        if looks_like_utf8 {
            return Some(("utf-8", self.is_utf8(decoder)));
        }
        let is_dos =
            decoder.is_western() && decoder.name() != "macintosh" && !decoder.is_dos() && self.is_dos();
        (is_dos && self.surely_dos > 0).then_some(("cp850", self.surely_dos >= 3))
    }

    /// The encoding that the bytes are most likely in, as a pipeline would name it.
    pub(crate) fn likely(&self) -> Option<&'static str> {
        if self.other == 0 {
            (self.utf8 > 0).then_some("utf-8")
        } else if self.is_dos() && self.dos > 1 {
            Some("cp850")
        } else if self.latin == 0 && self.mac > 1 {
            Some("macintosh")
        } else {
            (self.latin > 0).then_some("windows-1252")
        }
    }
}

/// How a file of a likely encoding is read.
pub(crate) fn advice(label: &str) -> String {
    format!("write `encoding = \"{label}\"`")
}

/// Encodings in which the names of a header are tried.
pub(crate) fn candidates() -> impl Iterator<Item = (&'static str, Decoder)> {
    let labels = ["utf-8", "windows-1252", "macintosh", "windows-1251", "ibm866", "cp850"];
    labels.into_iter().filter_map(|label| Some((label, Decoder::new(label, b',', Path::root()).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_guessed() {
        let table: [(&[u8], Option<&str>); 9] = [
            (b"Lima", None),
            ("Iñapari, città".as_bytes(), Some("utf-8")),
            (b"I\xf1apari, citt\xe0", Some("windows-1252")),
            (b"dell\x92isola di Per\xfa", Some("windows-1252")),
            (b"a\xa4o, pa\xa1s, Per\xa3", Some("cp850")),
            (b"citt\x85, perch\x82", Some("cp850")),
            (b"citt\x88, I\x96apari, pa\x92s", Some("macintosh")),
            // UTF-8 beside what is none.
            (b"I\xc3\xb1apari, Per\xfa", Some("windows-1252")),
            (b"\xff\xff", None),
        ];
        for (text, expected) in table {
            assert_eq!(HighBytes::of(text).likely(), expected, "{text:x?}");
        }
    }
}
