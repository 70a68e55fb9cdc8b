//! What the operations on residence permits have in common: the columns of a permit, and the rule that is applied to them.

use denizen_residence::{
    Comparison, FirstPermit, JourneyRule, Method, PermitRule, PermitStock, Span, preset, presets, withdrawn,
};
use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::diagnostic::suggestion;
use crate::operations::column;
use crate::schema::SchemaChange;
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, Path};

/// The columns of records each of which is a permit of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermitRecords {
    /// The column that identifies the person.
    pub person: String,
    /// The first day of validity, by which the permits of a person are ordered.
    pub first: String,
    /// The last day of validity, itself included.
    pub last: String,
    /// The reason for which the permit was issued.
    pub reason: Option<String>,
    /// Which permits are for long-term residence: columns and codes, all of which must hold. Only these may have no last day: they
    /// are valid without end.
    pub long_term: Vec<(String, Vec<String>)>,
    /// The day on which the archive was extracted: permits that begin later are not known.
    pub extracted: Date,
}

impl PermitRecords {
    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        let (first, last) = (fields.text("first"), fields.text("last"));
        let records = Self {
            person: column(fields, "person", "person"),
            first: first.clone().unwrap_or_default(),
            last: last.clone().unwrap_or_default(),
            reason: fields.optional_text("reason"),
            long_term: fields.optional_selections("long_term"),
            extracted: fields.date("extracted")?,
        };
        first.and(last).map(|_| records)
    }

    /// The columns that decide.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        let columns = [&self.person, &self.first, &self.last].into_iter().chain(&self.reason);
        columns.chain(self.long_term.iter().map(|(column, _)| column)).map(String::as_str)
    }

    /// The codes that the step at `path` names, and those of reasons that take precedence.
    pub(super) fn named_codes<'a>(
        &'a self,
        precedence: &'a [String],
        path: &Path,
    ) -> Vec<(Path, &'a str, &'a str)> {
        let mut named = Vec::new();
        let mut add = |path: Path, column: &'a str, codes: &'a [String]| {
            let codes = codes.iter().enumerate();
            named.extend(codes.map(|(index, code)| (path.clone().index(index), column, code.as_str())));
        };
        for (column, codes) in &self.long_term {
            add(path.clone().field("long_term").field(column), column, codes);
        }
        if let Some(reason) = &self.reason {
            add(path.clone().field("precedence"), reason, precedence);
        }
        named
    }

    pub(super) fn need(&self, schema: &mut SchemaChange<'_>) {
        schema.need(&self.last, "last", &[ColumnType::Date]);
        if let Some(reason) = &self.reason {
            schema.need(reason, "reason", &[ColumnType::Code]);
        }
        schema.need_codes(&self.long_term, "long_term");
    }

    /// Whether its days could identify a person.
    pub(super) fn is_personal(&self, schema: &SchemaChange<'_>) -> bool {
        schema.is_personal(&self.first) || schema.is_personal(&self.last)
    }
}

/// A rule for permits as it stands in a pipeline: a preset, or a family whose parameters are spelt out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeclaredRule {
    /// Name of a preset or of a family of rules.
    pub rule: String,
    /// What it is called in columns and tables; the name of the rule unless stated.
    pub name: String,
    /// Parameters by name, where the rule is a family: lengths of time such as `6 months`, and words.
    pub parameters: Vec<(String, String)>,
}

/// What is wrong with a rule: the field, a message, and a label.
pub(super) struct RuleFault {
    code: Code,
    field: String,
    message: String,
    label: String,
    note: Option<String>,
    help: Option<String>,
}

impl RuleFault {
    fn new(field: &str, message: String, label: &str) -> Self {
        let (field, label) = (field.to_owned(), label.to_owned());
        Self { code: Code::WrongType, field, message, label, note: None, help: None }
    }
}

/// The families for permits, with the parameters that they must and may have.
const FAMILIES: [(&str, &[&str], &[&str]); 3] = [
    ("first_permit", &["gap"], &["minimum_length", "comparison", "same_reason"]),
    ("permit_journey", &["gap"], &["comparison"]),
    ("permit_stock", &["entry_lag"], &["renewal_gap"]),
];

impl DeclaredRule {
    /// A preset under its own name.
    pub fn new(rule: &str) -> Self {
        Self { rule: rule.to_owned(), name: rule.to_owned(), parameters: Vec::new() }
    }

