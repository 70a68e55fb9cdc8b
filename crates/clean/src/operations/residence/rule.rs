//! What a `residence` step declares, turned into a rule and its options.

use denizen_residence::{
    Boundary, Comparison, Continuous, CumulativeWindow, FaultPolicy, FirstArrivalLastDeparture,
    LastExitNoReturn, Method, Otherwise, Period, PermitRule, Rule, SameDay, Span, Status, preset, presets,
    withdrawn,
};
use denizen_spec::{Code, Date, Diagnostic, DurationUnit, Path, Residence, did_you_mean};

/// Rules whose parameters can be spelt out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    CumulativeWindow,
    Continuous,
    LastExitNoReturn,
    FirstArrivalLastDeparture,
}

impl Family {
    const ALL: [Self; 4] =
        [Self::CumulativeWindow, Self::Continuous, Self::LastExitNoReturn, Self::FirstArrivalLastDeparture];

    fn name(self) -> &'static str {
        match self {
            Self::CumulativeWindow => "cumulative_window",
            Self::Continuous => "continuous",
            Self::LastExitNoReturn => "last_exit_no_return",
            Self::FirstArrivalLastDeparture => "first_arrival_last_departure",
        }
    }

    /// The parameters that it needs.
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::CumulativeWindow => &["threshold", "window"],
            Self::Continuous => &["threshold"],
            Self::LastExitNoReturn => &["minimum_absence"],
            Self::FirstArrivalLastDeparture => &["threshold", "joining_gap"],
        }
    }

    /// The parameters that it may have beside.
    fn optional(self) -> &'static [&'static str] {
        match self {
            Self::CumulativeWindow | Self::Continuous => &["comparison", "boundary"],
            Self::LastExitNoReturn => &[],
            Self::FirstArrivalLastDeparture => &["comparison"],
        }
    }
}

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

const COMPARISON: [(&str, Comparison); 2] =
    [("at_least", Comparison::AtLeast), ("more_than", Comparison::MoreThan)];

const BOUNDARY: [(&str, Boundary); 2] = [
    ("departure_day_abroad", Boundary::DepartureDayAbroad),
    ("departure_day_inside", Boundary::DepartureDayInside),
];

/// A rule with everything that a step says of it.
pub(crate) struct ResidenceRule {
    pub(crate) rule: Rule,
    pub(crate) until: i32,
    pub(crate) initial: Otherwise,
    pub(crate) observed_from: Option<i32>,
    pub(crate) faults: FaultPolicy,
    pub(crate) same_day: SameDay,
    pub(crate) boundary: Boundary,
    /// The column of declared statuses.
    declared: Option<String>,
    durations: Option<DurationUnit>,
}

impl ResidenceRule {
    /// The rule of the step at `path`.
    pub(crate) fn new(step: &Residence, path: &Path) -> Result<Self, Diagnostic> {
        let declaration = Declaration { step, path };
        let (mut rule, edition_end) = declaration.rule()?;
        let day = |date: Option<Date>| date.and_then(Date::days);
        let Some(until) = day(step.until).or(edition_end) else {
            let message = format!("the rule `{}` needs to know how far the data go", step.rule);
            return Err(declaration.fault("rule", message, "add `until`: the last day that the data cover"));
        };
        if let Rule::LastExitNoReturn(last_exit) = &mut rule {
            last_exit.period = period(last_exit, day(step.from), until);
        } else if step.from.is_some() {
            let message = "this rule has no period".to_owned();
            return Err(declaration.fault("rule", message, "`from` belongs to last-exit rules"));
        }
        rule.check().map_err(|error| declaration.fault("rule", error.to_string(), "cannot be applied"))?;
        declaration.refuse_unused(&rule)?;
        declaration.refuse_guessed_days(&rule)?;
        declaration.check_permits(&rule)?;
        let boundary = declaration.parameter_text("boundary");
        Ok(Self {
            boundary: declaration.one_of("boundary", boundary, &BOUNDARY)?,
            declared: step.declared.clone(),
            durations: step.durations,
            rule,
            until,
            initial: declaration.one_of("initial", step.initial.as_deref(), &INITIAL)?,
            observed_from: day(step.observed_from),
            faults: declaration.one_of("faults", step.faults.as_deref(), &FAULTS)?,
            same_day: declaration.one_of("same_day", step.same_day.as_deref(), &SAME_DAY)?,
        })
    }

    /// The period whose migrations count, if the rule has one.
    pub(crate) fn period(&self) -> Option<Period> {
        match self.rule {
            Rule::LastExitNoReturn(rule) => rule.period,
            Rule::CumulativeWindow(_) | Rule::Continuous(_) | Rule::FirstArrivalLastDeparture(_) => None,
        }
    }

