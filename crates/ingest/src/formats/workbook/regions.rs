//! The merged cells of sheets in ODS and XLSB, of which calamine says nothing.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;

use super::cells::Region;

/// Bytes of a part that are looked at: one that is larger is refused before.
const MOST_BYTES: u64 = 16 << 30;

/// Merged cells of a sheet that are kept; more are refused by the reader.
const MOST: usize = 1 << 20;

/// Reads a part of a package, unpacked as it goes.
fn read<T>(bytes: &[u8], name: &str, look: impl FnOnce(&mut dyn Read) -> T) -> Option<T> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let part = archive.by_name(name).ok()?;
    Some(look(&mut BufReader::new(part.take(MOST_BYTES))))
}

/// A part of a package that is held in memory.
fn held(bytes: &[u8], name: &str) -> Vec<u8> {
    let whole = |part: &mut dyn Read| {
        let mut text = Vec::new();
        part.read_to_end(&mut text).map(|_| text).unwrap_or_default()
    };
    read(bytes, name, whole).unwrap_or_default()
}

/// Merged cells of the sheets of an ODS file, in the order of the sheets.
pub(super) fn of_ods(bytes: &[u8]) -> Vec<Vec<Region>> {
    let text = held(bytes, "content.xml");
    let has_merged = memmem::find(&text, b"-spanned=\"").is_some();
    if has_merged { of_content(&text) } else { Vec::new() }
}

/// Where the next cell of a sheet stands.
#[derive(Default)]
struct Place {
    row: u32,
    column: u32,
    /// How often the row stands there.
    rows: u32,
}

fn of_content(text: &[u8]) -> Vec<Vec<Region>> {
    let (mut sheets, mut place, mut depth) = (Vec::<Vec<Region>>::new(), Place::default(), 0_u32);
    for tag in tags(text) {
        let name =
            tag.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').find(|part| !part.is_empty());
        let is_end = tag.first() == Some(&b'/');
        let number = |key: &str| attribute(tag, key).unwrap_or(1).max(1);
        match (name.unwrap_or_default(), is_end, depth) {
            (b"table:table", true, _) => depth = depth.saturating_sub(1),
            (b"table:table", false, _) => {
                depth += 1;
                if depth == 1 {
                    sheets.push(Vec::new());
                    place = Place::default();
                }
            }
            (b"table:table-row", false, 1) => {
                place.column = 0;
                place.rows = number("table:number-rows-repeated");
                if tag.ends_with(b"/") {
                    place.row = place.row.saturating_add(place.rows);
                }
            }
            (b"table:table-row", true, 1) => place.row = place.row.saturating_add(place.rows),
            (b"table:table-cell" | b"table:covered-table-cell", false, 1) => {
                let wide = number("table:number-columns-spanned");
                let high = number("table:number-rows-spanned");
                let last = (place.row.saturating_add(high - 1), place.column.saturating_add(wide - 1));
                if (wide > 1 || high > 1)
                    && let Some(sheet) = sheets.last_mut().filter(|sheet| sheet.len() < MOST)
                {
                    sheet.push(Region { first: (place.row, place.column), last });
                }
                place.column = place.column.saturating_add(number("table:number-columns-repeated"));
            }
            _ => {}
        }
    }
    sheets
}

/// What stands between `<` and `>`, one after another. In attributes `>` may stand as it is, where nothing of a table does.
fn tags(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = memchr::memchr(b'<', rest)?;
        let end = start + 1 + memchr::memchr(b'>', &rest[start + 1..])?;
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        Some(tag)
    })
}

/// A number in an attribute of a tag.
fn attribute(tag: &[u8], key: &str) -> Option<u32> {
    let at = memmem::find(tag, format!("{key}=").as_bytes())? + key.len() + 1;
    let digits = tag[at..].iter().skip(1).take_while(|byte| byte.is_ascii_digit());
    String::from_utf8(digits.copied().collect()).ok()?.parse().ok()
}

/// The parts of an XLSB file that hold its sheets, by the names of the sheets.
pub(super) fn parts_of_xlsb(bytes: &[u8]) -> HashMap<String, String> {
    let targets = relations(bytes);
    let mut sheets = HashMap::new();
    const SHEET: u32 = 156;
    let mut note = |kind: u32, record: &[u8]| {
        if kind != SHEET {
            return;
        }
        let (id, behind) = wide_text(record.get(8..).unwrap_or_default());
        let (name, _) = wide_text(behind);
        if let Some(target) = targets.get(&id) {
            let path = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
            sheets.insert(name, path);
        }
    };
    read(bytes, "xl/workbook.bin", |part| records(part, &mut note));
    sheets
}

/// What the identifiers in a workbook stand for.
fn relations(bytes: &[u8]) -> HashMap<String, String> {
    let text = held(bytes, "xl/_rels/workbook.bin.rels");
    let value = |tag: &[u8], key: &str| -> Option<String> {
        let at = memmem::find(tag, format!(" {key}=\"").as_bytes())? + key.len() + 3;
        let end = memchr::memchr(b'"', &tag[at..])?;
        Some(String::from_utf8_lossy(&tag[at..at + end]).into_owned())
    };
    tags(&text).filter_map(|tag| value(tag, "Id").zip(value(tag, "Target"))).collect()
}

