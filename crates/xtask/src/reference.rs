//! The files of the reference: read from the facts, written, and compared with what is committed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cldr;
use crate::country;
use crate::table::{Fault, Table};

/// Every file that is generated, by its path below `data/`.
///
/// # Errors
/// A table of facts is missing or faulty.
pub(crate) fn files(data: &Path) -> Result<BTreeMap<String, String>, Fault> {
    let facts = data.join("reference/facts");
    let tables = country::tables(&country::Facts::read(&facts.join("country"))?)?;
    tables.into_iter().map(|(name, table)| Ok((name, table.to_csv()?))).collect()
}

pub(crate) fn write(data: &Path) -> Result<(), Fault> {
    for (name, text) in files(data)? {
        save(&data.join(name), &text)?;
    }
    Ok(())
}

/// Writes the extract of CLDR among the facts.
pub(crate) fn renew_cldr(data: &Path, folder: &Path) -> Result<(), Fault> {
    let extract = cldr::extract(folder)?;
    let facts = data.join("reference/facts/country");
    let table = |name: &str, table: &Table| save(&facts.join(name), &table.to_csv()?);
    table("cldr.csv", &extract.entities)?;
    table("cldr-names.csv", &extract.names)?;
    table("cldr-regions.csv", &extract.regions)
}

#[expect(clippy::disallowed_methods, reason = "a tool of the repository, no part of a run")]
fn save(path: &Path, text: &str) -> Result<(), Fault> {
    let folder = path.parent().ok_or("no folder")?;
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::table::read;

    fn data() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
    }

    #[test]
    fn committed_files_are_what_the_facts_give() {
        for (name, text) in files(&data()).unwrap() {
            let committed = read(&data().join(&name)).unwrap();
            assert!(
                committed == text,
                "data/{name} is not what the facts give: cargo run -p xtask -- reference"
            );
        }
    }
}
