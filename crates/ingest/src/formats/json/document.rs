//! A document as a stream: where its rows are, and each of them in turn.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Table;
use super::row::Row;
use crate::formats::foreign::Stop;

/// A row of a table is shorter, and so is what stands between two of them.
const LONGEST_ROW: u64 = 1 << 26;

/// Reads a document to its end.
pub(super) fn read(
    bytes: Box<dyn Read + Send>,
    pointer: &[String],
    table: &mut Table<'_>,
) -> Result<(), Stop> {
    let mut bytes =
        BufReader::with_capacity(1 << 16, Watched { bytes, since_row: Rc::clone(&table.since_row) });
    let first = first_byte(&mut bytes).map_err(|error| crate::input::unreadable(table.name, &error))?;
    let mut document = serde_json::Deserializer::from_reader(bytes);
    let read = if first == Some(b'{') && pointer.is_empty() {
        document.into_iter::<Row>().try_for_each(|row| table.push(row?))
    } else {
        let list = RowList { pointer, table };
        list.deserialize(&mut document).and_then(|()| document.end())
    };
    match (table.stop.take(), read) {
        (Some(stop), _) => Err(stop),
        (None, Err(error)) => Err(table.fault(&error).into()),
        (None, Ok(())) => table.finish(),
    }
}

/// The first byte of a document that is no blank and no mark of the byte order; these are passed over.
fn first_byte(bytes: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let ahead = bytes.fill_buf()?;
        let blank = |byte: &&u8| byte.is_ascii_whitespace() || b"\xEF\xBB\xBF".contains(byte);
        let blanks = ahead.iter().take_while(blank).count();
        let is_end = ahead.is_empty();
        let first = ahead.get(blanks).copied();
        bytes.consume(blanks);
        if is_end || first.is_some() {
            return Ok(first);
        }
    }
}

/// Bytes that are an error where there is no row among many of them: a text without an end would be held as a whole.
struct Watched {
    bytes: Box<dyn Read + Send>,
    since_row: Rc<Cell<u64>>,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.since_row.set(self.since_row.get() + read as u64);
        if self.since_row.get() > LONGEST_ROW {
            return Err(io::Error::other("it has 64 MiB without a row"));
        }
        Ok(read)
    }
}

/// The list of rows, at the end of a path.
struct RowList<'a, 't> {
    pointer: &'a [String],
    table: &'a mut Table<'t>,
}

impl<'de> DeserializeSeed<'de> for RowList<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, document: D) -> Result<(), D::Error> {
        match self.pointer.split_first() {
            None => document.deserialize_seq(self),
            Some((part, pointer)) => {
                document.deserialize_any(Within { part, list: RowList { pointer, table: self.table } })
            }
        }
    }
}

impl<'de> Visitor<'de> for RowList<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            self.table.push(row)?;
        }
        Ok(())
    }
}

/// A member of an object, or an element of a list, within which the rows are.
struct Within<'a, 't> {
    part: &'a str,
    list: RowList<'a, 't>,
}

impl<'de> Visitor<'de> for Within<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "an object with `{}`, which `rows` names", self.part)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut list = Some(self.list);
        while let Some(name) = members.next_key::<String>()? {
            match list.take_if(|_| name == self.part) {
                Some(list) => members.next_value_seed(list)?,
                None => members.next_value::<IgnoredAny>().map(|_| ())?,
            }
        }
        match list {
            None => Ok(()),
            Some(_) => Err(A::Error::custom(format!("it has no `{}`, which `rows` names", self.part))),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut list = Some(self.list);
        for place in 0.. {
            let read = match list.take_if(|_| place.to_string() == self.part) {
                Some(list) => elements.next_element_seed(list)?,
                None => elements.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if read.is_none() {
                break;
            }
        }
        match list {
            None => Ok(()),
            Some(_) => Err(A::Error::custom(format!("it has no element {}, which `rows` names", self.part))),
        }
    }
}
