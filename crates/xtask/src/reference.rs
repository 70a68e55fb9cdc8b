//! The files of the reference: read from the facts, written, and compared with what is committed.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cldr;
use crate::country;
use crate::municipalities;
use crate::table::{Fault, Table};
use crate::territory;

/// Every file that is generated, by its path below `data/`.
///
/// # Errors
/// A table of facts is missing or faulty.
pub(crate) fn files(data: &Path) -> Result<BTreeMap<String, String>, Fault> {
    let reference = data.join("reference");
    let mut tables = country::tables(&country::Facts::read(&reference.join("facts/country"))?)?;
    tables.extend(territory::lists(&reference)?);
    tables.into_iter().map(|(name, table)| Ok((name, table.to_csv()?))).collect()
}

pub(crate) fn write(data: &Path) -> Result<(), Fault> {
    for (name, text) in files(data)? {
        save(&data.join(name), &text)?;
    }
    Ok(())
}

/// Writes the municipalities of Italy. What names none of them is told at the end.
pub(crate) fn write_municipalities(
    data: &Path,
    comuni: &Path,
    archive: &Path,
    ended: Option<&Path>,
) -> Result<(), Fault> {
    let mut tables = municipalities::tables(&data.join("reference"), comuni, archive)?;
    let mut rest = Vec::new();
    if let Some(ended) = ended {
        let entities = &tables["reference/italy-municipality/entities.csv"];
        let (successors, unknown) = municipalities::successors(entities, ended)?;
        tables.insert("reference/italy-municipality/successors.csv".to_owned(), successors);
        rest = unknown;
    }
    for (name, table) in tables {
        save(&data.join(name), &table.to_csv()?)?;
    }
    if rest.is_empty() { Ok(()) } else { Err(format!("written, but for these:\n{}", rest.join("\n"))) }
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
