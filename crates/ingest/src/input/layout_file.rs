//! A table of the fields of fixed-width lines, as statistical offices publish it beside the data: the name of each field,
//! where it begins, and how long it is or where it ends.

use std::path::{Path, PathBuf};

use denizen_spec::{Code, Diagnostic, Format, Path as Setting, Position, Source};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use super::{SIDECAR_LIMIT, read_file};

/// The layout that was read for a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayoutFile {
    /// Where it lies.
    pub path: PathBuf,
    /// As the pipeline names it.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// What the columns of such a table are called, without accents and in small letters.
const NAMES: [&str; 13] = [
    "name",
    "nombre",
    "nome",
    "nom",
    "variable",
    "variabile",
    "variavel",
    "field",
    "campo",
    "champ",
    "column",
    "columna",
    "colonna",
];
const STARTS: [&str; 13] = [
    "start",
    "begin",
    "from",
    "position",
    "posicion",
    "posicion inicial",
    "inicio",
    "desde",
    "posizione",
    "posizione iniziale",
    "inizio",
    "da",
    "debut",
];
const ENDS: [&str; 9] =
    ["end", "to", "posicion final", "fin", "final", "hasta", "posizione finale", "fine", "a"];
const WIDTHS: [&str; 11] = [
    "width",
    "length",
    "len",
    "longitud",
    "ancho",
    "tamano",
    "lunghezza",
    "larghezza",
    "longueur",
    "largura",
    "tamanho",
];

/// Lines among which the names of the columns are looked for.
const LINES: usize = 50;

/// The source with the fields of its layouts: its own, and those of its variants.
pub(super) fn with_layouts(source: &Source, project: &Path) -> Result<(Source, Vec<LayoutFile>), Diagnostic> {
    let (mut source, own) = with_layout(source, project)?;
    let mut layouts: Vec<LayoutFile> = own.into_iter().collect();
    for variant in &mut source.variants {
        let (read, layout) = with_layout(&variant.source, project)?;
        variant.source = read;
        layouts.extend(layout.filter(|layout| !layouts.contains(layout)));
    }
    Ok((source, layouts))
}

fn with_layout(source: &Source, project: &Path) -> Result<(Source, Option<LayoutFile>), Diagnostic> {
    let mut source = source.clone();
    let Format::FixedWidth(options) = &mut source.format else { return Ok((source, None)) };
    let Some(name) = options.layout.clone() else { return Ok((source, None)) };
    let setting = || Setting::source(&source.name).field("layout");
    let path = project.join(&name);
    let bytes = read_file(&path, SIDECAR_LIMIT).map_err(|error| {
        Diagnostic::error(Code::LayoutFile, format!("the layout `{name}` cannot be read"))
            .at(setting(), "relative to the project")
            .note(error.to_string())
    })?;
    options.fields = fields(&bytes, &name)?;
    let sha256 = crate::sha256(&bytes);
    for column in source.columns.iter_mut().filter(|column| column.position.is_none()) {
        let known = options.fields.iter().find(|(name, _)| *name == column.from);
        column.position = known.map(|(_, position)| *position);
    }
    Ok((source, Some(LayoutFile { path, name, sha256 })))
}

/// Which columns of the table say what.
struct Columns {
    name: usize,
    start: Option<usize>,
    end: Option<usize>,
    width: Option<usize>,
}

fn fields(bytes: &[u8], file: &str) -> Result<Vec<(String, Position)>, Diagnostic> {
    let fault = |message: String, line| Diagnostic::error(Code::LayoutFile, message).in_file(file, line);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{FEFF}').to_owned(),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    let Some((delimiter, header, columns)) = [b',', b';', b'\t', b'|'].into_iter().find_map(|delimiter| {
        let mut rows = rows(&text, delimiter).take(LINES);
        rows.find_map(|(line, row)| Some((delimiter, line, Columns::of(&row)?)))
    }) else {
        let help = "begin it with a line such as `name,start,width` (or `end`; in Spanish, Italian, Portuguese or French too)";
        return Err(fault("no line names the columns of a layout".to_owned(), Some(1)).help(help));
    };
    let mut fields: Vec<(String, Position)> = Vec::new();
    for (line, row) in rows(&text, delimiter).filter(|(line, _)| *line > header) {
        let behind = fields.last().map_or(0, |(_, position)| position.end());
        let Some((name, position)) =
            columns.field(&row, behind).map_err(|message| fault(message, Some(line)))?
        else {
            continue;
        };
        if fields.iter().any(|(other, _)| *other == name) {
            return Err(fault("a field stands in the layout twice".to_owned(), Some(line)));
        }
        fields.push((name, position));
    }
    if fields.is_empty() {
        Err(fault("the layout has no fields".to_owned(), Some(header)))
    } else {
        Ok(fields)
    }
}

