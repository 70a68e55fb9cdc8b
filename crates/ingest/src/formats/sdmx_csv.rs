//! SDMX-CSV as IstatData and Eurostat export it: dimensions, `TIME_PERIOD`, `OBS_VALUE`, attributes.

use denizen_spec::{Delimited, Diagnostic, Path as Setting};

use super::delimited::DelimitedText;
use super::{Envelope, FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;

/// Columns that say where a row comes from, and stand among the dimensions. Rows of several structures are rows of unlike
/// tables.
const STRUCTURES: [&str; 2] = ["DATAFLOW", "STRUCTURE_ID"];

/// Columns that stand among the dimensions and say nothing of a row.
const CIRCUMSTANCES: [&str; 3] = ["LAST UPDATE", "STRUCTURE", "STRUCTURE_NAME"];

const ACTION: &str = "ACTION";
const MULTIPLIER: &str = "UNIT_MULT";

/// Attributes that make unlike things of values: persons and per cent are not read together.
const UNITS: [&str; 2] = ["UNIT_MEASURE", "UNIT"];

/// Delimited text, of which some columns are known to be dimensions.
pub(super) struct SdmxCsv(DelimitedText);

impl SdmxCsv {
    pub(super) fn new(options: &Delimited, setting: Setting) -> Result<Self, Diagnostic> {
        DelimitedText::new(options, setting).map(Self)
    }
}

impl FileFormat for SdmxCsv {
    fn decoder(&self) -> Decoder {
        self.0.decoder()
    }

    fn decimal_mark(&self) -> u8 {
        self.0.decimal_mark()
    }

    fn open(&self, file: FilePart) -> Result<Box<dyn ReadRows>, ReadError> {
        self.0.open(file)
    }

    fn is_divisible(&self) -> bool {
        self.0.is_divisible()
    }

    /// The dimensions stand before the value; what stands behind it are attributes, of which the unit must be one.
    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        let value = names.iter().position(|name| name == "OBS_VALUE").unwrap_or(names.len());
        let is_other = |name: &str| CIRCUMSTANCES.contains(&name) || name == ACTION;
        let is_dimension = |(field, name): &(usize, &String)| {
            (*field < value && !is_other(name)) || UNITS.contains(&name.as_str())
        };
        names.iter().enumerate().filter(is_dimension).map(|(field, _)| field).collect()
    }

    fn envelope(&self, names: &[String]) -> Envelope {
        let field = |wanted: &str| names.iter().position(|name| name == wanted);
        Envelope {
            action: field(ACTION),
            multiplier: field(MULTIPLIER),
            circumstances: CIRCUMSTANCES.iter().filter_map(|name| field(name)).collect(),
        }
    }
}

/// The code of a dimension without what may differ between rows of one table: the version of its structure, as in
/// `IT1:DF_STOCK(1.0)`.
pub(crate) fn without_version<'a>(dimension: &str, code: &'a [u8]) -> &'a [u8] {
    let version = code.iter().position(|byte| *byte == b'(').filter(|_| STRUCTURES.contains(&dimension));
    version.map_or(code, |version| &code[..version])
}
