//! What one process sends to another of a workbook: a byte that says what follows, numbers with their lowest byte first,
//! texts with their length before them.

use std::io::{self, Read, Write};

use denizen_spec::{Code, Diagnostic};

use super::cells::{Message, Region, SheetHead, SheetName, SheetRow, Value};

/// What is sent.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    Message(Message),
    Fault(Diagnostic),
    End,
}

/// Items of a list, or bytes of a text, at the most: no more are ever sent.
const MOST: u32 = 1 << 26;

const SHEETS: u8 = 1;
const SHEET: u8 = 2;
const ROWS: u8 = 3;
const FAULT: u8 = 4;
const END: u8 = 5;

impl Packet {
    pub(super) fn write(&self, output: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Message(Message::Sheets(sheets)) => {
                output.write_all(&[SHEETS])?;
                write_list(output, sheets, |output, sheet| {
                    write_text(output, &sheet.name)?;
                    output.write_all(&[u8::from(sheet.is_hidden), u8::from(sheet.has_cells)])
                })
            }
            Self::Message(Message::Sheet(SheetHead { index, merged })) => {
                output.write_all(&[SHEET])?;
                write_number(output, *index)?;
                write_list(output, merged, |output, region| {
                    let Region { first, last } = region;
                    [first.0, first.1, last.0, last.1]
                        .iter()
                        .try_for_each(|number| write_number(output, *number))
                })
            }
            Self::Message(Message::Rows(rows)) => {
                output.write_all(&[ROWS])?;
                write_list(output, rows, |output, row| {
                    write_number(output, row.row)?;
                    write_list(output, &row.cells, |output, (column, value)| {
                        write_number(output, *column)?;
                        write_value(output, value)
                    })
                })
            }
            Self::Fault(Diagnostic { code, message, notes, help, .. }) => {
                output.write_all(&[FAULT])?;
                write_text(output, code.id())?;
                write_text(output, message)?;
                write_list(output, notes, |output, note| write_text(output, note))?;
                write_text(output, help.as_deref().unwrap_or_default())
            }
            Self::End => output.write_all(&[END]),
        }
    }

    pub(super) fn read(input: &mut impl Read) -> io::Result<Self> {
        Ok(match read_byte(input)? {
            SHEETS => Self::Message(Message::Sheets(read_list(input, |input| {
                let name = read_text(input)?;
                Ok(SheetName { name, is_hidden: read_byte(input)? != 0, has_cells: read_byte(input)? != 0 })
            })?)),
            SHEET => {
                let index = read_number(input)?;
                let merged = read_list(input, |input| {
                    let mut place = || Ok::<_, io::Error>((read_number(input)?, read_number(input)?));
                    Ok(Region { first: place()?, last: place()? })
                })?;
                Self::Message(Message::Sheet(SheetHead { index, merged }))
            }
            ROWS => Self::Message(Message::Rows(read_list(input, |input| {
                let row = read_number(input)?;
                let cells = read_list(input, |input| Ok((read_number(input)?, read_value(input)?)))?;
                Ok(SheetRow { row, cells })
            })?)),
            FAULT => {
                let (code, message) = (read_text(input)?, read_text(input)?);
                let code = Code::ALL.iter().find(|known| known.id() == code).copied();
                let mut fault = Diagnostic::error(code.unwrap_or(Code::Unreadable), message);
                fault.notes = read_list(input, read_text)?;
                fault.help = Some(read_text(input)?).filter(|help| !help.is_empty());
                Self::Fault(fault)
            }
            END => Self::End,
            _ => return Err(foreign()),
        })
    }
}

fn foreign() -> io::Error {
    io::Error::other("the process sends something else")
}

fn write_value(output: &mut impl Write, value: &Value) -> io::Result<()> {
    match value {
        Value::Text(text) => {
            output.write_all(b"t")?;
            write_text(output, text)
        }
        Value::Number(number) => {
            output.write_all(b"n")?;
            output.write_all(&number.to_le_bytes())
        }
        Value::Date(days) => {
            output.write_all(b"d")?;
            output.write_all(&days.to_le_bytes())
        }
        Value::Moment(days, seconds) => {
            output.write_all(b"m")?;
            output.write_all(&days.to_le_bytes())?;
            write_number(output, *seconds)
        }
        Value::Uncomputed => output.write_all(b"u"),
    }
}

