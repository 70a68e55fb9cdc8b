//! The text of a pipeline file: TOML with byte offsets, which nothing outside this module and the readers of the
//! sections sees.

mod fields;

pub(crate) use fields::{Fields, Findings, unknown_value, wrong_type};
