//! The file as it lies on the disk, compressed or not, and the sidecar beside it.

use std::io::{self, Write};

use denizen_spec::hexadecimal;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use super::{Options, Report, peru};

pub(super) fn write(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Report> {
    let mut hashed = Hashed { out, hasher: Sha256::new() };
    let summary = if options.gzip {
        // No time and no name in the header: the same options give the same bytes.
        let header = GzBuilder::new().mtime(0).operating_system(255);
        let mut gzip = header.write(&mut hashed, Compression::best());
        let summary = peru::write(options, &mut gzip, progress)?;
        gzip.finish()?;
        summary
    } else {
        peru::write(options, &mut hashed, progress)?
    };
    let sidecar = sidecar(options, &hexadecimal(&hashed.hasher.finalize()));
    Ok(Report { summary, sidecar })
}

/// The sidecar of a synthetic file. Its key protects nobody, for there is nobody to protect; it is published so that
/// the file can be read without one.
fn sidecar(options: &Options, sha256: &str) -> String {
    let Options { scale, seed, .. } = options;
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
    out: &'a mut dyn Write,
    hasher: Sha256,
}

impl Write for Hashed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
