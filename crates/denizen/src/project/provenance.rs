//! What a release says of itself.

use std::path::Path;

use denizen_aggregate::{Declaration, Provenance};
use denizen_ingest::Input;
use denizen_spec::{Pipeline, hexadecimal};
use sha2::{Digest, Sha256};

use super::Project;

impl Project {
    /// What the release says of itself. A release of synthetic records says so in its vintage, and so in every row.
    pub(crate) fn provenance(&self, vintage: Option<&str>) -> Provenance {
        let snapshots = || self.inputs().flat_map(Input::snapshots);
        let synthetic = snapshots().any(|snapshot| snapshot.synthetic);
        let vintage = vintage.unwrap_or(&self.pipeline.vintage);
        let declaration = self.declaration();
        Provenance {
            pipeline: self.name.clone(),
            title: self.pipeline.title.clone(),
            description: self.pipeline.description.clone(),
            titles: self.pipeline.titles.clone(),
            descriptions: self.pipeline.descriptions.clone(),
            vintage: if synthetic { format!("{vintage}-synthetic") } else { vintage.to_owned() },
            agency: self.pipeline.agency.clone(),
            synthetic,
            disclosure: self.pipeline.disclosure.clone(),
            pipeline_sha256: hexadecimal(&Sha256::digest(declaration.text.as_bytes())),
            pipeline_is_public: self.is_text_public(),
            declaration,
            previous: None,
            program: format!("denizen {}", env!("CARGO_PKG_VERSION")),
            parts: None,
        }
    }

    /// The text of the pipeline file; without a file, the pipeline as JSON.
    fn declaration(&self) -> Declaration {
        if self.text.is_empty() {
            // Plain structures with text keys.
            let text = serde_json::to_string_pretty(&self.pipeline).unwrap_or_default();
            Declaration { file: "pipeline.json", text }
        } else {
            Declaration { file: "pipeline.toml", text: self.text.clone() }
        }
    }

    /// Whether the text of the pipeline may be read by all. What protects persons says in notes, conditions and corrections what
    /// their records hold; paths from the root of a disk tell of a machine.
    fn is_text_public(&self) -> bool {
        let Pipeline { sources, disclosure, hides_text, previous, .. } = &self.pipeline;
        let variants = sources.iter().flat_map(|source| &source.variants).flat_map(|variant| &variant.files);
        let files = sources.iter().flat_map(|source| &source.files).chain(variants).chain(previous);
        let is_from_root = |file: &String| Path::new(file).has_root() || file.contains(":\\");
        disclosure.is_none() && !hides_text && !files.into_iter().any(is_from_root)
    }
}
