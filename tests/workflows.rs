//! The workflows for GitHub Actions, as far as they can be tried without GitHub.

use std::path::Path;

use crate::readers::{passes, python};

/// Their form, their shell lines, and what these do: `tests/python/check_workflows.py`.
#[test]
#[ignore = "needs Python: tests/python/requirements.txt"]
fn workflows_are_well_formed_and_their_lines_work() {
    passes(&python(), "check_workflows.py", &[Path::new(env!("CARGO_BIN_EXE_denizen"))]);
}
