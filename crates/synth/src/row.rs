//! The text of a row: semicolons, windows-1252, dates as dd/mm/yyyy.

use encoding_rs::WINDOWS_1252;

use super::calendar::{self, Day};
use super::margins::Code;
use super::posts::POSTS;

pub(super) const HEADER: &str = "id_persona;fecha_control;tipo;pais_nacionalidad;sexo;fecha_nacimiento;\
    pais_movimiento;pais_residencia;puesto_control;documento;numero_documento\n";

/// An identifier as the register writes it: a GUID in upper case.
pub(super) type Id = [u8; 36];

pub(super) const UNIDENTIFIED: Id = *b"00000000-0000-0000-0000-000000000000";

pub(super) struct Person {
    pub id: Id,
    pub birth: Day,
    /// Digits for the documents.
    pub number: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Entry = b'E' as isize,
    Exit = b'S' as isize,
}

impl Direction {
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Entry => Self::Exit,
            Self::Exit => Self::Entry,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Document {
    Passport,
    IdentityCard,
    BirthCertificate,
}

impl Document {
    /// Code, and number of digits.
    fn form(self) -> (&'static [u8; 3], u32) {
        match self {
            Self::Passport => (b"PAS", 9),
            Self::IdentityCard => (b"DNI", 8),
            Self::BirthCertificate => (b"PNA", 7),
        }
    }

    /// Each document of a person has digits of its own.
    fn number(self, person: &Person) -> u64 {
        person.number >> (self as u32 * 16)
    }
}

#[derive(Clone, Copy)]
pub(super) struct Crossing {
    pub day: Day,
    /// Index of the person in the block.
    pub person: u32,
    pub direction: Direction,
    pub citizenship: Code,
    /// Not there when it was not stated.
    pub sex: Option<u8>,
    /// Origin of an entry, destination of an exit.
    pub country: Code,
    pub residence: Code,
    pub post: u8,
    pub document: Document,
}

/// The labels of the posts as they stand in the file.
pub(super) struct Labels(Vec<Vec<u8>>);

impl Labels {
    pub(super) fn new() -> Self {
        Self(POSTS.iter().map(|post| WINDOWS_1252.encode(post.label).0.into_owned()).collect())
    }
}

/// Turns 128 random bits into an identifier, marked as random (version 4) as a GUID should be.
pub(super) fn identifier(high: u64, low: u64) -> Id {
    let high = high & !0xF000 | 0x4000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    let mut bits = u128::from(high) << 64 | u128::from(low);
    let mut id = UNIDENTIFIED;
    for byte in id.iter_mut().rev().filter(|byte| **byte != b'-') {
        *byte = b"0123456789ABCDEF"[(bits & 0xF) as usize];
        bits >>= 4;
    }
    id
}

pub(super) fn write(out: &mut Vec<u8>, crossing: &Crossing, person: &Person, labels: &Labels) {
    let (document, width) = crossing.document.form();
    write_field(out, &person.id);
    write_field(out, &calendar::text(crossing.day));
    write_field(out, &[crossing.direction as u8]);
    write_field(out, &crossing.citizenship);
    out.extend(crossing.sex);
    out.push(b';');
    write_field(out, &calendar::text(person.birth));
    write_field(out, &crossing.country);
    write_field(out, &crossing.residence);
    out.extend_from_slice(&labels.0[usize::from(crossing.post)]);
    out.push(b';');
    write_field(out, document);
    write_digits(out, crossing.document.number(person), width);
    out.push(b'\n');
}

/// A field of a known width, which the compiler copies without a call.
fn write_field<const WIDTH: usize>(out: &mut Vec<u8>, field: &[u8; WIDTH]) {
    out.extend_from_slice(field);
    out.push(b';');
}

/// The last `width` digits of a number.
fn write_digits(out: &mut Vec<u8>, mut number: u64, width: u32) {
    let mut digits = [b'0'; 9];
    for digit in digits.iter_mut().rev() {
        *digit += (number % 10) as u8;
        number /= 10;
    }
    out.extend_from_slice(&digits[digits.len() - width as usize..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_a_guid_in_upper_case() {
        assert_eq!(&identifier(0, 0), b"00000000-0000-4000-8000-000000000000");
        assert_eq!(&identifier(u64::MAX, u64::MAX), b"FFFFFFFF-FFFF-4FFF-BFFF-FFFFFFFFFFFF");
        assert_eq!(&identifier(0x0123_4567_89AB_CDEF, 0x0123), b"01234567-89AB-4DEF-8000-000000000123");
    }

    #[test]
    fn digits_keep_their_leading_zeros() {
        let mut out = Vec::new();
        write_digits(&mut out, 12_000_000_345, 8);
        assert_eq!(out, b"00000345");
    }
}
