//! What a step needs of the columns before it, and which it makes.

use super::{ColumnInfo, ColumnType, Expansion, Schema};
use crate::{Code, Diagnostic, Path};

/// A schema while a step changes it.
pub(crate) struct SchemaChange<'a> {
    schema: Schema,
    /// The step.
    path: Path,
    findings: &'a mut Vec<Diagnostic>,
    /// The names of the residence rules on which the columns rest that the step works on.
    rules: Vec<String>,
    makes_columns: bool,
    /// Whether an earlier step has made several rows of a record.
    was_expanded: bool,
}

impl<'a> SchemaChange<'a> {
    pub(crate) fn new(schema: Schema, path: Path, findings: &'a mut Vec<Diagnostic>) -> Self {
        let was_expanded = schema.expansion.is_some();
        Self { schema, path, findings, rules: Vec::new(), makes_columns: false, was_expanded }
    }

    /// The path of the step.
    pub(crate) fn path(&self) -> Path {
        self.path.clone()
    }

    pub(crate) fn fault(&mut self, fault: Diagnostic) {
        self.findings.push(fault);
    }

    /// Requires the column that a field of the step names, of one of the allowed types, or of any where none is named.
    pub(crate) fn need(&mut self, name: &str, field: &str, allowed: &[ColumnType]) {
        self.need_at(name, self.path().field(field), allowed);
    }

    /// Requires a column that is named at `path`.
    pub(crate) fn need_at(&mut self, name: &str, path: Path, allowed: &[ColumnType]) {
        self.add_rules_of(name);
        self.findings.extend(self.schema.need(name, allowed, path));
    }

    /// Requires a column of numbers that is named at `path`.
    pub(crate) fn need_number(&mut self, name: &str, path: Path) {
        match self.schema.get(name).map(|column| column.column_type) {
            Some(ColumnType::Decimal { .. }) => {}
            Some(_) | None => {
                self.need_at(name, path, &[ColumnType::Integer, ColumnType::Decimal { scale: 0 }]);
            }
        }
    }

    /// Requires columns and codes, written as a table in a field of the step.
    pub(crate) fn need_codes(&mut self, selections: &[(String, Vec<String>)], field: &str) {
        self.need_codes_at(selections, &self.path().field(field));
    }

    /// The same of a table that stands at `path`.
    pub(crate) fn need_codes_at(&mut self, selections: &[(String, Vec<String>)], path: &Path) {
        selections.iter().for_each(|(name, _)| self.add_rules_of(name));
        self.findings.extend(self.schema.need_codes(selections, path));
    }

    fn add_rules_of(&mut self, column: &str) {
        let rules = self.schema.get(column).into_iter().flat_map(|column| column.rules.clone());
        self.rules.extend(rules);
    }

    /// Notes that the step decides by a residence rule.
    pub(crate) fn decides_by(&mut self, rule: &str) {
        self.rules.push(rule.to_owned());
    }

    /// Refuses a column whose unit is known to be another.
    pub(crate) fn need_unit(&mut self, name: &str, field: &str, wanted: &str) {
        let unit = self.schema.get(name).and_then(|column| column.unit.as_deref());
        if let Some(unit) = unit.filter(|unit| *unit != wanted) {
            let message = format!("the column `{name}` is in the unit {unit}");
            let label = format!("a column in {wanted} is needed here");
            let fault = Diagnostic::error(Code::WrongColumn, message).at(self.path().field(field), label);
            self.fault(fault);
        }
    }

    /// Every step must identify persons, and order their rows, in the same way.
    pub(crate) fn need_person(
        &mut self,
        person: &str,
        order: &str,
        order_field: &str,
        sequence: Option<&str>,
    ) {
        self.need(person, "person", &[ColumnType::Text]);
        self.need(order, order_field, &[ColumnType::Date]);
        if let Some(sequence) = sequence {
            self.need(sequence, "sequence", &[ColumnType::Integer]);
        }
        let path = self.path().field("person");
        let fault = |message: &str| Diagnostic::error(Code::PersonColumn, message);
        let found = self.schema.get(person);
        if found.is_some_and(|column| column.column_type == ColumnType::Text && !column.personal) {
            let fault = fault("the column that identifies a person is not personal");
            self.fault(fault.at(path.clone(), "declare it with `personal = true`"));
        }
        if self.was_expanded {
            let fault = fault("an earlier step has made several rows of one record");
            self.fault(fault.at(self.path(), "put this step before the one that makes reference dates"));
        }
        if let Some(linked) = self.schema.linked.as_ref().filter(|linked| *linked != person) {
            let message = format!("the persons of an earlier step stand in `{linked}`");
            let fault = Diagnostic::error(Code::PersonColumn, message);
            self.fault(fault.at(path.clone(), format!("name that column: `person = \"{linked}\"`")));
        }
        let columns = (person.to_owned(), order.to_owned(), sequence.map(str::to_owned));
        if *self.schema.history.get_or_insert_with(|| columns.clone()) != columns {
            let fault = fault("the steps use different person, date or sequence columns");
            let fault = fault.at(path, "an earlier step has another person, date or sequence column");
            self.fault(fault.help("declare the same files as a second source, and give it these steps"));
        }
    }

    /// Requires a column of decimal numbers, whatever their scale.
    pub(crate) fn need_decimal(&mut self, name: &str, field: &str) {
        let found = self.schema.get(name).map(|column| column.column_type);
        let wanted = match found {
            Some(ColumnType::Decimal { scale }) => ColumnType::Decimal { scale },
            Some(_) | None => ColumnType::Decimal { scale: 0 },
        };
        self.need(name, field, &[wanted]);
    }

