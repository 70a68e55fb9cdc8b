//! Data enters: files on disk become chunks of typed columns.
//!
//! [`open`] finds the files of a source and looks at their headers; [`Chunks::read`] and [`Chunks::parse`] turn them
//! into chunks of bounded size, which are Arrow record batches. Every row becomes a row of a chunk, a [`Reject`] with its place and reason, or is excluded and
//! counted. Texts of personal columns leave this crate as pseudonyms only, and no value of
//! theirs is in a reject or a diagnostic.
//!
//! Nothing else in the workspace opens an input.

mod blocks;
mod bytes;
mod chunks;
mod coded;
mod codelist;
mod files;
mod meaning;
mod pseudonym;
mod published;
mod quotes;
mod rows;
mod text;
mod tokens;
mod typed;
mod words;

pub use chunks::{Chunk, Chunks, Read};
pub use codelist::{codelist, codelist_path};
pub use files::{Input, open, read_text, sidecar_path};
pub use pseudonym::Key;
pub use published::{Figures, published};

/// SHA-256 of a small file, in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    use sha2::Digest;
    denizen_spec::hexadecimal(&sha2::Sha256::digest(bytes))
}