    pub(super) fn read(fields: &Fields<'_, '_>, keys: &[&'static str]) -> Option<Self> {
        let rule = fields.text("rule");
        let name = fields.optional_text("name");
        let parameter = |key: &&'static str| match *key {
            "same_reason" => Some(((*key).to_owned(), fields.optional_bool(key)?.to_string())),
            key => Some((key.to_owned(), fields.optional_text(key)?)),
        };
        let parameters = keys.iter().filter_map(parameter).collect();
        Some(Self { name: name.or_else(|| rule.clone())?, rule: rule?, parameters })
    }

    /// The rule by which permits are first permits, and belong together.
    ///
    /// ```
    /// use denizen_spec::DeclaredRule;
    ///
    /// let rule = DeclaredRule::new("uk_journey").first_permit().expect("a rule for permits");
    /// assert_eq!(rule.gap.to_string(), "12 months");
    /// assert!(DeclaredRule::new("it_stock").first_permit().is_none());
    /// ```
    pub fn first_permit(&self) -> Option<FirstPermit> {
        self.read_first_permit().ok()
    }

    /// The rule by which persons belong to a stock.
    pub fn stock(&self) -> Option<PermitStock> {
        self.read_stock().ok()
    }

    pub(super) fn read_first_permit(&self) -> Result<FirstPermit, RuleFault> {
        match self.resolve()? {
            PermitRule::FirstPermit(rule) => Ok(rule),
            PermitRule::Journey(JourneyRule { gap, comparison }) => {
                Ok(FirstPermit { minimum_length: Span::Days(0), gap, comparison, same_reason: false })
            }
            PermitRule::Stock(_) => Err(self.other("permits that follow each other", "stock")),
        }
    }

    pub(super) fn read_stock(&self) -> Result<PermitStock, RuleFault> {
        match self.resolve()? {
            PermitRule::Stock(rule) => Ok(rule),
            PermitRule::FirstPermit(_) | PermitRule::Journey(_) => {
                Err(self.other("persons on a day", "permits"))
            }
        }
    }

    fn other(&self, wanted: &str, operation: &str) -> RuleFault {
        let message = format!("the rule `{}` says nothing of {wanted}", self.rule);
        let fault = RuleFault::new("rule", message, "another rule is needed here");
        let help = Some(format!("`op = \"{operation}\"` applies it"));
        RuleFault { code: Code::UnknownValue, help, ..fault }
    }

    fn resolve(&self) -> Result<PermitRule, RuleFault> {
        let name = self.rule.as_str();
        let family = FAMILIES.iter().find(|(family, ..)| *family == name);
        let rule = match (family, preset(name)) {
            (Some((_, needed, optional)), _) => self.family(needed, optional)?,
            (None, Some(preset)) => {
                if let Some((parameter, _)) = self.parameters.first() {
                    let message = format!("the preset `{name}` has parameters of its own");
                    let label = format!("`{parameter}` belongs to a rule that is spelt out");
                    return Err(RuleFault::new(parameter, message, &label));
                }
                match preset.method {
                    Method::Permits(rule) => rule,
                    method @ (Method::Crossings(_) | Method::Signs(_)) => {
                        let message = format!("the rule `{name}` ({}) works on other records", method.name());
                        let fault = RuleFault::new("rule", message, "permits need another rule");
                        return Err(RuleFault { code: Code::UnknownValue, ..fault });
                    }
                }
            }
            (None, None) => return Err(self.unknown()),
        };
        rule.check().map_err(|error| RuleFault::new("rule", error.to_string(), "cannot be applied"))?;
        Ok(rule)
    }

    fn unknown(&self) -> RuleFault {
        let name = &self.rule;
        if let Some(what) = withdrawn(name) {
            let message = format!("there is no rule `{name}` any more");
            let fault = RuleFault::new("rule", message, "withdrawn, because its name promised more");
            return RuleFault { code: Code::UnknownValue, note: Some(what.to_owned()), ..fault };
        }
        let is_for_permits = |method: Method| matches!(method, Method::Permits(_));
        let known = presets().iter().filter(|preset| is_for_permits(preset.method)).map(|preset| preset.name);
        let known: Vec<&str> = known.chain(FAMILIES.map(|(family, ..)| family)).collect();
        let message = format!("unknown rule `{name}`");
        let fault = RuleFault::new("rule", message, "neither a preset nor a family of rules for permits");
        let note = Some(format!("known here: {}", known.join(", ")));
        RuleFault { code: Code::UnknownValue, note, help: suggestion(name, known), ..fault }
    }