fn read_value(input: &mut impl Read) -> io::Result<Value> {
    Ok(match read_byte(input)? {
        b't' => Value::Text(read_text(input)?),
        b'n' => Value::Number(f64::from_le_bytes(read_bytes(input)?)),
        b'd' => Value::Date(i32::from_le_bytes(read_bytes(input)?)),
        b'm' => Value::Moment(i32::from_le_bytes(read_bytes(input)?), read_number(input)?),
        b'u' => Value::Uncomputed,
        _ => return Err(foreign()),
    })
}

fn write_list<W: Write, T>(
    output: &mut W,
    items: &[T],
    mut write: impl FnMut(&mut W, &T) -> io::Result<()>,
) -> io::Result<()> {
    write_number(output, u32::try_from(items.len()).map_err(io::Error::other)?)?;
    items.iter().try_for_each(|item| write(output, item))
}

fn read_list<R: Read, T>(input: &mut R, mut read: impl FnMut(&mut R) -> io::Result<T>) -> io::Result<Vec<T>> {
    (0..read_length(input)?).map(|_| read(input)).collect()
}

fn write_text(output: &mut impl Write, text: &str) -> io::Result<()> {
    write_number(output, u32::try_from(text.len()).map_err(io::Error::other)?)?;
    output.write_all(text.as_bytes())
}

fn read_text(input: &mut impl Read) -> io::Result<String> {
    let mut bytes = vec![0; read_length(input)? as usize];
    input.read_exact(&mut bytes)?;
    String::from_utf8(bytes).map_err(io::Error::other)
}

fn read_length(input: &mut impl Read) -> io::Result<u32> {
    Some(read_number(input)?).filter(|length| *length <= MOST).ok_or_else(foreign)
}

fn write_number(output: &mut impl Write, number: u32) -> io::Result<()> {
    output.write_all(&number.to_le_bytes())
}

fn read_number(input: &mut impl Read) -> io::Result<u32> {
    Ok(u32::from_le_bytes(read_bytes(input)?))
}

fn read_byte(input: &mut impl Read) -> io::Result<u8> {
    Ok(read_bytes::<1>(input)?[0])
}

fn read_bytes<const N: usize>(input: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    input.read_exact(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_received() {
        let cells = vec![
            (0, Value::Text("Per\u{fa}".to_owned())),
            (1, Value::Number(0.1)),
            (5, Value::Date(-1)),
            (6, Value::Moment(13_664, 86_399)),
            (7, Value::Uncomputed),
        ];
        let rows = vec![SheetRow { row: 3, cells }, SheetRow { row: 9, cells: Vec::new() }];
        let sheet = SheetName { name: "A 1".to_owned(), is_hidden: true, has_cells: false };
        let merged = vec![Region { first: (1, 2), last: (3, 4) }];
        let fault = Diagnostic::error(Code::Limit, "`f` is large").note("n").help("h");
        let packets = [
            Packet::Message(Message::Sheets(vec![sheet])),
            Packet::Message(Message::Sheet(SheetHead { index: 7, merged })),
            Packet::Message(Message::Rows(rows)),
            Packet::Fault(fault),
            Packet::End,
        ];
        let mut bytes = Vec::new();
        packets.iter().for_each(|packet| packet.write(&mut bytes).unwrap());
        let mut rest = bytes.as_slice();
        for packet in &packets {
            assert_eq!(Packet::read(&mut rest).unwrap(), *packet);
        }
        // What is cut off or no packet is none, wherever it ends.
        for end in 0..bytes.len() {
            let mut rest = &bytes[..end];
            while let Ok(packet) = Packet::read(&mut rest) {
                assert!(packets.contains(&packet), "{end}");
            }
        }
        assert!(Packet::read(&mut [SHEETS, 255, 255, 255, 255].as_slice()).is_err());
    }
}
