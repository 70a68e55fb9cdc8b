//! No row is lost.

use denizen_spec::{Code, Diagnostic, FileReport, SourceReport};

/// Rows in = rows accepted + rejected + excluded, in every file; in = out + excluded − made, at every step; anything else
/// is a fault of the program.
pub(super) fn conserved(report: &SourceReport, written: u64) -> Result<(), Diagnostic> {
    let lost = |place: &str| Diagnostic::error(Code::NotConserved, format!("rows were lost at {place}"));
    let is_whole = |file: &&FileReport| file.read == file.accepted + file.rejected + file.excluded;
    if let Some(file) = report.files.iter().find(|file| !is_whole(file)) {
        return Err(lost(&file.name));
    }
    let mut rows: u64 = report.files.iter().map(|file| file.accepted).sum();
    for step in &report.steps {
        if step.read != rows {
            return Err(lost(&step.operation));
        }
        rows = step.accepted().ok_or_else(|| lost(&step.operation))?;
    }
    if written == rows { Ok(()) } else { Err(lost("the records")) }
}

#[cfg(test)]
mod tests {
    use denizen_spec::{FileProfile, SourceKind, StepReport};

    use super::*;

    #[test]
    fn a_lost_row_fails_the_run() {
        let file = |read, accepted, rejected, excluded| FileReport {
            name: "f".into(),
            bytes: 0,
            sha256: String::new(),
            packed: None,
            snapshot: None,
            encoding: None,
            variant: None,
            read,
            accepted,
            rejected,
            excluded,
            blank: 0,
            incomplete: 0,
            repaired: 0,
            in_part: 0,
            weight: None,
            profile: FileProfile::default(),
        };
        let step = |read, excluded, made| StepReport { read, excluded, made, ..StepReport::new("o") };
        let table = [
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(4, 0, 0)], 4, true),
            (file(9, 6, 2, 1), vec![step(6, 2, 3), step(7, 0, 0)], 7, true),
            (file(9, 6, 2, 0), vec![step(6, 2, 0), step(4, 0, 0)], 4, false),
            (file(9, 6, 2, 1), vec![step(5, 2, 0), step(3, 0, 0)], 3, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(3, 0, 0)], 3, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 3), step(4, 0, 0)], 4, false),
            (file(9, 6, 2, 1), vec![step(6, 7, 0)], 0, false),
            (file(9, 6, 2, 1), vec![step(6, 2, 0), step(4, 0, 0)], 3, false),
        ];
        for (file, steps, written, whole) in table {
            let kind = SourceKind::Records;
            let report =
                SourceReport { name: "s".to_owned(), kind, files: vec![file], steps, checks: Vec::new() };
            assert_eq!(conserved(&report, written).is_ok(), whole, "{report:?}");
        }
    }
}
