//! The domains `italy` and `peru`: their tables are kept by hand, and the code lists here are views of them.

use std::collections::BTreeMap;
use std::path::Path;

use crate::table::{Fault, Table};

const LIST: [&str; 5] = ["code", "label_en", "label_it", "label_es", "kind"];

/// The tables of a domain that views are made of.
struct Domain {
    entities: Table,
    codes: Table,
}

impl Domain {
    fn read(folder: &Path) -> Result<Self, Fault> {
        let table = |name: &str| Table::read(&folder.join(format!("{name}.csv")));
        Ok(Self { entities: table("entities")?, codes: table("codes")? })
    }

    /// id → kind, parent, labels.
    fn described(&self) -> Result<BTreeMap<&str, [&str; 5]>, Fault> {
        let columns = ["id", "kind", "parent", "label_en", "label_it", "label_es"];
        let rows = self.entities.columns(columns)?.into_iter();
        Ok(rows.map(|[id, kind, parent, en, it, es]| (id, [kind, parent, en, it, es])).collect())
    }

    /// (code, id) of a scheme.
    fn scheme(&self, wanted: &str) -> Result<Vec<(&str, &str)>, Fault> {
        let rows = self.codes.columns(["scheme", "code", "id"])?.into_iter();
        Ok(rows.filter(|[scheme, ..]| *scheme == wanted).map(|[_, code, id]| (code, id)).collect())
    }

    /// id → its code of a scheme; the last in the order of the table where there are several.
    fn code_of(&self, scheme: &str) -> Result<BTreeMap<&str, &str>, Fault> {
        Ok(self.scheme(scheme)?.into_iter().map(|(code, id)| (id, code)).collect())
    }
}

/// The lists, by the name of the file below `data/`.
pub(crate) fn lists(reference: &Path) -> Result<BTreeMap<String, Table>, Fault> {
    let italy = Domain::read(&reference.join("italy"))?;
    let peru = Domain::read(&reference.join("peru"))?;
    let lists = [
        ("italy-region", plain(&italy, "istat-region")?),
        ("italy-province", provinces(&italy)?),
        ("italy-territory", territories(&italy)?),
        ("italy-nuts2", nuts(&italy, 4, "italy-region", "istat-region")?),
        ("italy-nuts3", nuts(&italy, 5, "italy-province", "istat-province")?),
        ("peru-department", plain(&peru, "inei")?),
    ];
    Ok(lists.into_iter().map(|(name, table)| (format!("codelists/{name}.csv"), table)).collect())
}

fn plain(domain: &Domain, scheme: &str) -> Result<Table, Fault> {
    let described = domain.described()?;
    let mut table = Table::new(&LIST);
    for (code, id) in domain.scheme(scheme)? {
        let [_, _, en, it, es] = described[id];
        table.push([code, en, it, es, "detail"]);
    }
    Ok(table)
}

fn provinces(italy: &Domain) -> Result<Table, Fault> {
    let (described, region) = (italy.described()?, italy.code_of("istat-region")?);
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "italy-region"]);
    for (code, id) in italy.scheme("istat-province")? {
        let [_, parent, en, it, es] = described[id];
        table.push([code, en, it, es, "detail", region[parent]]);
    }
    Ok(table)
}

/// One level of NUTS, told by the length of its codes, in all versions: ITD5 and ITH5 are one region. The two autonomous
/// provinces are regions of NUTS, and stand for their region.
fn nuts(italy: &Domain, length: usize, list: &str, scheme: &str) -> Result<Table, Fault> {
    let (described, ours) = (italy.described()?, italy.code_of(scheme)?);
    let mut codes = BTreeMap::new();
    for (code, id) in italy.scheme("nuts")?.into_iter().filter(|(code, _)| code.len() == length) {
        let [_, parent, en, it, es] = described[id];
        let target = ours.get(id).or_else(|| ours.get(parent)).copied().unwrap_or_default();
        if codes.insert(code, [code, en, it, es, "detail", target]).is_some_and(|other| other[5] != target) {
            return Err(format!("`{code}` of NUTS stands for two of `{list}`"));
        }
    }
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", list]);
    codes.into_values().for_each(|row| table.push(row));
    Ok(table)
}

/// ISTAT's tables mix levels in one column: provinces are the details, everything above is a sum of them.
fn territories(italy: &Domain) -> Result<Table, Fault> {
    let (described, province) = (italy.described()?, italy.code_of("istat-province")?);
    let mut table = Table::new(&["code", "label_en", "label_it", "label_es", "kind", "italy-province"]);
    table.push(["IT", "Italy", "Italia", "Italia", "total", ""]);
    for (code, id) in italy.scheme("istat-territory")? {
        let [_, _, en, it, es] = described[id];
        // Codes of provinces have five letters and digits; the two autonomous provinces also stand among the regions.
        match province.get(id) {
            Some(province) if code.len() == 5 => table.push([code, en, it, es, "detail", province]),
            Some(_) | None => table.push([code, en, it, es, "aggregate", ""]),
        }
    }
    Ok(table)
}
