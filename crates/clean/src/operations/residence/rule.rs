//! What a `residence` step declares, turned into a rule and its options.

use denizen_residence::{
    Comparison, Continuous, CumulativeWindow, FaultPolicy, LastExitNoReturn, Method, Otherwise, Period, Rule,
    SameDay, Span, Status, preset, presets,
};
use denizen_spec::{Code, Date, Diagnostic, Residence, Spanned, did_you_mean};

/// Rules whose parameters can be spelt out, and which parameters each needs.
const FAMILIES: [(&str, &[&str]); 3] = [
    ("cumulative_window", &["threshold", "window"]),
    ("continuous", &["threshold"]),
    ("last_exit_no_return", &["minimum_absence"]),
];

const INITIAL: [(&str, Otherwise); 4] = [
    ("unknown", Otherwise::Unknown),
    ("opposite_of_first_crossing", Otherwise::OppositeOfFirstCrossing),
    ("resident", Otherwise::Known(Status::Resident)),
    ("non_resident", Otherwise::Known(Status::NonResident)),
];

const FAULTS: [(&str, FaultPolicy); 8] = [
    ("bounds", FaultPolicy::Bounds),
    ("lower", FaultPolicy::Lower),
    ("upper", FaultPolicy::Upper),
    ("midpoint", FaultPolicy::Midpoint),
    ("as_recorded", FaultPolicy::AsRecorded),
    ("reject_person", FaultPolicy::RejectPerson),
    ("drop_later", FaultPolicy::DropLater),
    ("drop_earlier", FaultPolicy::DropEarlier),
];

const SAME_DAY: [(&str, SameDay); 2] =
    [("keep_order", SameDay::KeepOrder), ("restore_alternation", SameDay::RestoreAlternation)];

/// A rule with everything that a step says of it.
pub(crate) struct Declared {
    pub(crate) rule: Rule,
    pub(crate) until: i32,
    pub(crate) initial: Otherwise,
    pub(crate) observed_from: Option<i32>,
    pub(crate) faults: FaultPolicy,
    pub(crate) same_day: SameDay,
}

impl Declared {
    pub(crate) fn new(step: &Residence) -> Result<Self, Diagnostic> {
        let (mut rule, edition_end) = rule(step)?;
        let day = |date: &Option<Spanned<Date>>| date.as_ref().and_then(|date| date.get_ref().days());
        let Some(until) = day(&step.until).or(edition_end) else {
            let message = format!("the rule `{}` needs to know how far the data go", step.rule.get_ref());
            return Err(fault(&step.rule, message, "add `until`: the last day that the data cover"));
        };
        match (&mut rule, day(&step.from)) {
            (Rule::LastExitNoReturn(last_exit), from) => last_exit.period = period(last_exit, from, until),
            (_, None) => {}
            (_, Some(_)) => {
                return Err(fault(
                    &step.rule,
                    "this rule has no period".to_owned(),
                    "`from` belongs to last-exit rules",
                ));
            }
        }
        rule.check().map_err(|error| fault(&step.rule, error.to_string(), "cannot be applied"))?;
        Ok(Self {
            rule,
            until,
            initial: one_of("initial", step.initial.as_ref(), &INITIAL)?,
            observed_from: day(&step.observed_from),
            faults: one_of("faults", step.faults.as_ref(), &FAULTS)?,
            same_day: one_of("same_day", step.same_day.as_ref(), &SAME_DAY)?,
        })
    }

    /// The rule with all that its answers depend on, as text for the rows of tables.
    pub(crate) fn parameters(&self) -> String {
        let iso = |day| Date::from_days(day).map(|date| date.to_string()).unwrap_or_default();
        let mut pairs = self.rule.parameters();
        pairs.push(("until", iso(self.until)));
        pairs.extend(self.observed_from.map(|day| ("observed_from", iso(day))));
        pairs.push(("initial", word_of(self.initial, &INITIAL)));
        pairs.push(("faults", word_of(self.faults, &FAULTS)));
        pairs.push(("same_day", word_of(self.same_day, &SAME_DAY)));
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}({})", self.rule.name(), pairs.join(", "))
    }
}

/// What a value is called in pipeline files.
fn word_of<T: PartialEq>(value: T, names: &[(&str, T)]) -> String {
    names.iter().find(|(_, known)| *known == value).map_or_else(String::new, |(name, _)| (*name).to_owned())
}

fn fault(place: &Spanned<String>, message: String, label: &str) -> Diagnostic {
    Diagnostic::error(Code::Rule, message).at(place.span(), label)
}

