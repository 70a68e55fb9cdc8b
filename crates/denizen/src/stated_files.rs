//! Files of a release that stands, beside the hashes that its manifest states.

#![expect(clippy::disallowed_methods, reason = "releases that stand are no input")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use denizen_spec::{Code, Diagnostic, hexadecimal};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// A file that the manifest names.
#[derive(Deserialize)]
pub(crate) struct Output {
    pub(crate) file: String,
    pub(crate) sha256: String,
}

/// What is needed of a manifest.
#[derive(Deserialize)]
struct Manifest {
    outputs: Vec<Output>,
}

/// The hash of a file, as manifests write it.
pub(crate) fn hash(path: &Path) -> io::Result<String> {
    let (mut file, mut hasher, mut buffer) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&hasher.finalize())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

/// Refuses a release of which one of some files is not that of its manifest.
///
/// # Errors
///
/// When one is not, or is not there, or the manifest cannot be read.
pub(crate) fn check(release: &Path, files: &[String]) -> Result<(), Diagnostic> {
    let path = release.join("manifest.json");
    let unreadable = |error: String| {
        let message = format!("`{}` of the release cannot be read", path.display());
        Diagnostic::error(Code::NoRelease, message).note(error)
    };
    let text = std::fs::read(&path).map_err(|error| unreadable(error.to_string()))?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
    let stated: BTreeMap<&str, &str> =
        manifest.outputs.iter().map(|output| (output.file.as_str(), output.sha256.as_str())).collect();
    for file in files {
        let found = hash(&release.join(file)).map_err(|error| error.to_string());
        let reason = match (stated.get(file.as_str()), &found) {
            (Some(stated), Ok(found)) if stated == found => continue,
            (Some(_), Ok(_)) => "its bytes have another hash than the manifest states".to_owned(),
            (Some(_), Err(error)) => error.clone(),
            (None, _) => "the manifest does not name it".to_owned(),
        };
        let message = format!("`{file}` in `{}` is not the file of the release", release.display());
        return Err(Diagnostic::error(Code::ChangedRelease, message)
            .note(reason)
            .help("restore the release, or make it again"));
    }
    Ok(())
}
