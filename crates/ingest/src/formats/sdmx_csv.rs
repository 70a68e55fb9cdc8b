//! SDMX-CSV as IstatData and Eurostat export it: dimensions, `TIME_PERIOD`, `OBS_VALUE`, attributes.

use denizen_spec::{Delimited, Diagnostic, Source};

use super::delimited::DelimitedText;
use super::{FileFormat, FilePart, ReadError, ReadRows};
use crate::decoder::Decoder;

/// Columns that say where a row comes from. They stand among the dimensions and are none.
const ENVELOPE: [&str; 6] =
    ["DATAFLOW", "LAST UPDATE", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"];

/// Delimited text, of which some columns are known to be dimensions.
pub(super) struct SdmxCsv(DelimitedText);

impl SdmxCsv {
    pub(super) fn new(options: &Delimited, source: &Source) -> Result<Self, Diagnostic> {
        DelimitedText::new(options, source).map(Self)
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

    /// The dimensions stand before the value; what stands behind it are attributes.
    fn dimensions(&self, names: &[String]) -> Vec<usize> {
        let before_value = names.iter().enumerate().take_while(|(_, name)| *name != "OBS_VALUE");
        let dimensions = before_value.filter(|(_, name)| !ENVELOPE.contains(&name.as_str()));
        dimensions.map(|(field, _)| field).collect()
    }
}
