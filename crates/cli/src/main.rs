//! The program `denizen`.

use std::process::ExitCode;

fn main() -> ExitCode {
    let program = std::env::current_exe().map(|program| vec![program.into_os_string()]).unwrap_or_default();
    ExitCode::from(denizen_cli::main(std::env::args_os().collect(), program))
}
