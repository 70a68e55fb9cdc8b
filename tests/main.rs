//! End to end: the program is run as a user runs it, and everything it prints and writes is compared.
//!
//! `cases/` holds small projects, each with the command in `command.txt` and everything that must come out in
//! `expected/`. `DENIZEN_BLESS=1 cargo test` rewrites `expected/`; read the difference before you commit it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![allow(clippy::disallowed_methods, reason = "tests make and read files of their own")]

mod against;
mod cases;
mod conformance;
mod diff;
mod docs;
mod engine;
mod estimates;
mod every_format;
mod formats;
mod hostile;
mod inspected;
mod likely_totals;
mod log;
mod memory;
mod pages;
mod parts;
mod pipelines;
mod previous;
mod privacy;
mod program;
mod readers;
mod real_data;
mod release;
mod repeatability;
mod rules;
mod several;
mod shipped;
mod small_projects;
mod unchanged;
mod vintages;
mod workflows;
