//! JSON-stat 2.0: a cube of values. Each cell that has a value or a status becomes a row of its dimensions' codes, `value` and
//! `status`.
//!
//! Source: <https://json-stat.org/full/>.

use std::sync::Arc;

use denizen_spec::{Code, Diagnostic, RowPlace};
use serde_json::Value;

use super::foreign::{ForeignReader, Stop, damaged, read_whole};
use super::{Envelope, FileFormat, FilePart, RawRows, ReadError, ReadRows};
use crate::decoder::Decoder;
use crate::input::Header;
use crate::rows::{Field, Rows};

const VALUE: &str = "value";
const STATUS: &str = "status";

/// A document stands in memory as a whole: what offices answer at once is some megabytes.
const MOST_BYTES: u64 = 1 << 24;

/// Rows that are handed on together.
const BATCH: usize = 8192;

/// JSON-stat, which needs no options.
pub(super) struct JsonStat;

impl FileFormat for JsonStat {
    fn decoder(&self) -> Decoder {
        Decoder::of_utf8()
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let (name, mut bytes) = (Arc::clone(&file.name), file.bytes);
        let mut cubes = ForeignReader::start(&file.name, move |sender| {
            let whole = read_whole(&name, &mut bytes, MOST_BYTES)?;
            let whole = whole.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&whole);
            let cube = Cube::read(whole).map_err(|fault| Stop::Fault(fault.in_document(&name)))?;
            sender.send(cube)
        })?;
        let cube = cubes.next()?.ok_or_else(|| damaged(&file.name, "it holds nothing"))?;
        Ok(Box::new(CubeRows { cube: Arc::new(cube), next_cell: 0, next_row: 1 }))
    }

    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        (0..names.len()).filter(|field| ![VALUE, STATUS].contains(&names[*field].as_str())).collect()
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        Envelope { status: names.iter().position(|name| name == STATUS), ..Envelope::default() }
    }
}

/// Why a document is no cube.
struct Fault(String);

impl Fault {
    fn in_document(self, file: &str) -> Diagnostic {
        let Self(why) = self;
        Diagnostic::error(Code::Unreadable, format!("`{file}` is no data set in JSON-stat 2.0: {why}"))
            .in_file(file, None)
            .help("ask its publisher for JSON-stat 2.0, or for CSV; `format = \"json\"` reads JSON whose rows are objects")
    }
}

/// Cells by their number: that of the last dimension runs first.
struct Cube {
    dimensions: Vec<Dimension>,
    cells: usize,
    value: Values,
    status: Values,
}

struct Dimension {
    name: String,
    codes: Vec<String>,
}

/// Values of all cells, or of some of them.
enum Values {
    List(Vec<Value>),
    Sparse(std::collections::HashMap<usize, Value>),
    /// All cells have the same.
    Same(Value),
}

impl Values {
    /// Those of a member of the document, for so many cells.
    fn read(written: Option<Value>, member: &str, cells: usize) -> Result<Self, Fault> {
        match written {
            None | Some(Value::Null) => Ok(Self::Same(Value::Null)),
            Some(Value::Array(list)) if list.len() == cells => Ok(Self::List(list)),
            Some(Value::Array(list)) => Err(Fault(format!(
                "`{member}` has {} elements, and its dimensions make {cells} cells",
                list.len()
            ))),
            Some(Value::Object(some)) => {
                let number = |text: String| text.parse().ok().filter(|cell| *cell < cells);
                let cells = some.into_iter().map(|(cell, value)| Some((number(cell)?, value)));
                let sparse = cells.collect::<Option<_>>();
                sparse
                    .map(Self::Sparse)
                    .ok_or_else(|| Fault(format!("`{member}` names a cell that it has not")))
            }
            Some(same @ Value::String(_)) if member == STATUS => Ok(Self::Same(same)),
            Some(_) => Err(Fault(format!("`{member}` is neither a list nor an object"))),
        }
    }

    fn of(&self, cell: usize) -> &Value {
        match self {
            Self::List(list) => &list[cell],
            Self::Sparse(some) => some.get(&cell).unwrap_or(&Value::Null),
            Self::Same(same) => same,
        }
    }

    /// Whether all are texts, numbers or nothing.
    fn are_plain(&self) -> bool {
        let is_plain = |value: &Value| value.is_null() || value.is_number() || value.is_string();
        match self {
            Self::List(list) => list.iter().all(is_plain),
            Self::Sparse(some) => some.values().all(is_plain),
            Self::Same(same) => is_plain(same),
        }
    }
}

