//! `op = "signs_of_life"`: an index of residence, carried from year to year, from the registers in which a person was active.

use denizen_residence::{Method, SignsOfLife as Rule, preset, presets};
use serde::{Deserialize, Serialize};
use toml::de::DeValue;

use crate::diagnostic::suggestion;
use crate::operations::{Declaration, Scope, column};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::{Fields, Findings, wrong_type};
use crate::{Code, ColumnType, Diagnostic, columns};

/// Decimals of the index.
pub const INDEX_SCALE: u8 = 6;

/// The parameters of the family.
const PARAMETERS: [&str; 3] = ["decay", "gain", "threshold"];

/// The index of every row, each of which is a year of a person. Numbers are kept as they are written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignsOfLife {
    /// Name of a preset, or `signs_of_life` with its parameters spelt out.
    pub rule: String,
    /// What it is called in columns; the name of the rule unless stated.
    pub name: String,
    /// Parameters by name, where they are spelt out.
    pub parameters: Vec<(String, String)>,
    /// The column that identifies the person.
    pub person: String,
    /// A day of the year.
    pub date: String,
    /// For each register, the column that says in how many things the person was active, and the weight of any.
    pub weights: Vec<(String, String)>,
    /// The column of the index of the year before a person's first row, from an earlier release.
    pub previous: Option<String>,
    /// The index before the first row, where no column states it.
    pub initial: String,
}

impl SignsOfLife {
    pub(super) fn read(fields: &Fields<'_, '_>, findings: &Findings) -> Option<Self> {
        let rule = fields.text("rule");
        let name = fields.optional_text("name");
        let parameter = |key: &&'static str| Some(((*key).to_owned(), number(fields, key, findings)?));
        let weights = fields.entries("weights").into_iter();
        let weights = weights.filter_map(|(name, value)| Some((name.into_inner(), text(value, findings)?)));
        let signs = Self {
            name: name.or_else(|| rule.clone()).unwrap_or_default(),
            rule: rule.clone().unwrap_or_default(),
            parameters: PARAMETERS.iter().filter_map(parameter).collect(),
            person: column(fields, "person", "person"),
            date: column(fields, "date", "date"),
            weights: weights.collect(),
            previous: fields.optional_text("previous"),
            initial: number(fields, "initial", findings).unwrap_or_else(|| "0".to_owned()),
        };
        rule.map(|_| signs)
    }

    /// The rule with its figures; none where it is not known or lacks one.
    pub fn rule(&self) -> Option<Rule> {
        if let Some(preset) = preset(&self.rule) {
            return match preset.method {
                Method::Signs(rule) => Some(rule),
                Method::Crossings(_) | Method::Permits(_) => None,
            };
        }
        let [decay, gain, threshold] = PARAMETERS.map(|wanted| {
            let stated = self.parameters.iter().find(|(name, _)| name == wanted);
            stated.and_then(|(_, text)| text.parse().ok())
        });
        let is_family = self.rule == "signs_of_life";
        is_family.then_some(Rule { decay: decay?, gain: gain?, threshold: threshold? })
    }

    /// The weights of the registers, in the order of their columns.
    pub fn weight_figures(&self) -> Vec<f64> {
        self.weights.iter().map(|(_, text)| text.parse().unwrap_or(f64::NAN)).collect()
    }

    /// The index of the year before the first row of a person of whom no column states it.
    pub fn initial_figure(&self) -> f64 {
        self.initial.parse().unwrap_or(f64::NAN)
    }

