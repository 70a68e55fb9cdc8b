//! References: `data/reference/DOMAIN/`, five tables of what is known of countries and their parts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use csv::StringRecord;
use denizen_spec::{
    Code, Codelist, Date, Diagnostic, Entity, EntityCode, EntityName, ListSidecar, Membership, Place,
    Reference, ReferenceView, Succession, Validity,
};

use crate::input::{PROJECT_FILE_LIMIT, SIDECAR_LIMIT, read_file, read_utf8};

/// The folder of all references in a project.
pub const REFERENCES: &str = "data/reference";

/// The tables of a reference with the columns that they begin with.
const ENTITIES: (&str, &[&str]) = (
    "entities.csv",
    &[
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
    ],
);
const CODES: (&str, &[&str]) = ("codes.csv", &["scheme", "code", "id", "valid_from", "valid_to"]);
const NAMES: (&str, &[&str]) = ("names.csv", &["id", "language", "form", "name"]);
const SUCCESSORS: (&str, &[&str]) = ("successors.csv", &["id", "successor", "date", "kind"]);
const GROUPS: (&str, &[&str]) = ("groups.csv", &["group", "id", "valid_from", "valid_to"]);

/// The files of a reference, relative to the project.
pub fn reference_files(domain: &str) -> [String; 5] {
    let tables = [ENTITIES, CODES, NAMES, SUCCESSORS, GROUPS];
    tables.map(|(name, _)| format!("{REFERENCES}/{domain}/{name}"))
}

/// Reads the reference of a domain from the project that holds it.
///
/// ```
/// use std::path::Path;
///
/// use denizen_ingest::{entities_named, nearest_name, reference};
///
/// # let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
/// let countries = reference(&root, "country").unwrap();
/// assert_eq!(entities_named(&countries, "PE"), entities_named(&countries, "Perù"));
/// assert_eq!(nearest_name(&countries, "Ecuadro").as_deref(), Some("Ecuador"));
/// ```
///
/// # Errors
///
/// When a table is missing, has other columns, or holds what is no date.
pub fn reference(project: &Path, domain: &str) -> Result<Reference, Diagnostic> {
    let mut reference = Reference { domain: domain.to_owned(), ..Reference::default() };
    for row in table(project, ENTITIES, &mut reference)? {
        let labels = [5, 6, 7, 8, 9].map(|index| row.text(index));
        let [kind, parent, note] = [1, 2, 10].map(|index| row.text(index));
        let entity = Entity { kind, parent, existed: row.validity(3)?, labels, note };
        if reference.entities.insert(row.text(0), entity).is_some() {
            return Err(row.fault(format!("`{}` is there twice", row.text(0))));
        }
    }
    for row in table(project, CODES, &mut reference)? {
        let [scheme, code, id] = [0, 1, 2].map(|index| row.text(index));
        row.check_entity(&id, &reference)?;
        reference.codes.push(EntityCode { scheme, code, id, valid: row.validity(3)? });
    }
    for row in table(project, NAMES, &mut reference)? {
        let [id, language, form, name] = [0, 1, 2, 3].map(|index| row.text(index));
        row.check_entity(&id, &reference)?;
        reference.names.push(EntityName { id, language, form, name });
    }
    for row in table(project, SUCCESSORS, &mut reference)? {
        let [id, successor, kind] = [0, 1, 3].map(|index| row.text(index));
        row.check_entity(&id, &reference)?;
        row.check_entity(&successor, &reference)?;
        reference.successions.push(Succession { id, successor, date: row.date(2)?, kind });
    }
    for row in table(project, GROUPS, &mut reference)? {
        let [group, id] = [0, 1].map(|index| row.text(index));
        row.check_entity(&id, &reference)?;
        reference.memberships.push(Membership { group, id, valid: row.validity(2)? });
    }
    Ok(reference)
}

/// One row of a table.
struct Row {
    file: Arc<Path>,
    line: Option<u64>,
    record: StringRecord,
}

impl Row {
    fn text(&self, index: usize) -> String {
        self.record.get(index).unwrap_or_default().to_owned()
    }

    fn fault(&self, message: String) -> Diagnostic {
        Diagnostic::error(Code::Reference, message).in_file(&self.file, self.line)
    }