/// The rule of a preset, with the end of its edition, or of a family with the parameters of the step.
fn rule(step: &Residence) -> Result<(Rule, Option<i32>), Diagnostic> {
    let name = step.rule.get_ref().as_str();
    if let Some((_, needed)) = FAMILIES.iter().find(|(family, _)| *family == name) {
        return Ok((family(step, needed)?, None));
    }
    if let Some((parameter, value)) = step.parameters.first() {
        let message = format!("the preset `{name}` has parameters of its own");
        return Err(fault(value, message, &format!("`{parameter}` belongs to a rule that is spelt out")));
    }
    match preset(name).map(|preset| (preset.method, preset.until)) {
        Some((Method::Crossings(rule @ Rule::FirstArrivalLastDeparture(_)), _)) => {
            let message = format!("the rule `{}` needs permits beside the crossings", rule.name());
            Err(fault(&step.rule, message, "not yet possible in a pipeline"))
        }
        Some((Method::Crossings(rule), until)) => Ok((rule, until)),
        Some((method @ (Method::Permits(_) | Method::Signs(_)), _)) => Err(fault(
            &step.rule,
            format!("the rule `{name}` ({}) works on other records", method.name()),
            "crossings need another rule",
        )),
        None => Err(unknown_rule(&step.rule)),
    }
}

fn unknown_rule(name: &Spanned<String>) -> Diagnostic {
    let families = FAMILIES.iter().map(|(family, _)| *family);
    let names: Vec<&str> = presets().iter().map(|preset| preset.name).chain(families).collect();
    fault(name, format!("unknown rule `{}`", name.get_ref()), "neither a preset nor a family of rules")
        .note(format!("known here: {}", names.join(", ")))
        .maybe_help(did_you_mean(name.get_ref(), names))
}

/// A rule of a family with the parameters of the step.
fn family(step: &Residence, needed: &[&str]) -> Result<Rule, Diagnostic> {
    if let Some((parameter, value)) =
        step.parameters.iter().find(|(parameter, _)| !needed.contains(parameter))
    {
        let message = format!("the rule `{}` has no parameter `{parameter}`", step.rule.get_ref());
        return Err(fault(value, message, &format!("it has {}", needed.join(", "))));
    }
    let parameter = |name: &str| {
        let given = step.parameters.iter().find(|(parameter, _)| *parameter == name);
        let missing =
            || fault(&step.rule, format!("the parameter `{name}` is missing"), "write it like \"365 days\"");
        span(&given.ok_or_else(missing)?.1)
    };
    let comparison = Comparison::AtLeast;
    Ok(match needed {
        ["threshold", "window"] => Rule::CumulativeWindow(CumulativeWindow {
            threshold: parameter("threshold")?,
            window: parameter("window")?,
            comparison,
        }),
        ["threshold"] => Rule::Continuous(Continuous { threshold: parameter("threshold")?, comparison }),
        _ => Rule::LastExitNoReturn(LastExitNoReturn {
            period: None,
            minimum_absence: parameter("minimum_absence")?,
        }),
    })
}

/// `365 days` or `12 months`.
fn span(text: &Spanned<String>) -> Result<Span, Diagnostic> {
    let read = || {
        let (number, unit) = text.get_ref().split_once(' ')?;
        let number: i32 = number.parse().ok().filter(|number| *number >= 0)?;
        match unit.trim().trim_end_matches('s') {
            "day" => Some(Span::Days(number)),
            "month" => Some(Span::Months(number)),
            _ => None,
        }
    };
    read().ok_or_else(|| {
        fault(text, "not a length of time".to_owned(), "write it like \"365 days\" or \"12 months\"")
    })
}

fn one_of<T: Copy + Default>(
    what: &str,
    text: Option<&Spanned<String>>,
    names: &[(&str, T)],
) -> Result<T, Diagnostic> {
    let Some(text) = text else { return Ok(T::default()) };
    let known = names.iter().find(|(name, _)| name == text.get_ref());
    known.map(|(_, value)| *value).ok_or_else(|| {
        let words: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        fault(text, format!("unknown value `{}` of `{what}`", text.get_ref()), "not one of the known words")
            .note(format!("known here: {}", words.join(", ")))
            .maybe_help(did_you_mean(text.get_ref(), words))
    })
}

/// The period of a last-exit rule: what the step says, else what the preset says, and never beyond the cut-off.
fn period(rule: &LastExitNoReturn, from: Option<i32>, until: i32) -> Option<Period> {
    match (from, rule.period) {
        (None, None) => None,
        (from, preset) => Some(Period {
            first: from.or(preset.map(|period| period.first)).unwrap_or(denizen_residence::FIRST_DAY),
            last: until,
        }),
    }
}