    /// Refuses the first days of financial years, which are of two calendar years each.
    pub(crate) fn need_calendar(&mut self, name: &str, field: &str) {
        if self.schema.get(name).is_some_and(|column| column.financial_year.is_some()) {
            let message = format!("the column `{name}` holds financial years");
            let fault = Diagnostic::error(Code::WrongColumn, message)
                .at(self.path().field(field), "each is of two calendar years");
            self.fault(fault.help("`method = \"financial_year\"` makes `2018/19` of them"));
        }
    }

    /// Refuses financial years that begin in another month.
    pub(crate) fn need_first_month(&mut self, name: &str, first_month: u8) {
        let found = self.schema.get(name).and_then(|column| column.financial_year);
        if let Some(found) = found.filter(|found| *found != first_month) {
            let message = format!("the financial years of `{name}` begin in month {found}");
            let fault = Diagnostic::error(Code::WrongColumn, message);
            self.fault(fault.at(self.path().field("first_month"), "the years made would be others"));
        }
    }

    /// Why values of two columns cannot be compared, where both are there.
    pub(crate) fn is_incomparable(&self, column: &str, other: &str) -> Option<String> {
        let (one, two) = (self.schema.get(column)?, self.schema.get(other)?);
        if column == other {
            return Some("a column is compared with itself".to_owned());
        }
        if one.column_type != two.column_type {
            let (one, two) = (one.contents(), two.contents());
            return Some(format!("`{column}` holds {one} and `{other}` holds {two}"));
        }
        if one.codelist != two.codelist {
            return Some(format!("the codes of `{column}` and `{other}` are of different lists"));
        }
        if let Some(in_part) = [one, two].into_iter().find(|column| column.in_part) {
            return Some(format!("some dates of `{}` are said in part only", in_part.name));
        }
        let are_pseudonyms = one.column_type == ColumnType::Text && (one.personal || two.personal);
        if are_pseudonyms {
            return Some("pseudonyms of two columns differ where their texts are the same".to_owned());
        }
        let units = one.unit.as_ref().zip(two.unit.as_ref());
        let differing = units.filter(|(one, two)| one != two);
        differing.map(|(one, two)| format!("`{column}` is in {one} and `{other}` in {two}"))
    }

    pub(crate) fn is_personal(&self, name: &str) -> bool {
        self.schema.get(name).is_some_and(|column| column.personal)
    }

    pub(crate) fn column_type(&self, name: &str) -> Option<ColumnType> {
        self.schema.get(name).map(|column| column.column_type)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.schema.get(name).is_some()
    }

    /// Whether a column holds pseudonyms.
    pub(crate) fn is_pseudonym(&self, name: &str) -> bool {
        let column = self.schema.get(name);
        column.is_some_and(|column| column.personal && column.column_type == ColumnType::Text)
    }

    /// The column whose values a column holds that names other rows.
    pub(crate) fn refers_to(&self, name: &str) -> Option<&str> {
        self.schema.get(name)?.refers_to.as_deref()
    }

    /// Notes that rows have been linked into persons, which is done once.
    pub(crate) fn link(&mut self, column: &str) {
        if self.schema.linked.is_some() {
            let fault = Diagnostic::error(Code::PersonColumn, "the rows are linked already");
            self.fault(fault.at(self.path(), "give all keys in one step"));
        } else {
            self.need_all_rows();
        }
        self.schema.linked = Some(column.to_owned());
    }

    /// Refuses a step that must see all rows behind one that works on persons, or has made several rows of one.
    pub(crate) fn need_all_rows(&mut self) {
        let problem = if self.schema.history.is_some() {
            Some(("an earlier step works on persons, when not all rows are there", "put this step before it"))
        } else if self.schema.expansion.is_some() {
            Some(("an earlier step has made several rows of one record", "put this step before `expand`"))
        } else {
            None
        };
        if let Some((message, label)) = problem {
            self.fault(Diagnostic::error(Code::PersonColumn, message).at(self.path(), label));
        }
    }

    pub(crate) fn set_codelist(&mut self, name: &str, codelist: &str) {
        let column = self.schema.columns.iter_mut().find(|column| column.name == name);
        column.into_iter().for_each(|column| column.codelist = Some(codelist.to_owned()));
    }

    /// The code list of a column.
    pub(crate) fn codelist(&self, name: &str) -> Option<String> {
        self.schema.get(name)?.codelist.clone()
    }

    /// Adds a column that the step makes, named at `path`.
    pub(crate) fn add(&mut self, column: ColumnInfo, path: Path) {
        self.add_all(vec![column], &path);
    }

    /// Adds columns that the step makes. Names are often taken together, by a step that stands there twice: the first is
    /// reported.
    pub(crate) fn add_all(&mut self, made: Vec<ColumnInfo>, path: &Path) {
        if let Some(taken) = made.iter().find(|made| self.schema.get(&made.name).is_some()) {
            let message = format!("the column `{}` exists already", taken.name);
            let fault = Diagnostic::error(Code::ColumnTwice, message);
            self.findings.push(fault.at(path.clone(), "give the new column another name"));
        }
        self.makes_columns = true;
        self.schema
            .columns
            .extend(made.into_iter().map(|made| ColumnInfo { rules: self.rules.clone(), ..made }));
    }

    /// Notes that a record has become a row for each reference date that it covers.
    pub(crate) fn expand(&mut self, expansion: Expansion) {
        if self.schema.expansion.is_some() {
            let fault = Diagnostic::error(Code::ColumnTwice, "the records are expanded already");
            self.fault(fault.at(self.path(), "give all reference dates in one step"));
        }
        self.schema.expansion = Some(expansion);
    }

    pub(crate) fn finish(mut self) -> Schema {
        // A step that makes no column decides which rows stay.
        if !self.makes_columns {
            self.schema.rules.append(&mut self.rules);
        }
        self.schema
    }
}
