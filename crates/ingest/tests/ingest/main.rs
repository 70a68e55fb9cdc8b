//! Bytes in, rows and rejects out.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, in helpers too")]
#![allow(clippy::disallowed_methods, reason = "tests make and read files of their own")]

mod archives;
mod codes;
mod files;
mod formats;
mod hostile;
mod json;
mod meaning;
mod numbers;
mod oracle;
mod parquet;
mod polluter;
mod privacy;
mod project;
mod recognised;
mod repaired_over;
mod rows;
mod spans;
mod values;
mod variants;
mod words;
mod workbooks;
