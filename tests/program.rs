//! Running the program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// What a run printed, and its exit status.
pub(crate) struct Outcome {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

impl Outcome {
    /// Fails the test with what was printed unless the status is as expected.
    #[track_caller]
    pub(crate) fn exits_with(self, status: i32) -> Self {
        assert_eq!(self.status, status, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// `denizen` in a folder, with nothing of the tester's own environment that could matter.
pub(crate) fn denizen(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_denizen"));
    command.current_dir(folder).env_remove("DENIZEN_KEY_FILE").env_remove("CLICOLOR_FORCE");
    command
}

pub(crate) fn run(command: &mut Command) -> Outcome {
    let output = command.output().unwrap();
    Outcome {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        status: output.status.code().unwrap_or(-1),
    }
}

/// `denizen ARGUMENTS` in a folder.
pub(crate) fn run_in(folder: &Path, arguments: &[&str]) -> Outcome {
    run(denizen(folder).args(arguments))
}
