//! `op = "residence"`: decides by a rule which crossings are migrations.

use denizen_residence::{
    Comparison, Continuous, CumulativeWindow, FirstArrivalLastDeparture, LastExitNoReturn, Method, Rule,
    Span, preset,
};
use serde::{Deserialize, Serialize};

use crate::date::{Date, end_of_month};
use crate::operations::{Declaration, Scope, column};
use crate::schema::{ColumnInfo, SchemaChange};
use crate::text::Fields;
use crate::{Code, ColumnType, Diagnostic, Path, Table, columns};

/// Longer than every window, in days.
const LONGEST_WINDOW: i32 = 150_000;

/// The unit in which it is told how long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationUnit {
    /// Calendar months.
    Months,
    /// Years of twelve calendar months.
    Years,
}

impl DurationUnit {
    const NAMES: [(&str, Self); 2] = [(Self::Months.name(), Self::Months), (Self::Years.name(), Self::Years)];

    /// As it is written in a pipeline.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Months => "months",
            Self::Years => "years",
        }
    }

    /// The months of one.
    pub const fn months(self) -> i32 {
        match self {
            Self::Months => 1,
            Self::Years => 12,
        }
    }

    /// So many of them.
    ///
    /// ```
    /// use denizen_residence::Span;
    /// assert_eq!(denizen_spec::DurationUnit::Years.span(2), Span::Months(24));
    /// ```
    pub const fn span(self, number: i32) -> Span {
        Span::Months(number.saturating_mul(self.months()))
    }
}

/// The dimensions of a table in which migrations are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DurationsIn {
    /// The unit of the durations.
    pub unit: DurationUnit,
    /// The dimension that tells the duration.
    pub duration: Option<usize>,
    /// The dimension that tells the outcome.
    pub outcome: Option<usize>,
}

/// A residence rule, the columns that it reads, and how it treats what the columns leave open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Residence {
    /// Name of a preset, or of a family of rules whose parameters are then spelt out.
    pub rule: String,
    /// What the rule is called in tables; the name of the rule unless stated.
    pub name: String,
    /// The column that identifies the person.
    pub person: String,
    /// The day of the crossing.
    pub date: String,
    /// The column that orders the crossings of one day: a running number or a time.
    pub sequence: Option<String>,
    /// `arrival` or `departure`.
    pub direction: String,
    /// First day of the period whose migrations count; the preset's own when absent.
    pub from: Option<Date>,
    /// Cut-off: the last day that is observed; the preset's own when absent.
    pub until: Option<Date>,
    /// Parameters by name, where the rule is a family: `threshold`, `window`, `minimum_absence`, such as `365 days`; `comparison`
    /// (`at_least` or `more_than`) and `boundary` (`departure_day_abroad` or `departure_day_inside`).
    pub parameters: Vec<(String, String)>,
    /// What is assumed of a person before the first crossing.
    pub initial: Option<String>,
    /// First day of the data, from which a long silence settles the status.
    pub observed_from: Option<Date>,
    /// The column of the status that a person declared: `resident` or `non_resident`.
    pub declared: Option<String>,
    /// What to do with two crossings in the same direction.
    pub faults: Option<String>,
    /// How crossings of one day follow each other.
    pub same_day: Option<String>,
    /// The column of the last day of a permit, for rules that need permits beside the crossings: a row that states it and no direction is a
    /// permit, and its date is the first day.
    #[serde(default)]
    pub permits: Option<String>,
    /// Of each migration also how long it was until the person migrated back, in this unit: see [`columns::durations`].
    #[serde(default)]
    pub durations: Option<DurationUnit>,
    /// Of the crossings of so many months up to the cut-off it also says what was known at the end of each month: see
    /// [`columns::monthly_answers`]. [`parse`](crate::parse) sets it where a table is estimated.
    #[serde(default)]
    pub monthly_answers: u32,
}

impl Residence {
    /// A rule on the columns `person`, `crossed_on` and `direction`, with nothing else declared.
    pub fn new(rule: &str) -> Self {
        Self {
            rule: rule.to_owned(),
            name: rule.to_owned(),
            person: "person".to_owned(),
            date: "crossed_on".to_owned(),
            sequence: None,
            direction: "direction".to_owned(),
            from: None,
            until: None,
            parameters: Vec::new(),
            initial: None,
            observed_from: None,
            declared: None,
            faults: None,
            same_day: None,
            permits: None,
            durations: None,
            monthly_answers: 0,
        }
    }

    pub(super) fn read(fields: &Fields<'_, '_>) -> Option<Self> {
        const PARAMETERS: [&str; 6] =
            ["threshold", "window", "minimum_absence", "joining_gap", "comparison", "boundary"];
        let rule = fields.text("rule");
        let name = fields.optional_text("name");
        let parameter = |key: &'static str| Some((key.to_owned(), fields.optional_text(key)?));
        Some(Self {
            person: column(fields, "person", "person"),
            date: column(fields, "date", "crossed_on"),
            sequence: fields.optional_text("sequence"),
            direction: column(fields, "direction", "direction"),
            from: fields.optional_date("from"),
            until: fields.optional_date("until"),
            parameters: PARAMETERS.into_iter().filter_map(parameter).collect(),
            initial: fields.optional_text("initial"),
            observed_from: fields.optional_date("observed_from"),
            declared: fields.optional_text("declared"),
            faults: fields.optional_text("faults"),
            same_day: fields.optional_text("same_day"),
            permits: fields.optional_text("permits"),
            durations: fields.optional_one_of("durations", &DurationUnit::NAMES),
            monthly_answers: 0,
            name: name.or_else(|| rule.clone())?,
            rule: rule?,
        })
    }

