//! The domain `country`: from the facts to the five tables of the reference, and to the code lists that are views of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::demonyms;
use crate::table::{Fault, Table};

pub(crate) const ENTITIES: [&str; 11] = [
    "id",
    "kind",
    "parent",
    "existed_from",
    "existed_to",
    "label_en",
    "label_it",
    "label_es",
    "label_pt",
    "label_fr",
    "note",
];
pub(crate) const CODES: [&str; 6] = ["scheme", "code", "id", "valid_from", "valid_to", "source"];
pub(crate) const NAMES: [&str; 5] = ["id", "language", "form", "name", "source"];
pub(crate) const SUCCESSORS: [&str; 5] = ["id", "successor", "date", "kind", "source"];
pub(crate) const GROUPS: [&str; 5] = ["group", "id", "valid_from", "valid_to", "source"];
const CLDR: &str = "Unicode CLDR 48.2.0";
/// Columns of `ENTITIES` that hold labels.
const LABELS: std::ops::Range<usize> = 5..10;

/// The facts of the domain, as they stand in the folder.
pub(crate) struct Facts {
    cldr: Table,
    cldr_names: Table,
    cldr_regions: Table,
    entities: Table,
    codes: Table,
    names: Table,
    demonyms: Table,
    successors: Table,
    groups: Table,
    regions: Table,
    istat_aggregates: Table,
}

impl Facts {
    pub(crate) fn read(folder: &Path) -> Result<Self, Fault> {
        let table = |name: &str| Table::read(&folder.join(format!("{name}.csv")));
        Ok(Self {
            cldr: table("cldr")?,
            cldr_names: table("cldr-names")?,
            cldr_regions: table("cldr-regions")?,
            entities: table("entities")?,
            codes: table("codes")?,
            names: table("names")?,
            demonyms: table("demonyms")?,
            successors: table("successors")?,
            groups: table("groups")?,
            regions: table("regions")?,
            istat_aggregates: table("istat-aggregates")?,
        })
    }
}

/// The tables, by the name of the file below `data/`.
pub(crate) fn tables(facts: &Facts) -> Result<BTreeMap<String, Table>, Fault> {
    let entities = entities(facts)?;
    let codes = codes(facts, &entities)?;
    let mut tables = BTreeMap::new();
    tables.insert("codelists/country.csv".to_owned(), country(&entities, &codes)?);
    tables.insert("codelists/peru-alpha3.csv".to_owned(), peru_alpha3(&entities, &codes)?);
    tables.insert("codelists/istat-citizenship.csv".to_owned(), istat_citizenship(facts, &entities, &codes)?);
    tables.insert("reference/country/entities.csv".to_owned(), entities);
    tables.insert("reference/country/codes.csv".to_owned(), codes);
    tables.insert("reference/country/names.csv".to_owned(), names(facts)?);
    tables.insert("reference/country/successors.csv".to_owned(), copy(&facts.successors, SUCCESSORS)?);
    tables.insert("reference/country/groups.csv".to_owned(), groups(facts)?);
    Ok(tables)
}

pub(crate) fn copy<const N: usize>(facts: &Table, columns: [&str; N]) -> Result<Table, Fault> {
    let mut table = Table::new(&columns);
    facts.columns(columns)?.into_iter().for_each(|row| table.push(row));
    Ok(table)
}

/// The countries of CLDR, with what the facts add to them, and what only the facts know.
fn entities(facts: &Facts) -> Result<Table, Fault> {
    let labels = labels(facts)?;
    let mut rows = BTreeMap::new();
    for [id, ..] in facts.cldr.columns(["id", "m49"])?.into_iter().filter(|[id, _]| id.len() == 2) {
        let mut row = [""; ENTITIES.len()];
        (row[0], row[1]) = (id, "country");
        rows.insert(id, row);
    }
    for fact in facts.entities.columns(ENTITIES)? {
        let row = rows.entry(fact[0]).or_insert([""; ENTITIES.len()]);
        let told = row.iter_mut().zip(fact).filter(|(_, told)| !told.is_empty());
        told.for_each(|(field, told)| *field = told);
    }
    let mut table = Table::new(&ENTITIES);
    for (id, mut row) in rows {
        if let Some(of_cldr) = labels.get(id) {
            row[LABELS].copy_from_slice(of_cldr);
        }
        table.push(row);
    }
    Ok(table)
}

