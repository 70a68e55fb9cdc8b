//! The columns that exist at a step, and what they hold.

use toml::Spanned;

use crate::clean::{Derivation, Operation, Step};
use crate::diagnostic::suggestion;
use crate::source::{ColumnKind, Source};
use crate::{Code, Diagnostic, columns};

/// What a column holds at some step, as far as checks need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Text,
    Code,
    Integer,
    Date,
    /// Yes, no, or not known.
    Answer,
}

impl Holds {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "codes",
            Self::Integer => "whole numbers",
            Self::Date => "dates",
            Self::Answer => "answers of a rule",
        }
    }
}

/// The columns that exist at some step.
pub(crate) struct Known {
    /// Name, content, and whether it is personal.
    columns: Vec<(String, Holds, bool)>,
    /// The columns by which the steps so far order persons: person and date.
    history: Option<(String, String)>,
}

impl Known {
    pub(crate) fn of(source: &Source) -> Self {
        let holds = |kind: &ColumnKind| match kind {
            ColumnKind::Text => Holds::Text,
            ColumnKind::Code => Holds::Code,
            ColumnKind::Integer => Holds::Integer,
            ColumnKind::Date(_) => Holds::Date,
        };
        let columns = source.columns.iter();
        let columns =
            columns.map(|column| (column.name.get_ref().clone(), holds(&column.kind), column.personal));
        Self { columns: columns.collect(), history: None }
    }

    pub(crate) fn find(&self, name: &str) -> Option<(Holds, bool)> {
        self.columns.iter().find(|(known, ..)| known == name).map(|(_, holds, personal)| (*holds, *personal))
    }

    /// Faults a column that does not exist, or that holds something else than the step works on.
    pub(crate) fn need(&self, name: &Spanned<String>, allowed: &[Holds], faults: &mut Vec<Diagnostic>) {
        let names = || self.columns.iter().map(|(name, ..)| name.as_str()).collect::<Vec<_>>();
        let Some((holds, _)) = self.find(name.get_ref()) else {
            faults.push(
                Diagnostic::error(
                    Code::UnknownColumn,
                    format!("there is no column `{}` here", name.get_ref()),
                )
                .at(name.span(), "neither the source nor an earlier step has it")
                .maybe_help(suggestion(name.get_ref(), names())),
            );
            return;
        };
        if !allowed.is_empty() && !allowed.contains(&holds) {
            let wanted: Vec<_> = allowed.iter().map(|holds| holds.name()).collect();
            faults.push(
                Diagnostic::error(
                    Code::WrongColumn,
                    format!("the column `{}` holds {}", name.get_ref(), holds.name()),
                )
                .at(name.span(), format!("a column of {} is needed here", wanted.join(" or "))),
            );
        }
    }

    /// Selections: a column of words and at least one word.
    pub(crate) fn need_codes(
        &self,
        selections: &[(Spanned<String>, Vec<Spanned<String>>)],
        faults: &mut Vec<Diagnostic>,
    ) {
        for (name, codes) in selections {
            self.need(name, &[Holds::Code, Holds::Text], faults);
            if self.find(name.get_ref()) == Some((Holds::Text, true)) {
                let fault =
                    Diagnostic::error(Code::PersonalDimension, format!("`{}` is personal", name.get_ref()));
                faults.push(fault.at(name.span(), "only its pseudonyms are known, which no code can equal"));
            }
            for code in codes.iter().filter(|code| code.get_ref() == columns::NOT_STATED) {
                let fault = Diagnostic::error(Code::UnknownValue, "`_U` is no code of a row");
                let fault = fault.at(code.span(), "it stands for rows that state nothing, in tables only");
                faults.push(fault.help("give their texts a code of their own in the source"));
            }
            if codes.is_empty() {
                let message = format!("no code of `{}` is kept", name.get_ref());
                let fault = Diagnostic::error(Code::MissingField, message);
                faults.push(fault.at(name.span(), "name at least one code"));
            }
        }
    }

