//! `denizen synth`: writes a synthetic file and the sidecar that marks it as such.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use denizen::{Cancel, Progress, Stage, Unit};
use denizen_aggregate::write_file;
use denizen_ingest::sidecar_path;
use denizen_spec::{Code, Diagnostic};
use denizen_synth::{Options, Report, write_italy, write_peru};

use crate::args::{Country, SynthOptions};
use crate::report::{ExitStatus, Reporter};

pub(crate) fn synthesise(
    options: &SynthOptions,
    reporter: &Reporter,
    cancel: &Cancel,
) -> Result<(), ExitStatus> {
    let stem = match options.country {
        Country::Peru => "data/raw/peru/crossings",
        Country::Italy => "data/raw/italy/permits",
    };
    let default = || PathBuf::from(format!("{stem}-synthetic-{}-{}.csv.gz", options.scale, options.seed));
    let path = options.out.clone().unwrap_or_else(default);
    write(options, &path, reporter, cancel).map_err(|fault| reporter.fail_alone(fault))
}

fn write(
    options: &SynthOptions,
    path: &Path,
    reporter: &Reporter,
    cancel: &Cancel,
) -> Result<(), Diagnostic> {
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    let (country, scale) = (options.country, options.scale);
    let options = Options::new(options.scale, options.seed)?.gzip(is_gzip);
    let name = match country {
        Country::Peru => "synthetic crossings",
        Country::Italy => "synthetic permits",
    };
    let stage = Stage { name, total: 0, unit: Unit::Rows };
    let progress = Box::new(reporter.stage_progress(&stage));
    let mut report = None;
    let written = write_file(path, |file| {
        let mut advance = |rows| progress.advance(rows, rows);
        let mut file = Stoppable { file, cancel };
        report = Some(match country {
            Country::Peru => told(write_peru(&options, &mut file, &mut advance)?),
            Country::Italy => told(write_italy(&options, &mut file, &mut advance)?),
        });
        Ok(())
    });
    // What was refused because of a request to stop is no fault of the disk.
    cancel.check()?;
    written?;
    progress.finish();
    let (summary, sidecar) =
        report.ok_or_else(|| Diagnostic::error(Code::Unwritable, "nothing was written"))?;
    write_file(&sidecar_path(path), |file| file.write_all(sidecar.as_bytes()))?;
    reporter.result(&format!("{}: {summary}", path.display()));
    if let Some(note) = too_small(country, scale) {
        reporter.line(&note);
    }
    Ok(())
}

/// The least scale of permits at which the published figures of `italy-permit-records` are met: in a smaller file one person stands for
/// so many that rounding alone passes the tolerances.
const LEAST_SCALE_OF_PERMITS: f64 = 0.001;

fn too_small(country: Country, scale: f64) -> Option<String> {
    match country {
        Country::Italy if scale < LEAST_SCALE_OF_PERMITS => Some(format!(
            "note: below --scale {LEAST_SCALE_OF_PERMITS} a run with this file does not meet published figures (exit status 13): one \
             person of it stands for {:.0}",
            1.0 / scale
        )),
        Country::Italy | Country::Peru => None,
    }
}

/// The summary and the sidecar of a file that was written.
fn told<S: Display>(report: Report<S>) -> (String, String) {
    (report.summary.to_string(), report.sidecar)
}

/// A file that refuses to be written when somebody asks to stop.
struct Stoppable<'a> {
    file: &'a mut dyn Write,
    cancel: &'a Cancel,
}

impl Write for Stoppable<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.cancel.check().map_err(io::Error::other)?;
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