/// Merged cells of a sheet of an XLSB file.
pub(super) fn of_xlsb(bytes: &[u8], path: &str) -> Vec<Region> {
    const MERGED: u32 = 176;
    let mut regions = Vec::new();
    let mut note = |kind: u32, record: &[u8]| {
        let number = |at: usize| {
            record.get(at..at + 4).and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)))
        };
        let places = [0, 4, 8, 12].map(number);
        if let ([Some(top), Some(bottom), Some(left), Some(right)], MERGED) = (places, kind)
            && regions.len() < MOST
        {
            regions.push(Region { first: (top, left), last: (bottom, right) });
        }
    };
    read(bytes, path, |part| records(part, &mut note));
    regions
}

/// A text with its length before it, in UTF-16, and what follows it.
fn wide_text(bytes: &[u8]) -> (String, &[u8]) {
    let length = bytes.get(..4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
    let end = 4_usize.saturating_add((length as usize).saturating_mul(2));
    let Some(text) = bytes.get(4..end) else { return (String::new(), &[]) };
    let units = text.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    (String::from_utf16_lossy(&units.collect::<Vec<_>>()), &bytes[end..])
}

/// Bytes of a record that are kept: those that are asked for are short.
const LONGEST_RECORD: u64 = 1 << 17;

/// Reads the records of a binary part: a kind in one or two bytes, a length in one to four, seven bits each.
fn records(part: &mut dyn Read, note: &mut dyn FnMut(u32, &[u8])) {
    let mut record = Vec::new();
    while let Some((kind, length)) = number(part, 2).and_then(|kind| Some((kind, number(part, 4)?))) {
        record.clear();
        let kept = u64::from(length).min(LONGEST_RECORD);
        let is_read = (&mut *part).take(kept).read_to_end(&mut record).is_ok_and(|read| read as u64 == kept);
        let rest = u64::from(length) - kept;
        let passed = std::io::copy(&mut (&mut *part).take(rest), &mut std::io::sink());
        let is_passed = passed.is_ok_and(|passed| passed == rest);
        if !is_read || !is_passed {
            return;
        }
        note(kind, &record);
    }
}

fn number(part: &mut dyn Read, most: u32) -> Option<u32> {
    let mut number = 0;
    for index in 0..most {
        let mut byte = [0];
        part.read_exact(&mut byte).ok()?;
        number |= u32::from(byte[0] & 0x7F) << (7 * index);
        if byte[0] & 0x80 == 0 {
            return Some(number);
        }
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(regions: &[Region]) -> String {
        let told = regions.iter().map(|Region { first, last }| format!("{first:?}-{last:?}"));
        told.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn merged_cells_of_ods() {
        let cell = "<table:table-cell/>";
        let table = [
            ("<table:table-row><table:table-cell table:number-columns-spanned=\"2\" table:number-rows-spanned=\"1\"><text:p>a</text:p></table:table-cell><table:covered-table-cell/></table:table-row>".to_owned(), "(0, 0)-(0, 1)"),
            (
                format!("<table:table-row table:number-rows-repeated=\"3\">{cell}</table:table-row><table:table-row/><table:table-row><table:table-cell table:number-columns-repeated=\"4\"/><table:table-cell table:number-rows-spanned=\"3\"/></table:table-row>"),
                "(4, 4)-(6, 4)",
            ),
            // A table within a cell is none of the sheet.
            (
                "<table:table-row><table:table-cell><table:table><table:table-row><table:table-cell table:number-columns-spanned=\"2\"/></table:table-row></table:table></table:table-cell><table:table-cell table:number-columns-spanned=\"3\"/></table:table-row>".to_owned(),
                "(0, 1)-(0, 3)",
            ),
            (format!("<table:table-row>{cell}</table:table-row>"), ""),
        ];
        for (rows, expected) in table {
            let text = format!(
                "<office:body><table:table table:name=\"A\"></table:table><table:table table:name=\"B\">{rows}</table:table></office:body>"
            );
            let sheets = of_content(text.as_bytes());
            assert_eq!(
                (sheets.len(), told(&sheets[0]).as_str(), told(&sheets[1]).as_str()),
                (2, "", expected),
                "{rows}"
            );
        }
    }

    #[test]
    fn merged_cells_of_xlsb() {
        let numbers =
            |numbers: [u32; 4]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        // A short record, one of 200 bytes, and two merged cells.
        let mut bytes = vec![5, 2, 9, 9, 0x80, 0x01, 0xC8, 0x01];
        bytes.extend([7; 200]);
        for region in [[0, 0, 1, 3], [4, 9, 2, 2]] {
            bytes.extend([0xB0, 0x01, 16]);
            bytes.extend(numbers(region));
        }
        let mut found = Vec::new();
        records(&mut Cursor::new(bytes), &mut |kind, record| found.push((kind, record.len())));
        assert_eq!(found, [(5, 2), (128, 200), (176, 16), (176, 16)]);
        let text: Vec<u8> = [2_u32.to_le_bytes().to_vec(), b"r\0I\0rest".to_vec()].concat();
        assert_eq!(wide_text(&text), ("rI".to_owned(), &b"rest"[..]));
        assert_eq!(wide_text(&[9, 0, 0, 0, 1]), (String::new(), &[][..]));
    }
}
