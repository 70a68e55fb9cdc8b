//! SDMX-CSV as IstatData and Eurostat export it: dimensions, `TIME_PERIOD`, `OBS_VALUE`, attributes.

use denizen_spec::{Code, Column, Diagnostic, Source};

use super::delimited::DelimitedText;
use super::labels::code_of_label;
use super::reshape::{Cell, Flags, Part, Plan, ReshapedRows};
use super::{Envelope, FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;

/// Columns that say where a row comes from, and stand among the dimensions. Rows of several structures are rows of unlike
/// tables.
const STRUCTURES: [&str; 2] = ["DATAFLOW", "STRUCTURE_ID"];

/// Columns that stand among the dimensions and say nothing of a row.
const CIRCUMSTANCES: [&str; 3] = ["LAST UPDATE", "STRUCTURE", "STRUCTURE_NAME"];

/// What the columns of period, value and flag are called.
pub(super) const PERIOD: &str = "TIME_PERIOD";
pub(super) const VALUE: &str = "OBS_VALUE";
pub(super) const FLAG: &str = "OBS_FLAG";

const ACTION: &str = "ACTION";
const MULTIPLIER: &str = "UNIT_MULT";
const CONFIDENTIALITY: &str = "CONF_STATUS";

/// The status of a value, as SDMX and as Eurostat call it.
const STATUSES: [&str; 2] = ["OBS_STATUS", FLAG];

/// Attributes that make unlike things of values: persons and per cent are not read together.
const UNITS: [&str; 2] = ["UNIT_MEASURE", "UNIT"];

/// Delimited text, of which some columns are known to be dimensions.
pub(super) struct SdmxCsv {
    text: DelimitedText,
    dataflows: Vec<String>,
    /// What the declared columns are called in the file.
    declared: Vec<String>,
}

impl SdmxCsv {
    pub(super) fn new(options: &denizen_spec::SdmxCsv, source: &Source) -> Result<Self, Diagnostic> {
        let text = DelimitedText::new(&options.text, source)?.with_labels();
        let declared = source.columns.iter().flat_map(Column::names_in_file).map(str::to_owned).collect();
        Ok(Self { text, dataflows: options.dataflows.clone(), declared })
    }
}

impl FileFormat for SdmxCsv {
    fn decoder(&self) -> Decoder {
        self.text.decoder()
    }

    fn decimal_mark(&self) -> u8 {
        self.text.decimal_mark()
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        let (name, declared) = (file.name.clone(), self.declared.clone());
        // A span of a file has no names: what is divisible has none that would be changed.
        if file.span.start > 0 || file.span.end.is_some() {
            return self.text.open(file);
        }
        let make = move |_: &str, names: &[String]| Ok(without_labels(&declared, names));
        Ok(Box::new(ReshapedRows::new(name, self.text.open(file)?, Box::new(make))))
    }

    fn guesses_encoding(&self) -> bool {
        self.text.guesses_encoding()
    }

    fn is_divisible(&self) -> bool {
        self.text.is_divisible()
    }

    fn no_values(&self) -> &'static [&'static str] {
        &["NaN"]
    }

    /// The dimensions stand before the value; what stands behind it are attributes, of which the unit must be one.
    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        let value = names.iter().position(|name| name == VALUE).unwrap_or(names.len());
        // Dataflows that are named are compared with each row.
        let is_named = |name: &str| STRUCTURES.contains(&name) && !self.dataflows.is_empty();
        let is_other = |name: &str| CIRCUMSTANCES.contains(&name) || name == ACTION || is_named(name);
        let labels = labels(names);
        let is_dimension = |(field, name): &(usize, &String)| {
            let is_told = (*field < value && !is_other(name)) || UNITS.contains(&name.as_str());
            is_told && !labels.contains(field)
        };
        names.iter().enumerate().filter(is_dimension).map(|(field, _)| field).collect()
    }

    fn notes(&self, file: &str, names: &[String]) -> Vec<Diagnostic> {
        let labels = labels(names);
        let note = labels.first().map(|first| {
            let name = &names[*first];
            let message = format!(
                "`{file}` has a column of labels beside each dimension, such as `{name}`: they are no dimensions"
            );
            Diagnostic::warning(Code::LabelColumns, message).in_file(file, Some(1))
        });
        note.into_iter().collect()
    }

    fn is_dataflow(&self, code: &[u8]) -> bool {
        let code = without_version(STRUCTURES[0], code);
        self.dataflows.is_empty() || self.dataflows.iter().any(|known| known.as_bytes() == code)
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let field = |wanted: &str| names.iter().position(|name| name == wanted);
        Envelope {
            action: field(ACTION),
            multiplier: field(MULTIPLIER),
            status: STATUSES.iter().find_map(|name| field(name)),
            confidentiality: field(CONFIDENTIALITY),
            structure: STRUCTURES.iter().find_map(|name| field(name)),
            circumstances: CIRCUMSTANCES.iter().filter_map(|name| field(name)).collect(),
        }
    }
}