    fn check_rule(&self, schema: &mut SchemaChange<'_>) {
        let path = |field: &str| schema.path().field(field);
        let is_preset = preset(&self.rule).is_some();
        let fault = match (self.rule(), self.parameters.first()) {
            (Some(_), Some((parameter, _))) if is_preset => {
                let message = format!("the preset `{}` has parameters of its own", self.rule);
                Diagnostic::error(Code::WrongType, message)
                    .at(path(parameter), "it belongs to a rule that is spelt out")
            }
            (Some(rule), _) => match rule.check() {
                Ok(()) => return,
                Err(error) => Diagnostic::error(Code::WrongType, error.to_string())
                    .at(path("rule"), "cannot be applied"),
            },
            (None, _) if self.rule == "signs_of_life" => {
                let message = "a parameter of the rule is missing";
                Diagnostic::error(Code::MissingField, message)
                    .at(path("rule"), "it has `decay`, `gain` and `threshold`")
            }
            (None, _) if is_preset => {
                let message = format!("the rule `{}` works on other records", self.rule);
                Diagnostic::error(Code::UnknownValue, message)
                    .at(path("rule"), "signs of life need another rule")
            }
            (None, _) => {
                let of_signs = presets().iter().filter(|preset| matches!(preset.method, Method::Signs(_)));
                let known = of_signs.map(|preset| preset.name).chain(["signs_of_life"]);
                Diagnostic::error(Code::UnknownValue, format!("unknown rule `{}`", self.rule))
                    .at(path("rule"), "neither a preset nor a family of rules for signs of life")
                    .maybe_help(suggestion(&self.rule, known.collect::<Vec<_>>()))
            }
        };
        schema.fault(fault);
    }

    fn check_figures(&self, schema: &mut SchemaChange<'_>) {
        let path = schema.path();
        let mut fault = |path, message: &str, label: &str| {
            schema.fault(Diagnostic::error(Code::WrongType, message).at(path, label));
        };
        if self.weights.is_empty() {
            fault(
                path.clone(),
                "no register has a weight",
                "write `weights = { health = 0.6, taxes = 0.4 }`",
            );
        }
        for (register, weight) in &self.weights {
            if !weight.parse().is_ok_and(|weight: f64| weight.is_finite() && weight >= 0.0) {
                let path = path.clone().field("weights").field(register);
                fault(path, "a weight is a number that is not negative", "write it like 0.6");
            }
        }
        if !self.initial.parse().is_ok_and(|initial: f64| (0.0..=1.0).contains(&initial)) {
            fault(path.field("initial"), "an index lies between 0 and 1", "write it like 0.5");
        }
    }
}

/// A number as it is written.
fn number(fields: &Fields<'_, '_>, key: &'static str, findings: &Findings) -> Option<String> {
    text(fields.value(key)?, findings)
}

fn text(value: &toml::Spanned<DeValue<'_>>, findings: &Findings) -> Option<String> {
    match value.get_ref() {
        DeValue::Float(float) => Some(float.as_str().replace('_', "")),
        DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str().replace('_', "")),
        _ => {
            findings.push(wrong_type(value, "a number such as 0.8"));
            None
        }
    }
}

impl Declaration for SignsOfLife {
    fn name(&self) -> &'static str {
        "signs_of_life"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Person { person: &self.person, order: &self.date, sequence: None }
    }

    fn order_field(&self) -> &'static str {
        "date"
    }

    fn rule_name(&self) -> Option<&str> {
        Some(&self.name)
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let registers = self.weights.iter().map(|(column, _)| column);
        let columns = [&self.person, &self.date].into_iter().chain(registers).chain(&self.previous);
        columns.map(String::as_str).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        for (register, _) in &self.weights {
            let path = schema.path().field("weights").field(register).name();
            schema.need_at(register, path, &[ColumnType::Integer]);
        }
        if let Some(previous) = &self.previous {
            schema.need_decimal(previous, "previous");
        }
        self.check_rule(schema);
        self.check_figures(schema);
        let [index, resident] = columns::residency(&self.name);
        let scale = INDEX_SCALE;
        let made = vec![
            ColumnInfo::new(&index, ColumnType::Decimal { scale }).personal(true),
            ColumnInfo::new(&resident, ColumnType::Code),
        ];
        let path = schema.path().field(if self.name == self.rule { "rule" } else { "name" });
        schema.add_all(made, &path);
    }
}