    /// Whether the rule follows a status from crossing to crossing. A rule that is not known is taken to do so.
    pub fn has_status(&self) -> bool {
        let method = preset(&self.rule).map(|preset| preset.method);
        let is_last_exit = matches!(method, Some(Method::Crossings(Rule::LastExitNoReturn(_))));
        !is_last_exit && self.rule != "last_exit_no_return" && !self.is_within_permits()
    }

    /// Whether it judges crossings within permits. Such a rule cannot tell of all while a permit runs.
    pub fn is_within_permits(&self) -> bool {
        let method = preset(&self.rule).map(|preset| preset.method);
        let is_preset = matches!(method, Some(Method::Crossings(Rule::FirstArrivalLastDeparture(_))));
        is_preset || self.rule == "first_arrival_last_departure"
    }

    /// The last day, as days since 1970-01-01, whose crossings the rule can judge whatever comes after its cut-off; later ones are
    /// provisional. None of a rule that is not known.
    ///
    /// ```
    /// use denizen_spec::{Date, Residence};
    ///
    /// let until = Some(Date { year: 2007, month: 12, day: 31 });
    /// let decided = Residence { until, ..Residence::new("nz_12_16") }.decided_until();
    /// assert_eq!(decided.and_then(Date::from_days), Some(Date { year: 2006, month: 9, day: 1 }));
    /// ```
    pub fn decided_until(&self) -> Option<i32> {
        let (rule, edition_end) = self.rule_and_end()?;
        let until = self.until.and_then(Date::days).or(edition_end)?;
        let last = until - i32::from(self.counts_departure_day_inside());
        (0..LONGEST_WINDOW).map(|back| last - back).find(|day| observed(&rule, *day) <= last + 1)
    }

    /// Whether the day of a departure is one inside the country, so that the time outside begins a day after it.
    pub fn counts_departure_day_inside(&self) -> bool {
        self.parameters.iter().any(|(name, text)| name == "boundary" && text == "departure_day_inside")
    }

    /// How many months after the end of any month the rule has judged its crossings, whatever comes later. None of a rule that is not
    /// known, or that asks for no time after a crossing.
    ///
    /// ```
    /// assert_eq!(denizen_spec::Residence::new("nz_12_16").decided_after_months(), Some(17));
    /// assert_eq!(denizen_spec::Residence::new("uk_fald").decided_after_months(), None);
    /// ```
    pub fn decided_after_months(&self) -> Option<i32> {
        // Four years have every length of months, the day after February in a leap year included.
        const FIRST: i32 = 1999 * 12;
        const FEWEST_DAYS: i32 = 28;
        let (rule, _) = self.rule_and_end()?;
        if matches!(rule, Rule::FirstArrivalLastDeparture(_)) {
            return None;
        }
        let is_enough = |months: i32| {
            let ends = (FIRST..FIRST + 48).map(|month| (end_of_month(month), end_of_month(month + months)));
            let mut ends = ends;
            ends.all(|(end, later)| observed(&rule, end) <= later + 1)
        };
        (1..LONGEST_WINDOW / FEWEST_DAYS).find(|months| is_enough(*months))
    }

    /// The last day that is observed, as days since 1970-01-01: that of the step, or of the edition of its preset.
    pub fn last_day(&self) -> Option<i32> {
        let edition_end = self.rule_and_end().and_then(|(_, end)| end);
        self.until.and_then(Date::days).or(edition_end)
    }

    /// The rule of a preset, with the end of its edition, or of a family.
    fn rule_and_end(&self) -> Option<(Rule, Option<i32>)> {
        if let Some(preset) = preset(&self.rule) {
            return match preset.method {
                Method::Crossings(rule) => Some((rule, preset.until)),
                Method::Permits(_) | Method::Signs(_) => None,
            };
        }
        let text =
            |wanted: &str| self.parameters.iter().find(|(name, _)| name == wanted).map(|(_, text)| text);
        let span = |name: &str| Span::parse(text(name)?);
        let comparison = match text("comparison").map(String::as_str) {
            Some("more_than") => Comparison::MoreThan,
            Some(_) | None => Comparison::AtLeast,
        };
        let rule = match self.rule.as_str() {
            "cumulative_window" => {
                let (threshold, window) = (span("threshold")?, span("window")?);
                Rule::CumulativeWindow(CumulativeWindow { threshold, window, comparison })
            }
            "continuous" => Rule::Continuous(Continuous { threshold: span("threshold")?, comparison }),
            "last_exit_no_return" => {
                let minimum_absence = span("minimum_absence")?;
                Rule::LastExitNoReturn(LastExitNoReturn { period: None, minimum_absence })
            }
            "first_arrival_last_departure" => {
                let (threshold, joining_gap) = (span("threshold")?, span("joining_gap")?);
                Rule::FirstArrivalLastDeparture(FirstArrivalLastDeparture {
                    threshold,
                    comparison,
                    joining_gap,
                })
            }
            _ => return None,
        };
        Some((rule, None))
    }

