//! The extract of Unicode CLDR that is kept among the facts: codes, names and regions.

use std::path::Path;

use serde_json::Value;

use crate::table::{Fault, Table, read};

/// The version that the committed extract was made from.
const VERSION: &str = "48.2.0";
/// Languages of labels, in the order of the columns `label_*`.
pub(crate) const LANGUAGES: [&str; 5] = ["en", "it", "es", "pt", "fr"];
/// Officially assigned codes of ISO 3166-1.
const COUNTRIES: usize = 249;
/// CLDR also names exceptional reservations (no numeric code) and its own groupings and private codes (numeric code 900
/// and above); neither is a country of ISO 3166-1.
const FIRST_PRIVATE_NUMBER: u16 = 900;
/// Kosovo has neither an ISO alpha-3 nor an M49 code: the user-assigned XKX, XKK and 983 that circulate are not agreed, so
/// both stay empty.
const KOSOVO: &str = "XK";

/// `cldr.csv` (codes and names), `cldr-names.csv` (other names) and `cldr-regions.csv` (members of M49 regions).
pub(crate) struct Extract {
    pub(crate) entities: Table,
    pub(crate) names: Table,
    pub(crate) regions: Table,
}

/// Reads `folder/cldr-localenames-full` and `folder/cldr-core`: the npm packages of these names, unpacked.
///
/// # Errors
/// A file is missing, of another version, or does not have the 249 countries of ISO 3166-1.
pub(crate) fn extract(folder: &Path) -> Result<Extract, Fault> {
    let localenames = folder.join("cldr-localenames-full");
    let core = folder.join("cldr-core");
    for package in [&localenames, &core] {
        check_version(package)?;
    }
    let names = LANGUAGES.map(|language| territories(&localenames, language));
    let names: Vec<Value> = names.into_iter().collect::<Result<_, _>>()?;
    let codes = codes(&core, &names[0])?;
    Ok(Extract {
        entities: entities(&codes, &names)?,
        names: other_names(&codes, &names)?,
        regions: regions(&core, &codes)?,
    })
}

fn check_version(package: &Path) -> Result<(), Fault> {
    let manifest = json(&package.join("package.json"))?;
    let version = text(&manifest, "version")?;
    if version == VERSION {
        return Ok(());
    }
    Err(format!("{} is CLDR {version}; the reference is made from {VERSION}", package.display()))
}

fn json(path: &Path) -> Result<Value, Fault> {
    serde_json::from_str(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn text<'json>(value: &'json Value, key: &str) -> Result<&'json str, Fault> {
    value.get(key).and_then(Value::as_str).ok_or_else(|| format!("no text `{key}`"))
}

fn territories(localenames: &Path, language: &str) -> Result<Value, Fault> {
    let path = localenames.join("main").join(language).join("territories.json");
    let place = format!("/main/{language}/localeDisplayNames/territories");
    json(&path)?.pointer(&place).cloned().ok_or_else(|| format!("{}: no {place}", path.display()))
}

/// (alpha-2, alpha-3, numeric) of the countries of ISO 3166-1, and Kosovo. What CLDR has no name for is an old code.
fn codes(core: &Path, names: &Value) -> Result<Vec<[String; 3]>, Fault> {
    let mappings = json(&core.join("supplemental/codeMappings.json"))?;
    let mappings = mappings.pointer("/supplemental/codeMappings").and_then(Value::as_object);
    let mappings = mappings.ok_or("no code mappings")?;
    let mut codes = Vec::new();
    for (code, mapping) in mappings {
        let number = mapping.get("_numeric").and_then(Value::as_str).unwrap_or("");
        let official = number.parse().is_ok_and(|number: u16| number < FIRST_PRIVATE_NUMBER);
        let alpha2 = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if official && alpha2 && names.get(code).is_some() {
            codes.push([code.clone(), text(mapping, "_alpha3")?.to_owned(), number.to_owned()]);
        }
    }
    if codes.len() != COUNTRIES {
        return Err(format!("{} countries instead of {COUNTRIES}: has ISO 3166-1 changed?", codes.len()));
    }
    codes.push([KOSOVO.to_owned(), String::new(), String::new()]);
    Ok(codes)
}

fn entities(codes: &[[String; 3]], names: &[Value]) -> Result<Table, Fault> {
    let mut table =
        Table::new(&["id", "iso3", "m49", "label_en", "label_it", "label_es", "label_pt", "label_fr"]);
    let regions = names[0].as_object().ok_or("no territories")?.keys();
    let regions = regions.filter(|key| key.len() == 3).map(|key| [key.clone(), String::new(), key.clone()]);
    for [id, alpha3, number] in codes.iter().cloned().chain(regions) {
        let mut labels = [""; LANGUAGES.len()];
        for (label, names) in labels.iter_mut().zip(names) {
            *label = text(names, &id)?;
        }
        let [en, it, es, pt, fr] = labels;
        table.push([&id, &alpha3, &number, en, it, es, pt, fr]);
    }
    Ok(table)
}

/// CLDR gives short and other names as `ID-alt-short`, `ID-alt-variant`.
fn other_names(codes: &[[String; 3]], names: &[Value]) -> Result<Table, Fault> {
    let mut table = Table::new(&["id", "language", "form", "name"]);
    for (language, names) in LANGUAGES.iter().zip(names) {
        for [id, ..] in codes {
            for form in ["short", "variant"] {
                if let Ok(name) = text(names, &format!("{id}-alt-{form}")) {
                    table.push([id, language, form, name]);
                }
            }
        }
    }
    Ok(table)
}

fn regions(core: &Path, codes: &[[String; 3]]) -> Result<Table, Fault> {
    let containment = json(&core.join("supplemental/territoryContainment.json"))?;
    let containment = containment.pointer("/supplemental/territoryContainment").and_then(Value::as_object);
    let containment = containment.ok_or("no territory containment")?;
    let mut table = Table::new(&["m49", "id"]);
    for region in containment.keys().filter(|key| key.len() == 3) {
        let mut members = Vec::new();
        collect_members(containment, region, &mut members);
        for [id, ..] in codes.iter().filter(|[id, ..]| members.contains(&id.as_str())) {
            table.push([region.as_str(), id]);
        }
    }
    Ok(table)
}

fn collect_members<'json>(
    containment: &'json serde_json::Map<String, Value>,
    region: &str,
    members: &mut Vec<&'json str>,
) {
    let contained =
        containment.get(region).and_then(|entry| entry.get("_contains")).and_then(Value::as_array);
    for member in contained.into_iter().flatten().filter_map(Value::as_str) {
        members.push(member);
        collect_members(containment, member, members);
    }
}