impl Cube {
    fn read(text: &[u8]) -> Result<Self, Fault> {
        let document: Value = serde_json::from_slice(text).map_err(|error| Fault(error.to_string()))?;
        let Value::Object(mut document) = document else { return Err(Fault("it is no object".to_owned())) };
        match document.get("class").and_then(Value::as_str) {
            Some("dataset") => {}
            Some(other) => return Err(Fault(format!("its class is `{other}`"))),
            None => return Err(Fault("it does not say its class".to_owned())),
        }
        let names = texts(document.get("id")).ok_or_else(|| Fault("`id` is no list of names".to_owned()))?;
        let sizes = document.get("size").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        if sizes.len() != names.len() {
            return Err(Fault(format!("it has {} dimensions and {} sizes", names.len(), sizes.len())));
        }
        let described = document.get("dimension");
        let mut dimensions = Vec::with_capacity(names.len());
        for (name, size) in names.into_iter().zip(sizes) {
            let codes = described.and_then(|all| codes(all.get(&name)?.get("category")?));
            match codes {
                Some(codes) if Some(codes.len() as u64) == size.as_u64() => {
                    dimensions.push(Dimension { name, codes });
                }
                Some(_) | None => {
                    return Err(Fault(format!("`{name}` has not the {size} codes that `size` says")));
                }
            }
        }
        let count = dimensions.iter().try_fold(1_usize, |cells, next| cells.checked_mul(next.codes.len()));
        let cells = count.ok_or_else(|| Fault("its dimensions make too many cells".to_owned()))?;
        let value = Values::read(document.remove(VALUE), VALUE, cells)?;
        let status = Values::read(document.remove(STATUS), STATUS, cells)?;
        if !value.are_plain() || !status.are_plain() {
            return Err(Fault("a value or status is neither a number nor a text".to_owned()));
        }
        Ok(Self { dimensions, cells, value, status })
    }

    /// The code of a cell in each dimension.
    fn codes(&self, mut cell: usize) -> Vec<&str> {
        let mut codes = Vec::with_capacity(self.dimensions.len());
        for dimension in self.dimensions.iter().rev() {
            codes.push(dimension.codes[cell % dimension.codes.len()].as_str());
            cell /= dimension.codes.len();
        }
        codes.reverse();
        codes
    }
}

fn texts(written: Option<&Value>) -> Option<Vec<String>> {
    written?.as_array()?.iter().map(|text| Some(text.as_str()?.to_owned())).collect()
}

/// The codes of a category in their order: a list, or each with its place; the only label where there is no index.
fn codes(category: &Value) -> Option<Vec<String>> {
    match category.get("index") {
        Some(index @ Value::Array(_)) => texts(Some(index)),
        Some(Value::Object(places)) => {
            let mut codes = vec![None; places.len()];
            for (code, place) in places {
                let place = codes.get_mut(usize::try_from(place.as_u64()?).ok()?)?;
                if place.replace(code.clone()).is_some() {
                    return None;
                }
            }
            codes.into_iter().collect()
        }
        None => match category.get("label")?.as_object()? {
            only if only.len() == 1 => Some(only.keys().cloned().collect()),
            _ => None,
        },
        Some(_) => None,
    }
}

/// Reads the cells of a cube.
struct CubeRows {
    cube: Arc<Cube>,
    next_cell: usize,
    next_row: u64,
}

impl ReadRows for CubeRows {
    fn names(&mut self) -> Result<Vec<String>, Diagnostic> {
        let dimensions = self.cube.dimensions.iter().map(|dimension| dimension.name.clone());
        Ok(dimensions.chain([VALUE.to_owned(), STATUS.to_owned()]).collect())
    }

    fn next_rows(&mut self, _header: &Arc<Header>) -> Result<Option<Box<dyn RawRows>>, ReadError> {
        let cube = &self.cube;
        let is_told = |cell: &usize| !(cube.value.of(*cell).is_null() && cube.status.of(*cell).is_null());
        let cells: Vec<usize> = (self.next_cell..cube.cells).filter(is_told).take(BATCH).collect();
        let Some(last) = cells.last() else { return Ok(None) };
        self.next_cell = last + 1;
        let first_row = self.next_row;
        self.next_row += cells.len() as u64;
        Ok(Some(Box::new(SomeCells { cube: Arc::clone(cube), cells, first_row })))
    }