/// CLDR's labels: of countries by their id, of M49 regions by the name of the group.
fn labels(facts: &Facts) -> Result<BTreeMap<&str, [&str; 5]>, Fault> {
    let groups: BTreeMap<_, _> =
        facts.regions.columns(["m49", "group"])?.into_iter().map(|[m49, group]| (m49, group)).collect();
    let columns = ["id", "label_en", "label_it", "label_es", "label_pt", "label_fr"];
    let rows = facts.cldr.columns(columns)?.into_iter();
    Ok(rows.map(|[id, en, it, es, pt, fr]| (*groups.get(id).unwrap_or(&id), [en, it, es, pt, fr])).collect())
}

/// ISO and M49 from CLDR, everything else from the facts. A fact about a code of CLDR replaces it: it knows the dates.
fn codes(facts: &Facts, entities: &Table) -> Result<Table, Fault> {
    let told = facts.codes.columns(CODES)?;
    let mut table = Table::new(&CODES);
    told.iter().for_each(|row| table.push(*row));
    let known: BTreeSet<_> = told.iter().map(|[scheme, code, id, ..]| (*scheme, *code, *id)).collect();
    let mut add = |scheme, code, id| {
        if !str::is_empty(code) && !known.contains(&(scheme, code, id)) {
            table.push([scheme, code, id, "", "", CLDR]);
        }
    };
    for [id, iso3, m49] in
        facts.cldr.columns(["id", "iso3", "m49"])?.into_iter().filter(|row| row[0].len() == 2)
    {
        add("iso2", id, id);
        add("iso3", iso3, id);
        add("m49", m49, id);
        add("peru", iso3, id);
    }
    for [m49, group] in facts.regions.columns(["m49", "group"])? {
        add("m49", m49, group);
    }
    follow_iso(facts, &told, &mut table)?;
    list_codes(entities, &told, &mut table)?;
    Ok(table)
}

/// Schemes that write ISO codes but for a few countries, which the facts name.
fn follow_iso(facts: &Facts, told: &[[&str; 6]], table: &mut Table) -> Result<(), Fault> {
    let countries = facts.cldr.columns(["id", "iso3"])?;
    let follows = "as ISO 3166-1 but for the codes that are told apart";
    for scheme in ["eurostat-citizen", "eurostat-geo", "istat-citizenship", "icao"] {
        let apart: BTreeSet<_> = told.iter().filter(|row| row[0] == scheme).map(|row| row[2]).collect();
        for [id, iso3] in countries.iter().filter(|[id, _]| id.len() == 2 && !apart.contains(id)) {
            let code = if scheme == "icao" { iso3 } else { id };
            table.push([scheme, code, id, "", "", follows]);
        }
    }
    Ok(())
}

/// Scheme `denizen`: what the code list `country` calls each entity. Mostly its id; the facts name the others.
fn list_codes(entities: &Table, told: &[[&str; 6]], table: &mut Table) -> Result<(), Fault> {
    let apart: BTreeSet<_> = told.iter().filter(|row| row[0] == "denizen").map(|row| row[2]).collect();
    for [id, _] in entities.columns(["id", "kind"])?.into_iter().filter(|[_, kind]| *kind != "group") {
        if !apart.contains(id) {
            table.push(["denizen", id, id, "", "", "list country"]);
        }
    }
    Ok(())
}

fn names(facts: &Facts) -> Result<Table, Fault> {
    let mut table = copy(&facts.names, NAMES)?;
    for [id, language, form, name] in facts.cldr_names.columns(["id", "language", "form", "name"])? {
        // Initials of two letters look like codes, and of others: É.-U. (United States) like EU, RU (Reino Unido) like Russia's.
        if name.chars().filter(|letter| letter.is_alphabetic()).count() > 2 {
            table.push([id, language, form, name, CLDR]);
        }
    }
    for [id, language, masculine, feminine, masculine_plural, feminine_plural, source] in
        facts.demonyms.columns([
            "id",
            "language",
            "masculine",
            "feminine",
            "masculine_plural",
            "feminine_plural",
            "source",
        ])?
    {
        let given = [masculine, feminine, masculine_plural, feminine_plural];
        for name in demonyms::forms(language, given)? {
            table.push([id, language, "demonym", &name, source]);
        }
    }
    Ok(table)
}