    /// Which dimensions of a table tell how long migrations of this rule were followed, and what became of them.
    pub fn durations_in(&self, table: &Table) -> Option<DurationsIn> {
        let unit = self.durations?;
        let [duration, outcome] = columns::durations(&self.name);
        let position =
            |column: &str| table.dimensions.iter().position(|dimension| table.column_of(dimension) == column);
        let (duration, outcome) = (position(&duration), position(&outcome));
        (duration.is_some() || outcome.is_some()).then_some(DurationsIn { unit, duration, outcome })
    }

    /// The columns that the step makes: whether a record is a migration, on what that rests and, where the rule has a status, that
    /// status before and after it and the days on which status and migration were decided; how long migrants stayed or were away,
    /// where it is asked for.
    pub fn columns(&self) -> Vec<ColumnInfo> {
        let mut made = vec![
            ColumnInfo::new(&columns::migration(&self.name), ColumnType::Boolean),
            ColumnInfo::new(&columns::basis(&self.name), ColumnType::Code),
        ];
        if self.has_status() {
            let [before, after] = columns::statuses(&self.name);
            let [status, migration] = columns::decided_on(&self.name);
            made.extend([before, after].map(|name| ColumnInfo::new(&name, ColumnType::Code)));
            made.extend([status, migration].map(|name| ColumnInfo::new(&name, ColumnType::Date)));
        }
        if self.durations.is_some() {
            let [duration, outcome] = columns::durations(&self.name);
            made.push(ColumnInfo::new(&duration, ColumnType::Integer));
            made.push(ColumnInfo::new(&outcome, ColumnType::Code));
        }
        if self.monthly_answers > 0 {
            made.push(ColumnInfo::new(&columns::monthly_answers(&self.name), ColumnType::Code));
        }
        made
    }

    /// Where its name is written, or else the rule that gives it its name.
    fn name_path(&self, step: Path) -> Path {
        step.field(if self.name == self.rule { "rule" } else { "name" })
    }
}

/// The first day after what must be observed of a crossing of a day.
fn observed(rule: &Rule, day: i32) -> i32 {
    match rule {
        Rule::CumulativeWindow(rule) => rule.window.after(day),
        Rule::Continuous(rule) => {
            rule.threshold.after(day) + i32::from(rule.comparison == Comparison::MoreThan)
        }
        Rule::LastExitNoReturn(rule) => rule.minimum_absence.after(day) + 1,
        Rule::FirstArrivalLastDeparture(_) => i32::MAX,
    }
}

impl Declaration for Residence {
    fn name(&self) -> &'static str {
        "residence"
    }

    fn scope(&self) -> Scope<'_> {
        Scope::Person { person: &self.person, order: &self.date, sequence: self.sequence.as_deref() }
    }

    fn as_residence(&self) -> Option<&Residence> {
        Some(self)
    }

    fn order_field(&self) -> &'static str {
        "date"
    }

    fn needs_whole_persons(&self) -> bool {
        false
    }

    fn sees_later_rows(&self, _residence: &Residence) -> bool {
        false
    }

    fn decisive_columns(&self, _is_decisive: &dyn Fn(&str) -> bool) -> Vec<&str> {
        let columns = [&self.person, &self.date, &self.direction].into_iter();
        let columns = columns.chain(&self.sequence).chain(&self.declared).chain(&self.permits);
        columns.map(String::as_str).collect()
    }

    fn change(&self, schema: &mut SchemaChange<'_>) {
        schema.need(&self.direction, "direction", &[ColumnType::Code]);
        if let Some(declared) = &self.declared {
            schema.need(declared, "declared", &[ColumnType::Code]);
        }
        if let Some(permits) = &self.permits {
            schema.need(permits, "permits", &[ColumnType::Date]);
        }
        if self.durations.is_some() && !self.has_status() {
            let message = format!("under the rule `{}` nobody migrates back", self.rule);
            let fault =
                Diagnostic::error(Code::Rule, message).at(schema.path().field("durations"), "leave it out");
            schema.fault(fault.help(
                "rules that follow a status tell how long somebody stays or is away, such as `nz_12_16`",
            ));
        }
        let path = self.name_path(schema.path());
        // The days on which a rule has decided tell the days of a person's crossings.
        let personal = schema.is_personal(&self.date);
        let answers = columns::monthly_answers(&self.name);
        let made = self.columns().into_iter().map(|column| {
            let is_day = column.column_type == ColumnType::Date || column.name == answers;
            column.personal(personal && is_day)
        });
        let made = made.collect();
        schema.decides_by(&self.name);
        schema.add_all(made, &path);
    }
}
