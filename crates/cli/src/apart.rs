//! The program called by itself, to read a workbook apart.

use std::process::ExitCode;

use denizen_ingest::apart;

/// The argument before the name of the workbook. It is in no help, for people have no use for it.
const READ_WORKBOOK: &str = "read-workbook-apart";

/// Reads a workbook where this process was made for that alone.
pub(crate) fn read_workbook() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let file = (arguments.next()? == READ_WORKBOOK).then(|| arguments.next().unwrap_or_default())?;
    // A reader that panics is told by the process that reads this one's output.
    std::panic::set_hook(Box::new(|_| {}));
    let is_read = apart::main(&file.to_string_lossy()).is_ok();
    Some(if is_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says how this program is called to read a workbook.
pub(crate) fn offer() {
    if let Ok(program) = std::env::current_exe() {
        apart::set_command(vec![program.into(), READ_WORKBOOK.into()]);
    }
}