    /// The rule with all that its answers depend on, and nothing else, as text for the rows of tables.
    pub(crate) fn parameters(&self) -> String {
        let iso = |day| Date::from_days(day).map(|date| date.to_string()).unwrap_or_default();
        let mut pairs = self.rule.parameters();
        pairs.push(("until", iso(self.until)));
        if has_status(&self.rule) {
            pairs.extend(self.observed_from.map(|day| ("observed_from", iso(day))));
            pairs.extend(self.declared.clone().map(|column| ("declared", column)));
            pairs.push(("initial", word_of(self.initial, &INITIAL)));
        }
        if has_status(&self.rule) || leaves_out_rows(self.faults) {
            pairs.push(("faults", word_of(self.faults, &FAULTS)));
        }
        pairs.push(("same_day", word_of(self.same_day, &SAME_DAY)));
        if self.boundary != Boundary::default() {
            pairs.push(("boundary", word_of(self.boundary, &BOUNDARY)));
        }
        pairs.extend(self.durations.map(|unit| ("durations", unit.name().to_owned())));
        let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}({})", self.rule.name(), pairs.join(", "))
    }
}

/// Whether a rule follows a status from crossing to crossing.
fn has_status(rule: &Rule) -> bool {
    match rule {
        Rule::CumulativeWindow(_) | Rule::Continuous(_) => true,
        Rule::LastExitNoReturn(_) | Rule::FirstArrivalLastDeparture(_) => false,
    }
}

/// Whether a policy leaves rows out. The others say where a missing crossing lies, which is never the last: that is all the same to
/// a rule without a status.
fn leaves_out_rows(faults: FaultPolicy) -> bool {
    match faults {
        FaultPolicy::RejectPerson | FaultPolicy::DropLater | FaultPolicy::DropEarlier => true,
        FaultPolicy::Bounds
        | FaultPolicy::Lower
        | FaultPolicy::Upper
        | FaultPolicy::Midpoint
        | FaultPolicy::AsRecorded => false,
    }
}

/// What a value is called in pipeline files.
fn word_of<T: PartialEq>(value: T, names: &[(&str, T)]) -> String {
    names.iter().find(|(_, known)| *known == value).map_or_else(String::new, |(name, _)| (*name).to_owned())
}

/// A step while it is read, and where it is.
struct Declaration<'a> {
    step: &'a Residence,
    path: &'a Path,
}