    fn lines(&self) -> u64 {
        0
    }
}

struct SomeCells {
    cube: Arc<Cube>,
    cells: Vec<usize>,
    first_row: u64,
}

impl RawRows for SomeCells {
    fn bytes(&self) -> u64 {
        (self.cells.len() * (self.cube.dimensions.len() + 2) * 4) as u64
    }

    fn cut(self: Box<Self>, header: &Arc<Header>) -> Rows {
        let Self { cube, cells, first_row } = *self;
        let dimensions = cube.dimensions.len();
        let mut rows = Rows::new(header);
        for (row, cell) in (first_row..).zip(cells) {
            let codes = cube.codes(cell);
            let (value, status) = (Shown::of(cube.value.of(cell)), Shown::of(cube.status.of(cell)));
            let field = |field: usize| match codes.get(field) {
                Some(code) => Field::Text(code.as_bytes()),
                None if field == dimensions => value.field(),
                None => status.field(),
            };
            rows.push(RowPlace::Record { row }, header.fields().map(field));
        }
        rows
    }
}

/// A value as a field shows it.
enum Shown {
    Text(String),
    Number(f64),
}

impl Shown {
    fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text.clone()),
            Value::Number(number) => match number.as_f64() {
                Some(decimal) if number.is_f64() => Self::Number(decimal),
                Some(_) | None => Self::Text(number.to_string()),
            },
            // `Values::are_plain`: there are no others.
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Self::Text(String::new()),
        }
    }

    fn field(&self) -> Field<'_> {
        match self {
            Self::Text(text) => Field::Text(text.as_bytes()),
            Self::Number(number) => Field::Number(*number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cube;

    /// The rows of a document: codes, value, status.
    fn rows(document: &str) -> Result<Vec<String>, String> {
        let cube = Cube::read(document.as_bytes()).map_err(|fault| fault.0)?;
        let row = |cell| format!("{:?} {} {}", cube.codes(cell), cube.value.of(cell), cube.status.of(cell));
        Ok((0..cube.cells).map(row).collect())
    }

    fn dataset(rest: &str) -> String {
        format!(
            r#"{{"version":"2.0","class":"dataset","id":["geo","sex"],"size":[1,2],
                "dimension":{{"geo":{{"category":{{"label":{{"IT":"Italy"}}}}}},"sex":{{"category":{{"index":{{"M":1,"F":0}}}}}}}},{rest}}}"#
        )
    }

    #[test]
    fn cells() {
        let both: &[&str] = &[r#"["IT", "F"] 3 "p""#, r#"["IT", "M"] 4.5 "p""#];
        let second: &[&str] = &[r#"["IT", "F"] null null"#, r#"["IT", "M"] 4 "b""#];
        let table = [
            (r#""value":[3,4.5],"status":"p""#, Ok(both)),
            (r#""value":{"1":4},"status":{"1":"b"}"#, Ok(second)),
            (r#""value":[3]"#, Err("`value` has 1 elements, and its dimensions make 2 cells")),
            (r#""value":{"2":4}"#, Err("`value` names a cell that it has not")),
            (r#""value":[[3],4]"#, Err("a value or status is neither a number nor a text")),
            (r#""value":3"#, Err("`value` is neither a list nor an object")),
        ];
        for (rest, expected) in table {
            let expected = expected.map(|rows| rows.iter().map(|row| (*row).to_owned()).collect());
            assert_eq!(rows(&dataset(rest)), expected.map_err(str::to_owned), "{rest}");
        }
    }

    #[test]
    fn no_cubes() {
        let table = [
            ("[]", "it is no object"),
            ("{}", "it does not say its class"),
            (r#"{"class":"collection"}"#, "its class is `collection`"),
            (r#"{"class":"dataset","id":["a"],"size":[]}"#, "it has 1 dimensions and 0 sizes"),
            (
                r#"{"class":"dataset","id":["a"],"size":[2],"dimension":{"a":{"category":{"index":{"x":0,"y":0}}}}}"#,
                "`a` has not the 2 codes that `size` says",
            ),
        ];
        for (document, expected) in table {
            assert_eq!(rows(document).err().as_deref(), Some(expected), "{document}");
        }
    }
}
