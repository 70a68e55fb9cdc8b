//! The program called by itself, to read a workbook apart.

use std::ffi::OsString;

use denizen_ingest::apart;

/// The argument before the name of the workbook. It is in no help, for people have no use for it.
const READ_WORKBOOK: &str = "read-workbook-apart";

/// Reads a workbook where this process was made for that alone, and returns its exit status.
pub(crate) fn read_workbook(words: &[OsString]) -> Option<u8> {
    let file = words.get(1).filter(|word| *word == READ_WORKBOOK).map(|_| words.get(2));
    let file = file?.cloned().unwrap_or_default();
    // A reader that panics is told by the process that reads this one's output.
    std::panic::set_hook(Box::new(|_| {}));
    let is_read = apart::main(&file.to_string_lossy()).is_ok();
    Some(u8::from(!is_read))
}

/// Says how a process is started that hands its words to [`main`](crate::main), so that workbooks are read apart. The first one stays.
pub fn offer(mut program: Vec<OsString>) {
    if !program.is_empty() {
        program.push(READ_WORKBOOK.into());
        apart::set_command(program);
    }
}
