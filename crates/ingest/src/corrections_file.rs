//! Files of corrections: `entries = "FILE.csv"` of `op = "correct"`.

use std::path::Path;

use csv::StringRecord;
use denizen_spec::{
    Bounds, Code, ColumnType, Conditions, Correction, CorrectionStatus, Diagnostic, Limit, Operation,
    Path as Setting, Pipeline, Schema, Value, did_you_mean,
};

use crate::small_table::SmallTable;

/// The columns that such a file must have, and may have beside those of conditions.
const NEEDED: [&str; 6] = ["column", "from", "to", "reason", "source", "status"];
const COUNT: &str = "count";

/// Before the name of a column that says which rows are wrong.
const WHERE: &str = "where.";

/// Adds to the steps that correct the entries of the files that they name. What is returned are the files, each with its SHA-256 in
/// hexadecimal.
///
/// # Errors
///
/// When a file cannot be read, lacks a column, or says what no row of the source can have.
pub fn add_corrections_of_files(
    pipeline: &mut Pipeline,
    project: &Path,
) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
    let (mut files, mut faults, mut read) = (Vec::new(), Vec::new(), Vec::new());
    for (id, step) in pipeline.step_ids() {
        let Operation::Correct(correct) = &step.operation else { continue };
        let (Some(file), Some(schema)) = (&correct.file, pipeline.schema_before(id)) else { continue };
        match entries(project, file, &schema, Setting::step(id).field("entries")) {
            Ok((entries, sha256)) => {
                files.push((file.clone(), sha256));
                read.push((id, entries));
            }
            Err(found) => faults.extend(found),
        }
    }
    read.into_iter().for_each(|(id, entries)| pipeline.set_corrections(id, entries));
    if faults.is_empty() { Ok(files) } else { Err(faults) }
}

/// The entries of a file, and its hash.
fn entries(
    project: &Path,
    file: &str,
    schema: &Schema,
    setting: Setting,
) -> Result<(Vec<Correction>, String), Vec<Diagnostic>> {
    let what = ("file of corrections", Code::CorrectionsFile);
    let table = SmallTable::read(project, file, what, setting).map_err(|fault| vec![fault])?;
    check_header(&table, schema)?;
    let (mut entries, mut faults) = (Vec::new(), Vec::new());
    for (record, line) in table.rows() {
        match entry(&table, record, line, schema) {
            Ok(entry) => entries.push(entry),
            Err(message) => faults.push(table.fault(message, line)),
        }
    }
    if entries.is_empty() && faults.is_empty() {
        faults.push(table.fault("there is nothing to correct", None));
    }
    if faults.is_empty() { Ok((entries, table.sha256)) } else { Err(faults) }
}