/// The rows of a table, with their lines.
fn rows(text: &str, delimiter: u8) -> impl Iterator<Item = (u64, Vec<String>)> {
    let text = std::io::Cursor::new(text.to_owned());
    let reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text);
    reader.into_records().map_while(Result::ok).map(|row| {
        let line = row.position().map_or(0, csv::Position::line);
        (line, row.iter().map(|field| field.trim().to_owned()).collect())
    })
}

impl Columns {
    /// The columns of a table whose header is this row.
    fn of(row: &[String]) -> Option<Self> {
        let folded: Vec<String> = row.iter().map(|name| folded(name)).collect();
        let of = |known: &[&str]| folded.iter().position(|name| known.contains(&name.as_str()));
        let columns = Self { name: of(&NAMES)?, start: of(&STARTS), end: of(&ENDS), width: of(&WIDTHS) };
        (columns.width.is_some() || (columns.start.is_some() && columns.end.is_some())).then_some(columns)
    }

    /// A field; nothing where a row has no numbers, and is a title. `behind` is where the field before ends.
    fn field(&self, row: &[String], behind: usize) -> Result<Option<(String, Position)>, String> {
        let text =
            |column: Option<usize>| column.and_then(|column| row.get(column)).filter(|text| !text.is_empty());
        let number = |column: Option<usize>| {
            let number =
                |text: &String| text.parse::<u32>().ok().filter(|number| (1..=1 << 20).contains(number));
            let read =
                |text: &String| number(text).ok_or_else(|| "a place is a whole number from 1".to_owned());
            text(column).map(read).transpose()
        };
        let (start, end, width) = (number(self.start)?, number(self.end)?, number(self.width)?);
        let Some(name) = text(Some(self.name)).filter(|_| start.or(end).or(width).is_some()) else {
            return Ok(None);
        };
        let start = match (self.start, start) {
            (Some(_), None) => return Err("the field has no beginning".to_owned()),
            (_, Some(start)) => start,
            // A table without beginnings has the fields one behind another.
            (None, None) => behind as u32 + 1,
        };
        let position = match (end, width) {
            (Some(end), _) if end < start => return Err("the field ends before it begins".to_owned()),
            (Some(end), Some(width)) if end - start + 1 != width => {
                return Err("the field ends elsewhere than its length says".to_owned());
            }
            (Some(end), _) => Position { start, width: end - start + 1 },
            (None, Some(width)) => Position { start, width },
            (None, None) => return Err("the field has no end".to_owned()),
        };
        Ok(Some((name.clone(), position)))
    }
}

/// A name without accents, in small letters.
fn folded(name: &str) -> String {
    let plain = name.nfd().filter(|c| !unicode_normalization::char::is_combining_mark(*c));
    plain.flat_map(char::to_lowercase).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        let read = |text: &[u8]| -> Result<Vec<String>, String> {
            let fields = fields(text, "l.csv").map_err(|error| error.message.clone())?;
            Ok(fields.iter().map(|(name, place)| format!("{name} {} {}", place.start, place.width)).collect())
        };
        let expected = Ok(vec!["SEX 1 1".to_owned(), "PROV 2 2".to_owned()]);
        let same: [&[u8]; 6] = [
            b"name,start,width\nSEX,1,1\nPROV,2,2\n",
            b"\xEF\xBB\xBFname;start;end\nSEX;1;1\nPROV;2;3\n",
            b"Dise\xf1o de registro\n\nDescripci\xf3n;Longitud;Posici\xf3n;Variable\nSexo;1;1;SEX\nProvincia;2;2;PROV\n",
            b"Campo\tLunghezza\nSEX\t1\nDati anagrafici\t\nPROV\t2\n",
            b"variable|inicio|fin|longitud\nSEX|1|1|1\nPROV|2|3|2",
            b"name,width\nSEX,1\nPROV,2\n",
        ];
        for text in same {
            assert_eq!(read(text), expected, "{}", String::from_utf8_lossy(text));
        }
        for (text, expected) in [
            (&b"a,b\n1,2\n"[..], "no line names the columns of a layout"),
            (b"name,start,width\nSEX,x,1\n", "a place is a whole number from 1"),
            (b"name,start,width\nSEX,0,1\n", "a place is a whole number from 1"),
            (b"name,start,end\nSEX,3,2\n", "the field ends before it begins"),
            (b"name,start,width,end\nSEX,1,3,2\n", "the field ends elsewhere than its length says"),
            (b"name,start,width\nSEX,,1\n", "the field has no beginning"),
            (b"name,start,width\nSEX,1,1\nSEX,2,1\n", "a field stands in the layout twice"),
            (b"name,start,width\n", "the layout has no fields"),
        ] {
            assert_eq!(read(text), Err(expected.to_owned()), "{}", String::from_utf8_lossy(text));
        }
    }
}