    /// Persons must be told apart, in the same way and order by every step.
    fn need_person(
        &mut self,
        person: &Spanned<String>,
        order: &Spanned<String>,
        faults: &mut Vec<Diagnostic>,
    ) {
        self.need(person, &[Holds::Text], faults);
        self.need(order, &[Holds::Date], faults);
        let fault = |message: &str| Diagnostic::error(Code::PersonColumn, message);
        if self.find(person.get_ref()) == Some((Holds::Text, false)) {
            let fault = fault("the column that identifies a person is not personal");
            faults.push(fault.at(person.span(), "declare it with `personal = true`"));
        }
        let columns = (person.get_ref().clone(), order.get_ref().clone());
        if *self.history.get_or_insert_with(|| columns.clone()) != columns {
            let fault = fault("the steps disagree on what a person's history is");
            faults.push(fault.at(person.span(), "an earlier step has another person or date column"));
        }
    }

    /// Adds a column that a step makes; `personal` says whether it gives away a personal value.
    fn add(&mut self, name: &Spanned<String>, holds: Holds, personal: bool, faults: &mut Vec<Diagnostic>) {
        if self.find(name.get_ref()).is_some() {
            faults.push(
                Diagnostic::error(
                    Code::ColumnTwice,
                    format!("the column `{}` exists already", name.get_ref()),
                )
                .at(name.span(), "give the new column another name"),
            );
        }
        self.columns.push((name.get_ref().clone(), holds, personal));
    }

    pub(crate) fn step(&mut self, step: &Step, faults: &mut Vec<Diagnostic>) {
        match &step.operation {
            Operation::Filter { keep } => {
                if keep.is_empty() {
                    let fault = Diagnostic::error(Code::MissingField, "the filter keeps everything");
                    faults.push(
                        fault.at(step.span.clone(), "say what stays: `keep = { column = [\"code\"] }`"),
                    );
                }
                self.need_codes(keep, faults);
            }
            Operation::Recode { columns, .. } => {
                columns.iter().for_each(|name| self.need(name, &[Holds::Code], faults));
            }
            Operation::Derive { column, method } => self.derive(column, method, faults),
            Operation::Deduplicate { person, order, keys } => {
                self.need_person(person, order, faults);
                keys.iter().for_each(|name| self.need(name, &[], faults));
            }
            Operation::Residence(residence) => {
                self.need_person(&residence.person, &residence.date, faults);
                self.need(&residence.direction, &[Holds::Code], faults);
                residence.declared.iter().for_each(|name| self.need(name, &[Holds::Code], faults));
                let column =
                    Spanned::new(residence.name.span(), columns::migration(residence.name.get_ref()));
                self.add(&column, Holds::Answer, false, faults);
            }
        }
    }

    fn derive(&mut self, column: &Spanned<String>, method: &Derivation, faults: &mut Vec<Diagnostic>) {
        let holds = match method {
            Derivation::Year { from } => {
                self.need(from, &[Holds::Date], faults);
                Holds::Integer
            }
            Derivation::Age { birth, at } => {
                self.need(birth, &[Holds::Date], faults);
                self.need(at, &[Holds::Date], faults);
                Holds::Integer
            }
            Derivation::AgeGroup { from, .. } => {
                self.need(from, &[Holds::Integer], faults);
                Holds::Code
            }
            Derivation::Agreement { rules } => {
                for rule in rules {
                    let column = Spanned::new(rule.span(), columns::migration(rule.get_ref()));
                    self.need(&column, &[Holds::Answer], faults);
                }
                Holds::Code
            }
        };
        // A year or an age made from a date of birth is personal as well; a group of ages is not.
        let made_from = match method {
            Derivation::Year { from } => Some(from),
            Derivation::Age { birth, .. } => Some(birth),
            Derivation::AgeGroup { .. } | Derivation::Agreement { .. } => None,
        };
        let personal =
            made_from.and_then(|from| self.find(from.get_ref())).is_some_and(|(_, personal)| personal);
        self.add(column, holds, personal, faults);
    }
}
