//! Data enters: files on disk become chunks of typed columns.
//!
//! [`open`] finds the files of a source and looks at their headers; [`Chunks::read`] and [`Chunks::parse`] turn them into
//! chunks of bounded size, which are Arrow record batches. Every row becomes a row of a chunk, a [`Reject`](denizen_spec::Reject) with its place
//! and reason, or is excluded and counted ([`IngestStats`]). Texts of personal columns leave this crate as pseudonyms only,
//! and no value of theirs is in a reject or a diagnostic.
//!
//! Other engines read parts of files side by side: [`Input::spans`] and [`Parser::span`].
//!
//! Nothing else in the workspace opens an input.

mod bad_bytes;
mod chunk_reader;
mod code_column;
mod code_mapping;
mod code_page;
mod codelist;
mod codes_file;
mod column_parser;
mod corrections_file;
mod decoder;
mod dictionary;
mod encoding_guess;
mod field_column;
mod fold;
mod formats;
mod input;
mod inspect;
mod label_index;
mod lookup;
mod number;
mod parser;
mod profile;
mod proposal;
mod pseudonym;
mod published;
mod reference;
mod report;
mod rows;
mod small_table;
mod span;
mod sparse;
mod stats;
mod streams;
mod text_column;
mod text_encoding;
mod transcode;
mod value_report;
mod value_stats;
mod verdict;
mod visible;
mod weights;

pub use chunk_reader::{Chunk, Chunks, RawChunk};
pub use codelist::codelist;
pub use codes_file::{CODES_COLUMNS, add_codes_of_files};
pub use corrections_file::add_corrections_of_files;
pub use formats::{ReadError, apart, is_reading_foreign_file};
pub use input::{Fingerprint, FoundHeader, Input, LayoutFile, headers, open, read_text, sidecar_path};
pub use inspect::{FoundFile, ListFit, Lists, Sample, SampleColumn, no_table};
pub use label_index::{entities_named, nearest_name};
pub use parser::Parser;
pub use proposal::{Proposal, Proposals};
pub use pseudonym::Key;
pub use published::{Figures, published};
pub use reference::{REFERENCES, list_sidecar_path, reference, reference_files, with_reference};
pub use span::{Span, SpanChunks};
pub use stats::{IngestStats, MOST_UNMAPPED};

/// SHA-256 of a small file, in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    denizen_spec::hexadecimal(&sha2::Sha256::digest(bytes))
}
