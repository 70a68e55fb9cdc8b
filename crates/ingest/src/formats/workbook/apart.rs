//! Workbooks that are read in a process of their own, which may take so much memory and time and no more.
//!
//! A program that can do so names its own command once ([`set_command`]), and runs [`main`] when it is called so. Where none
//! is named, as in a program that is not ours, such workbooks are read on the spot, up to a smaller size.
//!
//! ```no_run
//! // In the `main` of a program that is called `program --read-workbook FILE` by itself.
//! use denizen_ingest::apart;
//!
//! if let Some(file) = std::env::args().skip_while(|argument| argument != "--read-workbook").nth(1) {
//!     apart::main(&file)?;
//! }
//! apart::set_command(vec![std::env::current_exe()?.into(), "--read-workbook".into()]);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use super::cells::{Message, SheetName};
use super::package::{Package, examine};
use super::read::{self, Take};
use super::wire::Packet;
use crate::formats::foreign::{Stop, damaged};

/// The command that reads a workbook, which a process has or has not from its beginning on.
static COMMAND: OnceLock<Vec<OsString>> = OnceLock::new();

/// Names the program and its arguments that run [`main`].
pub fn set_command(command: Vec<OsString>) {
    // The first one stays.
    let _ = COMMAND.set(command);
}

pub(super) fn has_command() -> bool {
    COMMAND.get().is_some_and(|command| !command.is_empty())
}

/// Reads a workbook: apart where there is a command for it.
pub(super) fn read(file: &str, bytes: Vec<u8>, package: &Package, taker: &mut dyn Take) -> Result<(), Stop> {
    match COMMAND.get().map(Vec::as_slice) {
        Some([program, arguments @ ..]) => read_apart(file, bytes, program, arguments, taker),
        Some([]) | None => read::read(file, bytes, package, taker),
    }
}

fn read_apart(
    file: &str,
    bytes: Vec<u8>,
    program: &OsString,
    arguments: &[OsString],
    taker: &mut dyn Take,
) -> Result<(), Stop> {
    let unreadable = |error: io::Error| Stop::Fault(crate::input::unreadable(file, &error));
    let mut command = Command::new(program);
    command.args(arguments).arg(file).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(unreadable)?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let outcome = match (stdin, stdout) {
        (Some(mut stdin), Some(stdout)) => {
            // It reads all before it writes; one that ends before is told by what it writes.
            let _ = stdin.write_all(&bytes);
            drop((stdin, bytes));
            receive(file, BufReader::new(stdout), taker)
        }
        (None, _) | (_, None) => Err(unreadable(io::Error::other("a process without pipes"))),
    };
    if outcome.is_err() {
        // It may be writing still, to nobody.
        let _ = child.kill();
    }
    let status = child.wait().map_err(unreadable)?;
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => {
            let why = format!(
                "its reader ended early ({status}): it may ask for more memory or time than it is given"
            );
            Err(damaged(file, &why).into())
        }
        Err(stop) => Err(stop),
    }
}

/// Passes on what the other process reads. Whether it came to its end.
fn receive(file: &str, mut input: impl Read, taker: &mut dyn Take) -> Result<bool, Stop> {
    let mut chosen = Vec::new();
    let mut is_chosen = false;
    loop {
        match Packet::read(&mut input) {
            Ok(Packet::Message(Message::Sheets(sheets))) => {
                chosen = taker.choose(&sheets)?;
                taker.take(Message::Sheets(sheets))?;
            }
            Ok(Packet::Message(Message::Sheet(head))) => {
                is_chosen = chosen.contains(&(head.index as usize));
                if is_chosen {
                    taker.take(Message::Sheet(head))?;
                }
            }
            Ok(Packet::Message(Message::Rows(rows))) if is_chosen => taker.take(Message::Rows(rows))?,
            Ok(Packet::Message(Message::Rows(_))) => {}
            Ok(Packet::Fault(fault)) => return Err(fault.in_file(file, None).into()),
            Ok(Packet::End) => return Ok(true),
            Err(_) => return Ok(false),
        }
    }
}

/// Bytes of memory that a workbook may take that is read apart.
#[cfg(unix)]
const MEMORY: u64 = 400 << 20;

/// Seconds of one core.
#[cfg(unix)]
const SECONDS: u64 = 8;

/// Reads a workbook, which messages call `file`, from the standard input and writes its cells to the standard output, for
/// the process that started this one: within limits of memory and time, beyond which the system ends it.
///
/// # Errors
///
/// When nobody takes what is written.
pub fn main(file: &str) -> io::Result<()> {
    limit()?;
    let mut bytes = Vec::new();
    io::stdin().lock().take(super::MOST_WHOLE + 1).read_to_end(&mut bytes)?;
    let mut writer = Writer { output: BufWriter::new(io::stdout().lock()), error: None };
    let outcome = match examine(file, &bytes) {
        Ok(package) => read::read(file, bytes, &package, &mut writer),
        Err(fault) => Err(fault.into()),
    };
    let last = match outcome {
        Ok(()) => Packet::End,
        Err(Stop::Fault(fault)) => Packet::Fault(fault),
        Err(Stop::Enough) => return Err(writer.error.unwrap_or_else(|| io::Error::other("nobody listens"))),
    };
    last.write(&mut writer.output)?;
    writer.output.flush()
}

#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    let limit = |most| Rlimit { current: Some(most), maximum: Some(most) };
    setrlimit(Resource::Data, limit(MEMORY))?;
    setrlimit(Resource::Core, limit(0))?;
    Ok(setrlimit(Resource::Cpu, limit(SECONDS))?)
}

#[cfg(not(unix))]
fn limit() -> io::Result<()> {
    Ok(())
}

/// Writes all sheets for another process.
struct Writer<W> {
    output: W,
    error: Option<io::Error>,
}

impl<W: Write> Take for Writer<W> {
    fn choose(&mut self, sheets: &[SheetName]) -> Result<Vec<usize>, Stop> {
        let with_cells = sheets.iter().enumerate().filter(|(_, sheet)| sheet.has_cells);
        Ok(with_cells.map(|(index, _)| index).collect())
    }

    fn take(&mut self, message: Message) -> Result<(), Stop> {
        Packet::Message(message).write(&mut self.output).map_err(|error| {
            self.error = Some(error);
            Stop::Enough
        })
    }
}