fn groups(facts: &Facts) -> Result<Table, Fault> {
    let mut table = copy(&facts.groups, GROUPS)?;
    let members = facts.cldr_regions.columns(["m49", "id"])?;
    for [m49, group] in facts.regions.columns(["m49", "group"])? {
        for [_, id] in members.iter().filter(|[region, _]| *region == m49) {
            table.push([group, id, "", "", "M49, as in CLDR 48.2.0 territoryContainment"]);
        }
    }
    Ok(table)
}

/// The kind that a code list knows: what stands for no country is left over beside the countries, and never ranked.
fn list_kind(kind: &str) -> Result<&'static str, Fault> {
    match kind {
        "country" | "territory" => Ok("detail"),
        "pseudo" => Ok("residual"),
        other => Err(format!("no row of a list for an entity of kind `{other}`")),
    }
}

/// id → label_en, label_it, label_es, kind in lists.
fn listed(entities: &Table) -> Result<BTreeMap<&str, [&str; 4]>, Fault> {
    let rows = entities.columns(["id", "label_en", "label_it", "label_es", "kind"])?.into_iter();
    let rows = rows.filter(|row| row[4] != "group");
    rows.map(|[id, en, it, es, kind]| Ok((id, [en, it, es, list_kind(kind)?]))).collect()
}

/// id → the code of a scheme that is or was last in use.
fn last_codes<'a>(codes: &'a Table, scheme: &str) -> Result<BTreeMap<&'a str, &'a str>, Fault> {
    let columns = ["scheme", "id", "valid_to", "code"];
    let rows = codes.columns(columns)?.into_iter().filter(|row| row[0] == scheme);
    let mut last: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for [_, id, to, code] in rows {
        let entry = last.entry(id).or_insert((to, code));
        let later = !entry.0.is_empty() && (to.is_empty() || to > entry.0);
        if later {
            *entry = (to, code);
        }
    }
    Ok(last.into_iter().map(|(id, (_, code))| (id, code)).collect())
}

fn country(entities: &Table, codes: &Table) -> Result<Table, Fault> {
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "alpha3", "m49"]);
    let (own, alpha3, m49) =
        (last_codes(codes, "denizen")?, last_codes(codes, "iso3")?, last_codes(codes, "m49")?);
    // `_U` is what every list has for a missing value, so none has it as a row.
    for (id, [en, it, es, kind]) in listed(entities)?.into_iter().filter(|(id, _)| *id != "_U") {
        let alpha3 = alpha3.get(id).copied().unwrap_or("");
        let m49 = m49.get(id).copied().unwrap_or("");
        table.push([own[id], en, it, es, kind, alpha3, m49]);
    }
    Ok(table)
}

fn peru_alpha3(entities: &Table, codes: &Table) -> Result<Table, Fault> {
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "country"]);
    let (listed, own) = (listed(entities)?, last_codes(codes, "denizen")?);
    // NNN is the register's mark of a missing value.
    let rows = codes.columns(["scheme", "code", "id"])?.into_iter().filter(|row| row[0] == "peru");
    for [_, code, id] in rows.filter(|row| row[2] != "_U") {
        let [en, it, es, kind] = listed[id];
        table.push([code, en, it, es, kind, own[id]]);
    }
    Ok(table)
}

fn istat_citizenship(facts: &Facts, entities: &Table, codes: &Table) -> Result<Table, Fault> {
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "country"]);
    let (listed, own) = (listed(entities)?, last_codes(codes, "denizen")?);
    let rows = codes.columns(["scheme", "code", "id"])?.into_iter();
    for [_, code, id] in rows.filter(|row| row[0] == "istat-citizenship") {
        let [en, it, es, kind] = listed[id];
        table.push([code, en, it, es, kind, own[id]]);
    }
    let columns = ["code", "label_en", "label_it", "label_es", "kind"];
    for [code, en, it, es, kind] in facts.istat_aggregates.columns(columns)? {
        table.push([code, en, it, es, kind, ""]);
    }
    Ok(table)
}