impl Declaration<'_> {
    fn fault(&self, field: &str, message: String, label: &str) -> Diagnostic {
        Diagnostic::error(Code::Rule, message).at(self.path.clone().field(field), label)
    }

    /// The rule of a preset, with the end of its edition, or of a family with the parameters of the step.
    fn rule(&self) -> Result<(Rule, Option<i32>), Diagnostic> {
        let name = self.step.rule.as_str();
        if let Some(family) = Family::ALL.into_iter().find(|family| family.name() == name) {
            return Ok((self.family(family)?, None));
        }
        if let Some((parameter, _)) = self.step.parameters.first() {
            let message = format!("the preset `{name}` has parameters of its own");
            let label = format!("`{parameter}` belongs to a rule that is spelt out");
            return Err(self.fault(parameter, message, &label));
        }
        let Some(preset) = preset(name) else { return Err(self.unknown_rule()) };
        match preset.method {
            Method::Crossings(rule) => Ok((rule, preset.until)),
            method @ (Method::Permits(_) | Method::Signs(_)) => {
                let message = format!("the rule `{name}` ({}) works on other records", method.name());
                let fault = self.fault("rule", message, "crossings need another rule");
                Err(fault.help(format!("`op = \"{}\"` applies it", operation_of(&method))))
            }
        }
    }

    /// Permits stand beside the crossings where the rule needs them, and nowhere else.
    fn check_permits(&self, rule: &Rule) -> Result<(), Diagnostic> {
        match (rule, &self.step.permits) {
            (Rule::FirstArrivalLastDeparture(_), None) => {
                let message = format!("the rule `{}` needs permits beside the crossings", self.step.rule);
                let label = "add `permits`: the column of the last day of a permit";
                let fault = self.fault("rule", message, label);
                Err(fault.help("files of crossings and of permits are variants of one source; a row of a permit has its first day in `date`, its last day in this column, and no direction"))
            }
            (Rule::LastExitNoReturn(_) | Rule::CumulativeWindow(_) | Rule::Continuous(_), Some(_)) => {
                let message = format!("the rule `{}` asks nothing of permits", self.step.rule);
                Err(self.fault("permits", message, "leave it out"))
            }
            (Rule::FirstArrivalLastDeparture(_), Some(_))
            | (Rule::LastExitNoReturn(_) | Rule::CumulativeWindow(_) | Rule::Continuous(_), None) => Ok(()),
        }
    }

    /// What a step says of the status before the first crossing belongs to rules that have a status.
    fn refuse_unused(&self, rule: &Rule) -> Result<(), Diagnostic> {
        let step = self.step;
        let stated = [
            ("initial", step.initial.is_some()),
            ("observed_from", step.observed_from.is_some()),
            ("declared", step.declared.is_some()),
        ];
        match stated.iter().find(|(_, is_stated)| *is_stated && !has_status(rule)) {
            None => Ok(()),
            Some((field, _)) => {
                let message =
                    format!("the rule `{}` asks nothing of the time before the first crossing", step.rule);
                Err(self.fault(field, message, "leave it out"))
            }
        }
    }

    /// Crossings that are put in the middle of a gap stand in no row, so that nothing can be followed to them.
    fn refuse_guessed_days(&self, rule: &Rule) -> Result<(), Diagnostic> {
        let are_guessed = self.step.faults.as_deref() == Some("midpoint") && has_status(rule);
        if self.step.durations.is_none() || !are_guessed {
            return Ok(());
        }
        let message = "migrations cannot be followed to crossings whose days are guessed".to_owned();
        let fault = self.fault(
            "durations",
            message,
            "`faults = \"midpoint\"` puts missing crossings in the middle of gaps",
        );
        Err(fault
            .help("leave one of them out: by `bounds` it is said of which migrations the end is not known"))
    }

    fn unknown_rule(&self) -> Diagnostic {
        let name = &self.step.rule;
        if let Some(what) = withdrawn(name) {
            let message = format!("there is no rule `{name}` any more");
            return self.fault("rule", message, "withdrawn, because its name promised more").note(what);
        }
        let presets = presets().iter().map(|preset| preset.name);
        let names: Vec<&str> = presets.chain(Family::ALL.map(Family::name)).collect();
        self.fault("rule", format!("unknown rule `{name}`"), "neither a preset nor a family of rules")
            .note(format!("known here: {}", names.join(", ")))
            .maybe_help(did_you_mean(name, names))
    }

    /// A rule of a family with the parameters of the step.
    fn family(&self, family: Family) -> Result<Rule, Diagnostic> {
        let needed = family.parameters();
        let mut given = self.step.parameters.iter().map(|(name, _)| name.as_str());
        let known = [needed, family.optional()].concat();
        if let Some(other) = given.find(|name| !known.contains(name)) {
            let message = format!("the rule `{}` has no parameter `{other}`", self.step.rule);
            return Err(self.fault(other, message, &format!("it has {}", known.join(", "))));
        }
        let comparison = self.one_of("comparison", self.parameter_text("comparison"), &COMPARISON)?;
        Ok(match family {
            Family::CumulativeWindow => Rule::CumulativeWindow(CumulativeWindow {
                threshold: self.parameter("threshold")?,
                window: self.parameter("window")?,
                comparison,
            }),
            Family::Continuous => {
                Rule::Continuous(Continuous { threshold: self.parameter("threshold")?, comparison })
            }
            Family::FirstArrivalLastDeparture => Rule::FirstArrivalLastDeparture(FirstArrivalLastDeparture {
                threshold: self.parameter("threshold")?,
                comparison,
                joining_gap: self.parameter("joining_gap")?,
            }),
            Family::LastExitNoReturn => Rule::LastExitNoReturn(LastExitNoReturn {
                period: None,
                minimum_absence: self.parameter("minimum_absence")?,
            }),
        })
    }

    fn parameter_text(&self, name: &str) -> Option<&str> {
        let stated = self.step.parameters.iter().find(|(parameter, _)| parameter == name);
        stated.map(|(_, text)| text.as_str())
    }

    /// A parameter that is a length of time.
    fn parameter(&self, name: &str) -> Result<Span, Diagnostic> {
        const LABEL: &str = "write it like \"365 days\" or \"12 months\"";
        match self.parameter_text(name) {
            None => {
                let message = format!("the parameter `{name}` is missing");
                Err(self.fault("rule", message, "write it like \"365 days\""))
            }
            Some(text) => {
                Span::parse(text).ok_or_else(|| self.fault(name, "not a length of time".to_owned(), LABEL))
            }
        }
    }

    /// The value of a word in a field of the step; the default where it is absent.
    fn one_of<T: Copy + Default>(
        &self,
        field: &str,
        text: Option<&str>,
        names: &[(&str, T)],
    ) -> Result<T, Diagnostic> {
        let Some(text) = text else { return Ok(T::default()) };
        let known = names.iter().find(|(name, _)| *name == text);
        known.map(|(_, value)| *value).ok_or_else(|| {
            let words: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
            let message = format!("unknown value `{text}` of `{field}`");
            self.fault(field, message, "not one of the known words")
                .note(format!("known here: {}", words.join(", ")))
                .maybe_help(did_you_mean(text, words))
        })
    }
}

/// The operation that applies a rule.
fn operation_of(method: &Method) -> &'static str {
    match method {
        Method::Crossings(_) => "residence",
        Method::Permits(PermitRule::FirstPermit(_) | PermitRule::Journey(_)) => "permits",
        Method::Permits(PermitRule::Stock(_)) => "stock",
        Method::Signs(_) => "signs_of_life",
    }
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
