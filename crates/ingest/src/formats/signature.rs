//! What a file is that is no table of text: told by its first bytes.

use crate::transcode::Endian;

/// What a file is, and what to do with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Recognised {
    /// As in `is …`.
    pub(crate) what: &'static str,
    pub(crate) help: &'static str,
}

const EXPORT: &str = "open it in a spreadsheet program and save the sheet as CSV in UTF-8";
const XLS: &str = "where it is a workbook, write `format = \"xls\"`";
const UNPACK: &str = "unpack it first; of packed files gzip, zstd and ZIP are read";
const ONCE: &str = "unpack it once";
const CONVERT: &str = "write its table to CSV first";
const JSON: &str = "write `format = \"json\"`, or `\"json-stat\"` where it is that";
const FETCH: &str = "fetch the table itself: what was saved is the page around it, or an error page";

/// Files that begin with these bytes.
const SIGNATURES: [(&[u8], &str, &str); 31] = [
    (b"PK\x03\x04", "a ZIP archive", ONCE),
    (b"PK\x05\x06", "an empty ZIP archive", "fetch it again"),
    (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old workbook (XLS) or another OLE document", XLS),
    (b"\x09\x08\x10\x00\x00\x06", "an old workbook (XLS)", EXPORT),
    (b"%PDF-", "a PDF document", "ask its publisher for the table as CSV, or copy it out and check it"),
    (b"PAR1\x15", "a Parquet file", "write `format = \"parquet\"`"),
    (b"ARROW1\0\0", "an Arrow file", CONVERT),
    (b"SQLite format 3\0", "a SQLite database", CONVERT),
    (b"\x89HDF\r\n\x1A\n", "an HDF5 file", CONVERT),
    (b"Obj\x01", "an Avro file", CONVERT),
    (b"$FL2@(#)", "a file of SPSS", CONVERT),
    (b"$FL3@(#)", "a file of SPSS", CONVERT),
    (b"<stata_dta>", "a file of Stata", CONVERT),
    (b"RDX2\n", "a file of R", CONVERT),
    (b"RDX3\n", "a file of R", CONVERT),
    (b"\x28\xB5\x2F\xFD", "compressed with zstd twice", ONCE),
    (b"BZh", "compressed with bzip2", UNPACK),
    (b"\xFD7zXZ\0", "compressed with xz", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"\x04\x22\x4D\x18", "compressed with lz4", UNPACK),
    (b"\x1F\x9D", "compressed with compress", UNPACK),
    (b"\x1F\x8B", "compressed with gzip twice", ONCE),
    (b"\x89PNG", "an image", "ask its publisher for the table as CSV"),
    (b"\xFF\xD8\xFF", "an image", "ask its publisher for the table as CSV"),
    (b"GIF8", "an image", "ask its publisher for the table as CSV"),
    (b"{\\rtf", "a document (RTF)", "save its table as CSV in UTF-8"),
    (b"%!PS", "a PostScript document", "ask its publisher for the table as CSV"),
    (b"version https://git-lfs", "a pointer of Git LFS", "run `git lfs pull` in its repository"),
    (b"#!", "a script", "name the file that it makes"),
    (b"-----BEGIN ", "an encrypted or signed message", "decrypt it first"),
];

/// What begins so, whatever blanks stand before it and whether in capitals or not.
const MARKUP: [(&str, &str, &str); 12] = [
    ("<!doctype html", "an HTML page", FETCH),
    ("<html", "an HTML page", FETCH),
    ("<head", "an HTML page", FETCH),
    ("<body", "an HTML page", FETCH),
    ("<table", "an HTML page", FETCH),
    ("<!--", "an HTML page", FETCH),
    ("<?xml", "an XML document", CONVERT),
    ("<", "an XML document", CONVERT),
    ("{\"", "a JSON document", JSON),
    ("[{", "a JSON document", JSON),
    ("[[", "a JSON document", JSON),
    ("[\"", "a JSON document", JSON),
];

/// Bytes in which the parts of an archive are looked for.
const FIRST: usize = 1 << 12;

/// What the bytes are the beginning of; nothing where they may be a table of text.
pub(crate) fn recognise(head: &[u8]) -> Option<Recognised> {
    let head = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let first = &head[..head.len().min(FIRST)];
    if first.starts_with(b"PK\x03\x04") {
        return Some(archive(first));
    }
    if first.get(257..262) == Some(b"ustar") {
        return Some(Recognised { what: "a tar archive", help: UNPACK });
    }
    let binary = SIGNATURES.iter().find(|(signature, ..)| first.starts_with(signature));
    binary.map(|(_, what, help)| Recognised { what, help }).or_else(|| wide(first)).or_else(|| markup(first))
}

/// Workbooks are ZIP archives, told by the names of their parts.
fn archive(first: &[u8]) -> Recognised {
    let has = |part: &[u8]| memchr::memmem::find(first, part).is_some();
    if has(b"opendocument.spreadsheet") {
        Recognised { what: "a workbook (ODS)", help: "write `format = \"ods\"`" }
    } else if has(b"xl/") || has(b"[Content_Types].xml") || has(b"_rels/.rels") {
        Recognised { what: "a workbook (XLSX)", help: "write `format = \"xlsx\"`" }
    } else {
        Recognised { what: "a ZIP archive", help: ONCE }
    }
}

/// Texts whose characters take two or four bytes each.
fn wide(first: &[u8]) -> Option<Recognised> {
    const HELP: &str = "convert it first: `iconv -f UTF-32 -t UTF-8 OLD > NEW`";
    if is_utf32(first) {
        return Some(Recognised { what: "text in UTF-32", help: HELP });
    }
    let (what, help) = match wide_order(first)? {
        (Endian::Little, true) => ("text in UTF-16 (little-endian)", "write `encoding = \"utf-16\"`"),
        (Endian::Big, true) => ("text in UTF-16 (big-endian)", "write `encoding = \"utf-16\"`"),
        (Endian::Little, false) => ("text in UTF-16 (little-endian)", "write `encoding = \"utf-16le\"`"),
        (Endian::Big, false) => ("text in UTF-16 (big-endian)", "write `encoding = \"utf-16be\"`"),
    };
    Some(Recognised { what, help })
}

/// The order of the bytes of a text in UTF-16, and whether a mark says it.
pub(crate) fn wide_order(first: &[u8]) -> Option<(Endian, bool)> {
    let first = &first[..first.len().min(FIRST)];
    match first {
        _ if is_utf32(first) => None,
        [0xFF, 0xFE, ..] => Some((Endian::Little, true)),
        [0xFE, 0xFF, ..] => Some((Endian::Big, true)),
        _ if first.len() < 8 => None,
        _ if are_zeros(first, &[1, 3]) => Some((Endian::Little, false)),
        _ if are_zeros(first, &[0, 2]) => Some((Endian::Big, false)),
        _ => None,
    }
}

fn is_utf32(first: &[u8]) -> bool {
    let is_marked = first.starts_with(b"\xFF\xFE\0\0") || first.starts_with(b"\0\0\xFE\xFF");
    is_marked || (first.len() >= 8 && (are_zeros(first, &[1, 2, 3]) || are_zeros(first, &[0, 1, 2])))
}

/// Whether nearly all bytes at these places of every four are zero: those of text in Latin letters.
fn are_zeros(first: &[u8], indices: &[usize]) -> bool {
    let first = &first[..first.len() & !3];
    indices.iter().all(|index| {
        let bytes = first.iter().skip(*index).step_by(4);
        bytes.filter(|byte| **byte == 0).count() * 40 >= first.len() * 7
    })
}

fn markup(first: &[u8]) -> Option<Recognised> {
    let text = String::from_utf8_lossy(first.trim_ascii_start()).to_lowercase();
    // `{ "a"` as well as `{"a"`.
    let dense: String = text.chars().filter(|c| !c.is_whitespace()).take(40).collect();
    let begins = |start: &str| text.starts_with(start) || dense.starts_with(start);
    let (_, what, help) = MARKUP.iter().find(|(start, ..)| begins(start))?;
    // Spreadsheet programs take a page with a table in it for a workbook.
    let is_workbook = *what != "a JSON document" && text.contains("schemas-microsoft-com:office:");
    Some(if is_workbook {
        Recognised { what: "a workbook in HTML or XML", help: EXPORT }
    } else {
        Recognised { what, help }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_tables_of_text() {
        let utf16 = |text: &str, big: bool| -> Vec<u8> {
            let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
            text.encode_utf16().flat_map(bytes).collect()
        };
        let mut tar = vec![0; 512];
        tar[257..262].copy_from_slice(b"ustar");
        let table: [(&[u8], Option<&str>); 22] = [
            (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", Some("a workbook (XLSX)")),
            (b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet", Some("a workbook (ODS)")),
            (b"PK\x03\x04\x14\0permits.csv", Some("a ZIP archive")),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", Some("an old workbook (XLS) or another OLE document")),
            (b"PAR1\x15\x04", Some("a Parquet file")),
            (b"\xEF\xBB\xBF\n<!DOCTYPE HTML PUBLIC", Some("an HTML page")),
            (b"<?xml version=\"1.0\"?><message:Structure>", Some("an XML document")),
            (b"<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\">", Some("a workbook in HTML or XML")),
            (b"{\n  \"dimension\": {", Some("a JSON document")),
            (b"[ {\"a\": 1}]", Some("a JSON document")),
            (&tar, Some("a tar archive")),
            (&utf16("\u{feff}a\u{f1}o;pa\u{ed}s", false), Some("text in UTF-16 (little-endian)")),
            (&utf16("a\u{f1}o;pa\u{ed}s", false), Some("text in UTF-16 (little-endian)")),
            (&utf16("a\u{f1}o;pa\u{ed}s", true), Some("text in UTF-16 (big-endian)")),
            (b"a\0\0\0b\0\0\0c\0\0\0", Some("text in UTF-32")),
            // Tables.
            (b"id;name\n1;x\n", None),
            (b"PAR1;PAR2\n1;2\n", None),
            (b"PK;PK2\n", None),
            (b"[id],[name]\n", None),
            (b"\0;a\n", None),
            (b"\0\0", None),
            (b"", None),
        ];
        for (bytes, expected) in table {
            let found = recognise(bytes).map(|recognised| recognised.what);
            assert_eq!(found, expected, "{}", String::from_utf8_lossy(bytes));
        }
    }
}