    fn family(&self, needed: &[&str], optional: &[&str]) -> Result<PermitRule, RuleFault> {
        let known = [needed, optional].concat();
        if let Some((other, _)) = self.parameters.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            let message = format!("the rule `{}` has no parameter `{other}`", self.rule);
            return Err(RuleFault::new(other, message, &format!("it has {}", known.join(", "))));
        }
        if let Some(missing) = needed.iter().find(|name| self.text(name).is_none()) {
            let message = format!("the parameter `{missing}` is missing");
            let fault = RuleFault::new("rule", message, "write it like \"6 months\"");
            return Err(RuleFault { code: Code::MissingField, ..fault });
        }
        let none = Span::Days(0);
        Ok(match self.rule.as_str() {
            "permit_stock" => PermitRule::Stock(PermitStock {
                entry_lag: self.span("entry_lag")?.unwrap_or(none),
                renewal_gap: self.span("renewal_gap")?,
            }),
            "permit_journey" => {
                PermitRule::Journey(JourneyRule { gap: self.gap()?, comparison: self.comparison()? })
            }
            "first_permit" => PermitRule::FirstPermit(FirstPermit {
                minimum_length: self.span("minimum_length")?.unwrap_or(none),
                gap: self.gap()?,
                comparison: self.comparison()?,
                same_reason: self.text("same_reason") == Some("true"),
            }),
            // A family that has no line here.
            _ => return Err(self.unknown()),
        })
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, text)| text.as_str())
    }

    fn span(&self, name: &str) -> Result<Option<Span>, RuleFault> {
        self.text(name).map(|text| span(name, text)).transpose()
    }

    /// A gap that permits which adjoin do not reach: the next begins a day after the last day of the one before, and follows it.
    fn gap(&self) -> Result<Span, RuleFault> {
        let gap = self.span("gap")?.unwrap_or(Span::Days(0));
        let is_reached = match self.comparison()? {
            Comparison::AtLeast => gap.after(0) <= 1,
            Comparison::MoreThan => gap.after(0) < 1,
        };
        if !is_reached {
            return Ok(gap);
        }
        let message = format!("permits that adjoin would not follow each other with a gap of {gap}");
        let label =
            "from the last day of a permit to the first day of the next it is one day where they adjoin";
        let help = "two days are the least gap, or one with `comparison = \"more_than\"`".to_owned();
        Err(RuleFault { help: Some(help), ..RuleFault::new("gap", message, label) })
    }

    fn comparison(&self) -> Result<Comparison, RuleFault> {
        match self.text("comparison") {
            None | Some("at_least") => Ok(Comparison::AtLeast),
            Some("more_than") => Ok(Comparison::MoreThan),
            Some(text) => {
                let message = format!("unknown value `{text}` of `comparison`");
                let fault = RuleFault::new("comparison", message, "not one of the known words");
                let note = Some("known here: at_least, more_than".to_owned());
                Err(RuleFault { code: Code::UnknownValue, note, ..fault })
            }
        }
    }

    /// The path of its name is that of the field that states it.
    pub(super) fn name_field(&self) -> &'static str {
        if self.name == self.rule { "rule" } else { "name" }
    }
}

/// A length of time in a field.
pub(super) fn span(field: &str, text: &str) -> Result<Span, RuleFault> {
    let length = Span::parse(text).ok_or_else(|| {
        let message = "not a length of time".to_owned();
        RuleFault::new(field, message, "write it like \"90 days\" or \"6 months\"")
    })?;
    let rule = PermitStock { entry_lag: length, renewal_gap: None };
    PermitRule::Stock(rule).check().map_err(|error| {
        let message = error.to_string().replace("entry_lag", field);
        RuleFault::new(field, message, "too long")
    })?;
    Ok(length)
}

/// What was read, or else the fault at its place.
pub(super) fn said<T>(schema: &mut SchemaChange<'_>, read: Result<T, RuleFault>) -> Option<T> {
    let report = |fault: RuleFault| {
        let path = schema.path().field(&fault.field);
        let diagnostic = Diagnostic::error(fault.code, fault.message).at(path, fault.label);
        let diagnostic = fault.note.into_iter().fold(diagnostic, Diagnostic::note);
        schema.fault(diagnostic.maybe_help(fault.help));
    };
    read.map_err(report).ok()
}
