//! The domain `italy-municipality`, from two files that others publish.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use csv::StringRecord;
use serde_json::Value;

use crate::country::{CODES, ENTITIES, GROUPS, NAMES, SUCCESSORS};
use crate::table::{Fault, Table, read, read_istat};

/// Births, ends and new names are told from here on. Before, the archive mixes them with changes of province.
const SINCE: &str = "1990-01-01";
/// ISTAT's codes of municipalities, by the classification that holds now and those before: column of the list of
/// municipalities, and first day.
const CLASSIFICATIONS: [(usize, &str); 4] =
    [(18, "1995-01-01"), (17, "2006-01-01"), (16, "2010-01-01"), (15, "2017-01-01")];
const ISTAT: &str = "ISTAT, Elenco dei comuni italiani";
const ARCHIVE: &str = "ANPR, archive of municipalities, by python-codicefiscale";

/// A municipality under one name, from one day to another.
struct Episode {
    name: String,
    province: String,
    from: String,
    /// The first day on which it was no more; empty for those of today.
    to: String,
}

/// Columns of ISTAT's list.
const PROVINCE: usize = 2;
const NAME: usize = 6;
const OTHER_NAME: usize = 7;
const PLATE: usize = 14;
const CADASTRE: usize = 19;

/// The tables, by the name of the file below `data/`: the list of municipalities of ISTAT, and the archive of ANPR as
/// python-codicefiscale has it (`municipalities.json`).
///
/// # Errors
/// A file is missing or not as expected, or the two do not fit together.
pub(crate) fn tables(
    reference: &Path,
    comuni: &Path,
    archive: &Path,
) -> Result<BTreeMap<String, Table>, Fault> {
    let rows = read_istat(comuni)?;
    let today: BTreeMap<&str, &StringRecord> =
        rows.iter().skip(1).filter_map(|row| Some((row.get(CADASTRE)?, row))).collect();
    let episodes = read_archive(archive)?;
    let provinces = provinces(reference)?;
    let mut tables = BTreeMap::new();
    let mut add =
        |name: &str, table| tables.insert(format!("reference/italy-municipality/{name}.csv"), table);
    let entities = entities(&today, &episodes, &provinces)?;
    let codes = codes(&today, &entities)?;
    let list = list(&entities, &codes)?;
    add("entities", entities);
    add("codes", codes);
    add("names", names(&today, &episodes)?);
    add("successors", Table::new(&SUCCESSORS));
    add("groups", Table::new(&GROUPS));
    tables.insert("codelists/italy-municipality.csv".to_owned(), list);
    Ok(tables)
}

/// Plate or code of a province → its id in the domain `italy`.
fn provinces(reference: &Path) -> Result<BTreeMap<String, String>, Fault> {
    let codes = Table::read(&reference.join("italy/codes.csv"))?;
    let rows = codes.columns(["scheme", "code", "id"])?.into_iter();
    let rows = rows.filter(|[scheme, ..]| matches!(*scheme, "sigla" | "istat-province"));
    Ok(rows.map(|[_, code, id]| (code.to_owned(), id.to_owned())).collect())
}

fn read_archive(path: &Path) -> Result<BTreeMap<String, Vec<Episode>>, Fault> {
    let fault = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let archive: Value = serde_json::from_str(&read(path)?).map_err(|error| fault(&error))?;
    let mut episodes: BTreeMap<String, Vec<Episode>> = BTreeMap::new();
    for entry in archive.as_array().ok_or_else(|| fault(&"not a list"))? {
        let text = |key: &str| {
            let text = entry.get(key).and_then(Value::as_str);
            text.map(str::to_owned).ok_or_else(|| fault(&format!("no text `{key}`")))
        };
        let [name, province, from, to] =
            [text("name")?, text("province")?, day(&text("date_created")?), day(&text("date_deleted")?)];
        let to = if to.is_empty() { to } else { day_after(&to).ok_or_else(|| fault(&to))? };
        episodes.entry(text("code")?).or_default().push(Episode { name, province, from, to });
    }
    // The one of today stands last.
    let key = |episode: &Episode| (episode.to.is_empty(), episode.to.clone());
    episodes.values_mut().for_each(|episodes| episodes.sort_by_key(key));
    Ok(episodes)
}

/// The day of `2014-02-03T00:00:00`.
fn day(moment: &str) -> String {
    moment.chars().take(10).collect()
}

/// The archive tells the last day; the reference, the first one after it.
fn day_after(day: &str) -> Option<String> {
    let mut parts = day.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let [month, day] = [parts.next()?.parse().ok()?, parts.next()?.parse().ok()?];
    let next = jiff_core::civil::Date::new(year, month, day).ok()?.tomorrow().ok()?;
    Some(format!("{:04}-{:02}-{:02}", next.year(), next.month(), next.day()))
}

fn entities(
    today: &BTreeMap<&str, &StringRecord>,
    episodes: &BTreeMap<String, Vec<Episode>>,
    provinces: &BTreeMap<String, String>,
) -> Result<Table, Fault> {
    let mut table = Table::new(&ENTITIES);
    let province =
        |code: &str| provinces.get(code).ok_or_else(|| format!("no province `{code}` in the domain italy"));
    for (id, row) in today {
        let from = episodes.get(*id).and_then(|episodes| episodes.iter().map(|one| one.from.as_str()).min());
        let from = from.filter(|from| *from >= SINCE).unwrap_or("");
        let parent = province(&row[PROVINCE])?;
        table.push([*id, "municipality", parent, from, "", &row[NAME], &row[NAME], "", "", "", ""]);
    }
    for (id, episodes) in episodes.iter().filter(|(id, _)| !today.contains_key(id.as_str())) {
        let Some(last) = episodes.last().filter(|last| last.to.as_str() >= SINCE) else { continue };
        let from = episodes.iter().map(|one| one.from.as_str()).min().filter(|from| *from >= SINCE);
        let (from, parent) = (from.unwrap_or(""), province(&last.province)?);
        table.push([id, "municipality", parent, from, &last.to, &last.name, &last.name, "", "", "", ""]);
    }
    Ok(table)
}

