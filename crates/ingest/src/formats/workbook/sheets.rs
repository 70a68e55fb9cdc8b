//! Which sheets of a workbook are read.

use denizen_spec::{Code, Diagnostic, Path as Setting, SheetChoice};
use glob::Pattern;

use super::cells::SheetName;

/// What a source says of the sheets of its workbooks.
pub(super) struct Choice {
    pub(super) file: String,
    pub(super) wanted: Vec<SheetChoice>,
    pub(super) setting: Setting,
}

/// Sheets that a message names.
const SHOWN: usize = 12;

impl Choice {
    /// The sheets that are read, by their indices, in the order of the workbook.
    pub(super) fn of(&self, sheets: &[SheetName]) -> Result<Vec<usize>, Diagnostic> {
        let mut chosen = if self.wanted.is_empty() { vec![self.only(sheets)?] } else { Vec::new() };
        for wanted in &self.wanted {
            let found = Self::named(wanted, sheets);
            if found.is_empty() {
                let what = match wanted {
                    SheetChoice::Name(name) => format!("called `{name}`"),
                    SheetChoice::Number(number) => format!("of number {number}"),
                };
                return Err(self.fault(format!("`{}` has no sheet {what}", self.file), sheets));
            }
            chosen.extend(found);
        }
        chosen.sort_unstable();
        chosen.dedup();
        Ok(chosen)
    }

    /// The only sheet that is not hidden.
    fn only(&self, sheets: &[SheetName]) -> Result<usize, Diagnostic> {
        let mut visible = sheets.iter().enumerate().filter(|(_, sheet)| sheet.has_cells && !sheet.is_hidden);
        match (visible.next(), visible.count()) {
            (Some((index, _)), 0) => Ok(index),
            (None, _) => {
                let message = format!("`{}` has no sheet with cells that is not hidden", self.file);
                Err(self.fault(message, sheets))
            }
            (Some(_), more) => {
                let message = format!("`{}` has {} sheets: which are to be read?", self.file, more + 1);
                Err(self.fault(message, sheets))
            }
        }
    }

    /// Hidden sheets are named by their whole name or number, not by a pattern.
    fn named(wanted: &SheetChoice, sheets: &[SheetName]) -> Vec<usize> {
        let with_cells = sheets.iter().enumerate().filter(|(_, sheet)| sheet.has_cells);
        let indices = |is_wanted: &dyn Fn(usize, &SheetName) -> bool| -> Vec<usize> {
            let found = with_cells.clone().filter(|(index, sheet)| is_wanted(*index, sheet));
            found.map(|(index, _)| index).collect()
        };
        match wanted {
            SheetChoice::Number(number) => indices(&|index, _| index + 1 == *number as usize),
            SheetChoice::Name(name) => {
                let exact = indices(&|_, sheet| sheet.name == *name);
                match Pattern::new(name) {
                    Ok(pattern) if exact.is_empty() => {
                        indices(&|_, sheet| !sheet.is_hidden && pattern.matches(&sheet.name))
                    }
                    Ok(_) | Err(_) => exact,
                }
            }
        }
    }

    fn fault(&self, message: String, sheets: &[SheetName]) -> Diagnostic {
        let shown = |sheet: &SheetName| {
            let name = crate::visible::visible(&sheet.name);
            if sheet.is_hidden { format!("`{name}` (hidden)") } else { format!("`{name}`") }
        };
        let with_cells = sheets.iter().filter(|sheet| sheet.has_cells);
        let mut names = with_cells.clone().take(SHOWN).map(shown).collect::<Vec<_>>().join(", ");
        let more = with_cells.count().saturating_sub(SHOWN);
        if more > 0 {
            names += &format!(" and {more} more");
        }
        Diagnostic::error(Code::Sheet, message)
            .at(self.setting.clone(), "`sheet` names a sheet, or several")
            .in_file(&*self.file, None)
            .note(format!("its sheets are {names}"))
            .help("write `sheet = \"NAME\"`, a number from 1 on, or a pattern such as `\"2023 *\"`")
    }
}

/// Whether a pattern names sheets, so that nobody knows how many there should be.
pub(super) fn is_pattern(wanted: &[SheetChoice]) -> bool {
    wanted.iter().any(|choice| match choice {
        SheetChoice::Name(name) => name.contains(['*', '?', '[']),
        SheetChoice::Number(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_are_chosen() {
        let sheet =
            |name: &str, is_hidden, has_cells| SheetName { name: name.to_owned(), is_hidden, has_cells };
        let one = [sheet("Notes", true, true), sheet("Data", false, true), sheet("Chart", false, false)];
        let several = [sheet("A 1", false, true), sheet("A 2", false, true), sheet("A 3", true, true)];
        let name = |name: &str| SheetChoice::Name(name.to_owned());
        type Row<'a> = (&'a [SheetName], Vec<SheetChoice>, Option<&'a [usize]>);
        let table: [Row; 11] = [
            (&one, vec![], Some(&[1])),
            (&one, vec![name("Notes")], Some(&[0])),
            (&one, vec![SheetChoice::Number(2)], Some(&[1])),
            (&one, vec![SheetChoice::Number(3)], None),
            (&one, vec![SheetChoice::Number(4)], None),
            (&one, vec![name("data")], None),
            (&several, vec![], None),
            (&several, vec![name("A *")], Some(&[0, 1])),
            (&several, vec![name("A 2"), name("A 1"), SheetChoice::Number(1)], Some(&[0, 1])),
            (&several, vec![name("A 3")], Some(&[2])),
            (&[], vec![], None),
        ];
        for (sheets, wanted, expected) in table {
            let setting = Setting::source("s").field("sheet");
            let choice = Choice { file: "f".to_owned(), wanted: wanted.clone(), setting };
            assert_eq!(choice.of(sheets).ok().as_deref(), expected, "{wanted:?}");
        }
    }
}