fn check_header(table: &SmallTable<'_>, schema: &Schema) -> Result<(), Vec<Diagnostic>> {
    let fault = |message: String| table.fault(message, Some(1));
    let missing = NEEDED.into_iter().filter(|name| table.index(name).is_none());
    let mut faults: Vec<Diagnostic> =
        missing.map(|name| fault(format!("a file of corrections has a column `{name}`"))).collect();
    for (index, name) in table.names.iter().enumerate() {
        let is_known = NEEDED.contains(&name.as_str()) || name == COUNT;
        let condition = name.strip_prefix(WHERE);
        if table.names[..index].contains(name) {
            faults.push(fault(format!("the column `{name}` stands there twice")));
        } else if let Some(column) = condition.filter(|column| schema.get(column).is_none()) {
            faults.push(fault(format!("`{name}`: there is no column `{column}` before the step")));
        } else if condition.is_none() && !is_known {
            let known = NEEDED.into_iter().chain([COUNT]);
            let fault = fault(format!("`{name}` is no column of a file of corrections"));
            let fault = fault.maybe_help(did_you_mean(name, known));
            faults.push(fault.note("a column that says which rows are wrong begins with `where.`"));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// What a row says, or what is wrong with it.
fn entry(
    table: &SmallTable<'_>,
    record: &StringRecord,
    line: Option<u64>,
    schema: &Schema,
) -> Result<Correction, String> {
    let text = |name: &str| table.index(name).and_then(|index| record.get(index)).unwrap_or_default().trim();
    let [column, from, to, reason, source, status] = NEEDED.map(text);
    let found = schema.get(column).ok_or_else(|| format!("there is no column `{column}` before the step"))?;
    if found.personal {
        return Err(format!("`{column}` is personal: correct the file that is read"));
    }
    let value = |field: &str, text: &str| {
        let value = Value::parse(text, found.column_type);
        value.ok_or_else(|| {
            format!("`{field}` is {}: `{column}` cannot have it", kind(text, found.column_type))
        })
    };
    let mut rows = Conditions::default();
    for name in table.names.iter().filter(|name| name.starts_with(WHERE)) {
        add_condition(&mut rows, &name[WHERE.len()..], text(name), schema)?;
    }
    if rows.is_empty() {
        return Err("nothing says which row is wrong: fill in a column `where.NAME`".to_owned());
    }
    if reason.is_empty() || source.is_empty() {
        return Err("a correction has a reason and a source".to_owned());
    }
    let known = CorrectionStatus::NAMES.into_iter().find(|(name, _)| *name == status);
    let (_, status) = known.ok_or("`status` is `confirmed`, `assumed` or `withdrawn`")?;
    let count = Some(text(COUNT)).filter(|text| !text.is_empty()).map_or(Some(1), |text| text.parse().ok());
    let count = count.filter(|count| *count > 0).ok_or("`count` is a number of rows from 1 on")?;
    let (from, to) = (value("from", from)?, value("to", to)?);
    let (column, reason, source) = (column.to_owned(), reason.to_owned(), source.to_owned());
    Ok(Correction { rows, count, column, from, to, reason, source, status, line })
}

/// What a text is that a column cannot have.
fn kind(text: &str, column_type: ColumnType) -> &'static str {
    match column_type {
        _ if text.is_empty() => "empty (`_U` is not stated)",
        ColumnType::Date => "no date such as 2007-05-31",
        ColumnType::Integer | ColumnType::Decimal { .. } => "no number with a point before its decimals",
        ColumnType::Code | ColumnType::Text | ColumnType::Boolean => "nothing that can be corrected",
    }
}

/// Adds what a row must state to be meant. An empty field asks nothing.
fn add_condition(rows: &mut Conditions, column: &str, text: &str, schema: &Schema) -> Result<(), String> {
    let found = schema.get(column).filter(|_| !text.is_empty());
    let Some(found) = found else { return Ok(()) };
    let none = || format!("`{WHERE}{column}` is {}", kind(text, found.column_type));
    let limit = match (Value::parse(text, found.column_type), found.personal) {
        (_, true) => return Err(format!("`{column}` is personal: name rows by another column")),
        (Some(Value::Text(code)), false) => {
            rows.codes.push((column.to_owned(), vec![code]));
            return Ok(());
        }
        (Some(Value::Number(number)), false) if found.column_type == ColumnType::Integer => {
            Limit::Number(number)
        }
        (Some(Value::Date(date)), false) => Limit::Date(date),
        (Some(Value::NotStated), false) => {
            return Err(format!(
                "`{WHERE}{column}` is not stated, and a row that does not state it meets nothing"
            ));
        }
        (Some(Value::Number(_) | Value::Decimal { .. }), false) => {
            return Err(format!("`{column}` has decimals, by which no row is chosen"));
        }
        (None, false) => return Err(none()),
    };
    rows.bounds.push((column.to_owned(), Bounds { values: vec![limit], ..Bounds::default() }));
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests make files of their own")]
mod tests {
    use super::*;

    const PIPELINE: &str = "spec = 1\ntitle = 'T'\nvintage = '1'\n[source.s]\nfiles = 's.csv'\nformat = 'csv'\n\
        [source.s.columns]\nn = { type = 'integer' }\nday = { type = 'date' }\nrate = { type = 'decimal' }\n\
        code = { codes = { A = 'a', B = 'b' } }\nwho = { personal = true }\n[[clean]]\nop = 'correct'\nentries = 'c.csv'\n\
        [[table]]\nname = 't'\nmeasure = 'count'\nconcept = 'c'\n";

    fn read(text: &str) -> Result<Vec<Correction>, Vec<String>> {
        let project = tempfile::tempdir().unwrap();
        std::fs::write(project.path().join("c.csv"), text).unwrap();
        let mut pipeline = denizen_spec::parse(PIPELINE).unwrap();
        let found = add_corrections_of_files(&mut pipeline, project.path());
        found.map_err(|faults| faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>())?;
        assert_eq!(pipeline.check(), []);
        let Operation::Correct(correct) = pipeline.steps.remove(0).operation else { panic!() };
        Ok(correct.entries)
    }

    const HEADER: &str = "column,from,to,reason,source,status,where.n,where.code,where.day\n";

    /// What each row says: its line, how many rows, the value that is wrong and the one that is right.
    #[test]
    fn values_are_of_the_type_of_their_column() {
        let text = format!(
            "{HEADER}n,1,2,r,s,confirmed,7,,\nday,2001-02-03,_U,r,s,assumed,,a,\ncode,a,b,r,s,withdrawn,,,2001-02-03\n\
             rate,1.50,2,r,s,confirmed,7,a,\n"
        );
        let found: Vec<_> =
            read(&text).unwrap().into_iter().map(|entry| (entry.line, entry.from, entry.to)).collect();
        let day = denizen_spec::Date { year: 2001, month: 2, day: 3 };
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            found,
            [
                (Some(2), Value::Number(1), Value::Number(2)),
                (Some(3), Value::Date(day), Value::NotStated),
                (Some(4), text("a"), text("b")),
                (Some(5), Value::Decimal { digits: 15, scale: 1 }, Value::Number(2)),
            ]
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let table = [
            ("", "there is nothing to correct"),
            ("m,1,2,r,s,confirmed,7,,\n", "there is no column `m` before the step"),
            ("who,x,y,r,s,confirmed,7,,\n", "`who` is personal: correct the file that is read"),
            (
                "n,one,2,r,s,confirmed,7,,\n",
                "`from` is no number with a point before its decimals: `n` cannot have it",
            ),
            ("n,1,,r,s,confirmed,7,,\n", "`to` is empty (`_U` is not stated): `n` cannot have it"),
            (
                "day,03/02/2001,_U,r,s,confirmed,7,,\n",
                "`from` is no date such as 2007-05-31: `day` cannot have it",
            ),
            ("n,1,2,r,s,confirmed,,,\n", "nothing says which row is wrong: fill in a column `where.NAME`"),
            ("n,1,2,r,s,confirmed,x,,\n", "`where.n` is no number with a point before its decimals"),
            (
                "n,1,2,r,s,confirmed,_U,,\n",
                "`where.n` is not stated, and a row that does not state it meets nothing",
            ),
            ("n,1,2,,s,confirmed,7,,\n", "a correction has a reason and a source"),
            ("n,1,2,r,s,certain,7,,\n", "`status` is `confirmed`, `assumed` or `withdrawn`"),
        ];
        for (row, expected) in table {
            assert_eq!(read(&format!("{HEADER}{row}")).unwrap_err(), [expected]);
        }
        let headers = [
            (
                "column;from;to;reason;source;status;where.n\n",
                "its fields are separated by `;`, and those of this file must be by commas",
            ),
            ("column,from,to,reason,source,where.n\n", "a file of corrections has a column `status`"),
            (
                "column,from,to,reason,source,status,where.m\n",
                "`where.m`: there is no column `m` before the step",
            ),
            ("column,from,to,reason,source,status,n\n", "`n` is no column of a file of corrections"),
        ];
        for (header, expected) in headers {
            assert_eq!(read(header).unwrap_err()[0], expected);
        }
    }
}
