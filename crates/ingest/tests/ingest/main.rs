//! Bytes in, rows and rejects out.

mod codes;
mod files;
mod hostile;
mod oracle;
mod privacy;
mod project;
mod rows;
