//! Bytes in, rows and rejects out.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, in helpers too")]
#![allow(clippy::print_stdout, reason = "a test says what it read, and what it could not")]

mod codes;
mod files;
mod hostile;
mod oracle;
mod privacy;
mod project;
mod rows;
mod spans;