/// What becomes of names and codes that have their labels behind them (`labels=both`); nothing where none has, and where
/// the source declares them so. SDMX-CSV 2 may say in its first name how arrays are divided: `STRUCTURE[;]`.
fn without_labels(declared: &[String], names: &[String]) -> Option<Plan> {
    let code = |name: &str| match name.split_once('[') {
        Some((start, rest)) if start == CIRCUMSTANCES[1] && rest.ends_with(']') => Some(start.to_owned()),
        Some(_) | None => code_of_label(name).map(str::to_owned),
    };
    let is_as_declared = names.iter().any(|name| code(name).is_some() && declared.contains(name));
    if is_as_declared || !names.iter().any(|name| code(name).is_some()) {
        return None;
    }
    let has_labels = names.iter().any(|name| code_of_label(name).is_some());
    let column = |(field, name): (usize, &String)| match code(name) {
        Some(code) if code_of_label(name).is_some() => (code, Part::Code(field)),
        Some(code) => (code, Part::Field(field)),
        None if has_labels && STRUCTURES.contains(&name.as_str()) => (name.clone(), Part::Code(field)),
        None => (name.clone(), Part::Field(field)),
    };
    let columns = names.iter().enumerate().map(column).collect();
    Some(Plan {
        columns,
        parts_of_first: None,
        repairs: Vec::new(),
        cells: vec![Cell { field: 0, flags: Flags::None, codes: Vec::new() }],
    })
}

/// Columns that hold the labels of the dimensions beside them, as `labels=name` gives them: behind each dimension one that
/// is called in words, `TIME_PERIOD,Time` before the value included.
fn labels(names: &[String]) -> Vec<usize> {
    let Some(value) = names.iter().position(|name| name == VALUE) else { return Vec::new() };
    let is_envelope =
        |name: &str| STRUCTURES.contains(&name) || CIRCUMSTANCES.contains(&name) || name == ACTION;
    let start = names[..value].iter().take_while(|name| is_envelope(name)).count();
    let pairs = names[start..value].chunks(2);
    let is_pair = |pair: &[String]| match pair {
        [code, label] => is_identifier(code) && (!is_identifier(label) || label.contains(char::is_lowercase)),
        _ => false,
    };
    let has_time = value >= start + 2 && names[value - 2] == PERIOD;
    if has_time && pairs.clone().all(is_pair) { (start + 1..value).step_by(2).collect() } else { Vec::new() }
}

/// Whether a name is one of SDMX: letters, digits and underscores.
fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The code of a dimension without what may differ between rows of one table: the version of its structure, as in
/// `IT1:DF_STOCK(1.0)`.
pub(crate) fn without_version<'a>(dimension: &str, code: &'a [u8]) -> &'a [u8] {
    let version = code.iter().position(|byte| *byte == b'(').filter(|_| STRUCTURES.contains(&dimension));
    version.map_or(code, |version| &code[..version])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_labels() {
        let table = [
            (
                "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,Frequency,SEX,Sex,TIME_PERIOD,Time,OBS_VALUE,Observation value",
                "4 6 8",
            ),
            (
                "DATAFLOW,LAST UPDATE,freq,Time frequency,geo,Geopolitical entity (reporting),TIME_PERIOD,Time,OBS_VALUE",
                "3 5 7",
            ),
            // Not a column for each dimension.
            ("DATAFLOW,FREQ,SEX,Sex,TIME_PERIOD,Time,OBS_VALUE", ""),
            ("DATAFLOW,FREQ,SEX,TIME_PERIOD,OBS_VALUE", ""),
            ("DATAFLOW,SEX,AGE,TIME_PERIOD,FREQ,OBS_VALUE", ""),
            ("FREQ,SEX,TIME_PERIOD,Time,OBS_VALUE", ""),
            ("OBS_VALUE", ""),
            ("sex,Sex", ""),
        ];
        for (names, expected) in table {
            let names: Vec<String> = names.split(',').map(str::to_owned).collect();
            let found = labels(&names).iter().map(usize::to_string).collect::<Vec<_>>().join(" ");
            assert_eq!(found, expected, "{names:?}");
        }
    }
}
