//! SDMX-CSV 2.1 (`tables/NAME.sdmx.csv`), and the structures of all tables as SDMX-JSON 2.0 (`structure.sdmx.json`).
//!
//! Each table is a dataflow with a data structure of its own. Versions are those of the edition, so that the lists of one edition are
//! not taken for those of another. Source: sdmx-csv field guide 2.1.0 and sdmx-json structure message 2.0.0 (sdmx-twg); cross-domain
//! concepts and code lists (sdmx.org).

mod codes;
mod components;
mod flow;
mod ids;
mod structure;
mod time;

use denizen_spec::Diagnostic;

use self::codes::CodeLists;
use self::flow::Flow;
use self::ids::Given;
use self::structure::Structures;
use super::Put;
use super::table::{Table, put_rows};
use crate::release::Release;

/// The agency of the structures, where the pipeline names none.
const AGENCY: &str = "DENIZEN";

pub(super) fn write(release: &Release, put: &mut Put<'_>) -> Result<(), Diagnostic> {
    let manifest = &release.manifest;
    let agency = manifest.agency.as_deref().unwrap_or(AGENCY);
    let mut structures = Structures::new(release, agency, ids::version(&manifest.vintage));
    let product = ids::name(&manifest.pipeline);
    let (mut lists, mut given) = (CodeLists::of(&product), Given::default());
    for resource in release.tables() {
        let table = Table::read(release, &resource)?;
        if !table.is_of_cells() {
            continue;
        }
        let id = given.give(&format!("{product}_{}", ids::name(table.name())));
        let flow = Flow::of(&table, id, &mut lists)?;
        let reference = structures.reference(&flow.id);
        let file = format!("tables/{}.sdmx.csv", table.name());
        put_rows(put, &file, &mut |out| flow.write(&reference, out))?;
        structures.add(&flow, &resource);
    }
    let text = structures.finish(&lists);
    put("structure.sdmx.json", &mut |out| out.write_all(text.as_bytes()))
}