/// ISTAT writes codes as numbers: 15146 is 015146.
fn six_digits(number: &str) -> String {
    format!("{number:0>6}")
}

fn codes(today: &BTreeMap<&str, &StringRecord>, entities: &Table) -> Result<Table, Fault> {
    let mut table = Table::new(&CODES);
    for (id, row) in today {
        let codes = CLASSIFICATIONS.map(|(column, from)| (six_digits(&row[column]), from));
        let mut first = 0;
        for index in 1..=codes.len() {
            if codes.get(index).is_none_or(|(code, _)| *code != codes[first].0) {
                let from = if first == 0 { "" } else { codes[first].1 };
                let to = codes.get(index).map_or("", |(_, from)| from);
                table.push(["istat", &codes[first].0, id, from, to, ISTAT]);
                first = index;
            }
        }
    }
    for [id] in entities.columns(["id"])? {
        table.push(["belfiore", id, id, "", "", "Agenzia delle Entrate"]);
    }
    Ok(table)
}

fn names(
    today: &BTreeMap<&str, &StringRecord>,
    episodes: &BTreeMap<String, Vec<Episode>>,
) -> Result<Table, Fault> {
    let mut table = Table::new(&NAMES);
    for (id, row) in today.iter().filter(|(_, row)| !row[OTHER_NAME].is_empty()) {
        let language = match &row[PLATE] {
            "BZ" => "de",
            "GO" | "TS" | "UD" => "sl",
            _ => "",
        };
        table.push([id, language, "official", &row[OTHER_NAME], ISTAT]);
    }
    for (id, row) in today {
        let of_id = episodes.get(*id).into_iter().flatten();
        let former = of_id.filter(|one| !one.to.is_empty() && one.to.as_str() >= SINCE);
        let former: BTreeSet<&str> = former.map(|one| one.name.as_str()).collect();
        for name in former.into_iter().filter(|name| name.to_lowercase() != row[NAME].to_lowercase()) {
            table.push([*id, "it", "former", name, ARCHIVE]);
        }
    }
    Ok(table)
}

fn list(entities: &Table, codes: &Table) -> Result<Table, Fault> {
    let names = entities.columns(["id", "label_it", "parent"])?.into_iter();
    let names: BTreeMap<_, _> = names.map(|[id, name, parent]| (id, (name, parent))).collect();
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "italy-province"]);
    for [_, code, id] in codes.columns(["scheme", "code", "id"])?.into_iter().filter(|row| row[0] == "istat")
    {
        let (name, parent) = names[id];
        table.push([code, name, name, name, "detail", parent.trim_start_matches('P')]);
    }
    Ok(table)
}

/// What became of municipalities, from ISTAT's list of those that were abolished: the table, and the rows since 1990 that
/// name none of the entities.
///
/// # Errors
/// A file is missing or not as expected.
pub(crate) fn successors(entities: &Table, soppressi: &Path) -> Result<(Table, Vec<String>), Fault> {
    let known = entities.columns(["id", "label_it", "existed_from", "existed_to"])?;
    let (mut table, mut rest) = (Table::new(&SUCCESSORS), Vec::new());
    for row in read_istat(soppressi)?.iter().skip(1) {
        let (name, date, successor) = (row[4].trim(), iso_date(&row[6]), row[8].trim());
        if date.as_str() < SINCE {
            continue;
        }
        let is = |wanted: &str, name: &str| wanted.to_lowercase() == name.to_lowercase();
        // The two sources differ by some days in a few cases.
        let ended = |to: &str| to.get(..4) == date.get(..4);
        let ended = known.iter().filter(|[_, known, _, to]| is(known, name) && ended(to));
        // ISTAT writes the other name behind a dash.
        let own = |known: &str| {
            is(known, successor) || successor.split('-').next().is_some_and(|name| is(known, name))
        };
        let exists = |from: &str, to: &str| from <= date.as_str() && (to.is_empty() || to > date.as_str());
        let successors = known.iter().filter(|[_, known, from, to]| own(known) && exists(from, to));
        match (ended.collect::<Vec<_>>().as_slice(), successors.collect::<Vec<_>>().as_slice()) {
            ([[id, ..]], [[successor, ..]]) => {
                let kind = if row[5].is_empty() { "merger" } else { "split" };
                table.push([*id, successor, &date, kind, "ISTAT, Elenco dei comuni soppressi"]);
            }
            _ => rest.push(format!("{name} → {successor} {date}")),
        }
    }
    Ok((table, rest))
}

/// `22/01/2024` → `2024-01-22`.
fn iso_date(text: &str) -> String {
    let mut parts: Vec<&str> = text.trim().split('/').collect();
    parts.reverse();
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!(day_after("2016-12-31").as_deref(), Some("2017-01-01"));
        assert_eq!(day_after("2024-02-28").as_deref(), Some("2024-02-29"));
        assert_eq!(iso_date(" 22/01/2024"), "2024-01-22");
        assert_eq!(six_digits("15146"), "015146");
    }
}
