//! `denizen synth`: writes a synthetic file and the sidecar that marks it as such.

use std::path::{Path, PathBuf};

use denizen_aggregate::write_file;
use denizen_ingest::sidecar_path;
use denizen_spec::{Code, Diagnostic};
use denizen_synth::{Options, write_peru};

use crate::args::{Country, SynthOptions};
use crate::progress::Unit;
use crate::report::{Failed, Reporter};

pub(crate) fn synthesise(options: &SynthOptions, reporter: &Reporter) -> Result<(), Failed> {
    let Country::Peru = options.country;
    let default = || {
        PathBuf::from(format!("data/raw/peru/crossings-synthetic-{}-{}.csv.gz", options.scale, options.seed))
    };
    let path = options.out.clone().unwrap_or_else(default);
    write(options, &path, reporter).map_err(|fault| reporter.fail(&[fault], "", ""))
}

fn write(options: &SynthOptions, path: &Path, reporter: &Reporter) -> Result<(), Diagnostic> {
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    let options = Options::new(options.scale, options.seed)?.gzip(is_gzip);
    let progress = reporter.stage("synthetic crossings", 0, Unit::Rows);
    let mut report = None;
    write_file(path, |file| {
        let mut advance = |crossings| progress.advance(crossings, crossings);
        report = Some(write_peru(&options, file, &mut advance)?);
        Ok(())
    })?;
    progress.finish();
    let report = report.ok_or_else(|| Diagnostic::error(Code::Unwritable, "nothing was written"))?;
    write_file(&sidecar_path(path), |file| file.write_all(report.sidecar.as_bytes()))?;
    reporter.result(&format!("{}: {}", path.display(), report.summary));
    Ok(())
}
