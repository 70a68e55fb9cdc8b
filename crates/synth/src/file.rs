//! The file as it lies on the disk, compressed or not, and the sidecar beside it.

use std::io::{self, Write};

use denizen_spec::hexadecimal;
use flate2::{Compression, GzBuilder};
use sha2::{Digest, Sha256};

use super::{Options, Report};

/// What a file is of, as its sidecar says it.
pub(super) struct About {
    pub titles: [&'static str; 3],
    /// The country as the command names it.
    pub country: &'static str,
    pub retrieved: &'static str,
    pub note: &'static str,
}

/// Writes the rows, compressed where that is asked for, and makes the sidecar.
pub(super) fn write<S>(
    options: &Options,
    about: &About,
    out: &mut dyn Write,
    rows: impl FnOnce(&mut dyn Write) -> io::Result<S>,
) -> io::Result<Report<S>> {
    let mut hashed = Hashed { out, hasher: Sha256::new() };
    let summary = if options.gzip {
        // No time and no name in the header: the same options give the same bytes.
        let header = GzBuilder::new().mtime(0).operating_system(255);
        let mut gzip = header.write(&mut hashed, Compression::best());
        let summary = rows(&mut gzip)?;
        gzip.finish()?;
        summary
    } else {
        rows(&mut hashed)?
    };
    let sidecar = sidecar(options, about, &hexadecimal(&hashed.hasher.finalize()));
    Ok(Report { summary, sidecar })
}

/// The sidecar of a synthetic file. Its key protects nobody, for there is nobody to protect; it is published so that
/// the file can be read without one.
fn sidecar(options: &Options, about: &About, sha256: &str) -> String {
    let Options { scale, seed, .. } = options;
    let About { titles: [english, italian, spanish], country, retrieved, note } = about;
    let key = hexadecimal(&Sha256::digest(b"denizen synthetic"));
    format!(
        r#"title = {{ en = "SYNTHETIC {english}: no person is real", it = "SINTETICI: {italian}; nessuna persona è reale", es = "SINTÉTICOS: {spanish}; ninguna persona es real" }}
producer = "denizen"
origin = "denizen synth {country} --scale {scale} --seed {seed}"
licence = "CC0-1.0"
retrieved = {retrieved}
sha256 = "{sha256}"
note = "{note}"
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