    fn date(&self, index: usize) -> Result<Option<Date>, Diagnostic> {
        match self.text(index).as_str() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| self.fault(format!("`{text}` is no date"))),
        }
    }

    /// The time between two columns.
    fn validity(&self, from: usize) -> Result<Validity, Diagnostic> {
        let validity = Validity { from: self.date(from)?, to: self.date(from + 1)? };
        match (validity.from, validity.to) {
            (Some(from), Some(to)) if to < from => Err(self.fault(format!("{to} is before {from}"))),
            (Some(_), Some(_)) | (Some(_), None) | (None, Some(_)) | (None, None) => Ok(validity),
        }
    }

    fn check_entity(&self, id: &str, reference: &Reference) -> Result<(), Diagnostic> {
        let is_known = reference.entities.contains_key(id);
        is_known.then_some(()).ok_or_else(|| self.fault(format!("`{id}` is not in entities.csv")))
    }
}

/// The rows of one table, whose hash is noted.
fn table(
    project: &Path,
    (name, columns): (&str, &[&str]),
    reference: &mut Reference,
) -> Result<Vec<Row>, Diagnostic> {
    let file = format!("{REFERENCES}/{}/{name}", reference.domain);
    let bytes = read_file(&project.join(&file), PROJECT_FILE_LIMIT).map_err(|error| {
        let message = format!("the reference `{}` cannot be read", reference.domain);
        let fault = Diagnostic::error(Code::Reference, message).in_file(&file, None);
        fault.note(error.to_string())
    })?;
    reference.files.push((file.clone(), crate::sha256(&bytes)));
    let file: Arc<Path> = PathBuf::from(file).into();
    let fault = |message: String, line| Diagnostic::error(Code::Reference, message).in_file(&file, line);
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| fault(error.to_string(), Some(1)))?;
    if header.len() < columns.len() || !header.iter().zip(columns).all(|(found, wanted)| found == *wanted) {
        let help = format!("begin with {}", columns.join(","));
        return Err(fault("the columns are not as expected".to_owned(), Some(1)).help(help));
    }
    let rows = reader.records().map(|record| match record {
        Ok(record) => {
            let line = record.position().map(csv::Position::line);
            Ok(Row { file: Arc::clone(&file), line, record })
        }
        Err(error) => {
            let line = error.position().map(csv::Position::line);
            Err(fault("a row cannot be read".to_owned(), line).note(error.to_string()))
        }
    });
    rows.collect()
}

/// The sidecar of a code list, relative to the project.
///
/// ```
/// assert_eq!(denizen_ingest::list_sidecar_path("sex"), "data/codelists/sex.toml");
/// ```
pub fn list_sidecar_path(list: &str) -> String {
    format!("data/codelists/{list}.toml")
}

/// Gives a list the reference that its sidecar names. A list without sidecar, or with one that names none, is left as it
/// is: its labels are all that is known of it.
///
/// # Errors
///
/// When the sidecar or the reference is not as expected.
pub fn with_reference(mut list: Codelist, project: &Path) -> Result<Codelist, Vec<Diagnostic>> {
    let file = list_sidecar_path(&list.name);
    let path = project.join(&file);
    if list.view.is_some() || std::fs::symlink_metadata(&path).is_err() {
        return Ok(list);
    }
    let text =
        read_utf8(&path, SIDECAR_LIMIT).map_err(|error| vec![crate::input::unreadable(&file, &error)])?;
    let named = ListSidecar::parse(&text).map_err(|faults| in_sidecar(faults, &file, &text))?;
    if let Some((domain, scheme)) = named.reference {
        let reference = reference(project, &domain).map_err(|fault| vec![fault])?;
        let sidecar = (file, crate::sha256(text.as_bytes()));
        list.view = Some(Arc::new(ReferenceView { scheme, sidecar, reference }));
    }
    Ok(list)
}

fn in_sidecar(faults: Vec<Diagnostic>, file: &str, text: &str) -> Vec<Diagnostic> {
    let line = |fault: &Diagnostic| match &fault.place {
        Place::Pipeline { location, .. } => {
            1 + text[..location.span(text).start].matches('\n').count() as u64
        }
        Place::Nowhere | Place::File { .. } => 1,
    };
    faults
        .into_iter()
        .map(|fault| {
            let line = line(&fault);
            fault.in_file(file, Some(line))
        })
        .collect()
}
