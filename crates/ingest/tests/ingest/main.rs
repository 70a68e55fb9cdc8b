//! Bytes in, rows and rejects out.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, in helpers too")]

mod codes;
mod files;
mod hostile;
mod oracle;
mod privacy;
mod project;
mod rows;
