//! `denizen synth`: writes a synthetic file and the sidecar that marks it as such.

use std::io::Write;
use std::path::{Path, PathBuf};

use denizen_aggregate::write_file;
use denizen_spec::{Code, Diagnostic, hexadecimal};
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use crate::args::{Country, SynthOptions};
use crate::progress::Unit;
use crate::report::{Failed, Reporter};
use crate::synth::{Settings, peru};

pub(crate) fn synthesise(options: &SynthOptions, reporter: &Reporter) -> Result<(), Failed> {
    let Country::Peru = options.country;
    let default = || {
        PathBuf::from(format!("data/raw/peru/crossings-synthetic-{}-{}.csv.gz", options.scale, options.seed))
    };
    let path = options.out.clone().unwrap_or_else(default);
    write(options, &path, reporter).map_err(|fault| reporter.fail(&[fault], "", ""))
}

fn write(options: &SynthOptions, path: &Path, reporter: &Reporter) -> Result<(), Diagnostic> {
    let settings = Settings { scale: options.scale, seed: options.seed };
    let (mut summary, mut hash) = (None, String::new());
    let progress = reporter.stage("synthetic crossings", 0, Unit::Rows);
    write_file(path, |file| {
        let mut hashed = Hashed { inner: file, hasher: Sha256::new() };
        let tick = |crossings| progress.advance(crossings, crossings);
        summary = Some(if path.extension().is_some_and(|ending| ending == "gz") {
            // No time and no name in the header: the same settings give the same bytes.
            let mut gzip =
                GzBuilder::new().mtime(0).operating_system(255).write(&mut hashed, Compression::best());
            let summary = peru::write(&settings, &mut gzip, &tick)?;
            gzip.finish()?;
            summary
        } else {
            peru::write(&settings, &mut hashed, &tick)?
        });
        hash = hexadecimal(&hashed.hasher.finalize());
        Ok(())
    })?;
    progress.finish();
    let sidecar = sidecar(options, &hash);
    write_file(&beside(path), |file| file.write_all(sidecar.as_bytes()))?;
    let summary = summary.ok_or_else(|| Diagnostic::error(Code::Unwritable, "nothing was written"))?;
    reporter.result(&format!("{}: {summary}", path.display()));
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".toml");
    PathBuf::from(name)
}

/// The sidecar of a synthetic file. Its key protects nobody, for there is nobody to protect; it is published so that
/// the file can be read without one.
fn sidecar(options: &SynthOptions, sha256: &str) -> String {
    let SynthOptions { scale, seed, .. } = options;
    let key = hexadecimal(&Sha256::digest(b"denizen synthetic"));
    format!(
        r#"title = "SYNTHETIC border crossings of Peru, 1990-2007: no person is real"
producer = "denizen"
origin = "denizen synth peru --scale {scale} --seed {seed}"
licence = "CC0-1.0"
retrieved = 2026-11-22
sha256 = "{sha256}"
note = "Margins near the published ones of the edition 1990-2007; persons, trips and faults are invented."
synthetic = true
sampling_fraction = {scale}
key = "{key}"
"#
    )
}

/// Passes bytes on and hashes them.
struct Hashed<'a> {
    inner: &'a mut dyn Write,
    hasher: Sha256,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
