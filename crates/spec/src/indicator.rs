//! The catalogue of indicators: what can be computed from the counts of a table, one entry each.
//!
//! From an entry, the checks refuse what cannot be computed, `denizen explain indicator:NAME` prints a page, and
//! `aggregate` computes. A new indicator of a form that exists is a new entry and nothing else.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use toml::Spanned;
use toml::de::DeValue;

use crate::schema::Schema;
use crate::table::Table;
use crate::text::{Fields, Findings, unknown_value, wrong_type};
use crate::{Code, ColumnType, Diagnostic, columns};

/// What is computed from the counts of a table.
#[derive(Debug, PartialEq)]
pub struct Indicator {
    /// Its name in pipelines and in the column `indicator`.
    pub name: &'static str,
    /// What it is called in print: a noun without an article.
    pub title: &'static str,
    /// What its values are in.
    pub unit: Unit,
    /// Decimals to be shown; tables hold all of them.
    pub decimals: u8,
    /// How it is computed, in words.
    pub formula: &'static str,
    /// Who defines or prints it so.
    pub source: &'static str,
    /// What a table must have.
    pub needs: &'static [Need],
    /// What a pipeline may state beside its name.
    pub parameters: &'static [Parameter],
    /// Why a table may have no value of it at all.
    pub absent: &'static str,
    /// How it is computed.
    pub form: Form,
}

/// What the values of an indicator are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Always the same, such as `percent`.
    Named(&'static str),
    /// That of the counts, such as `persons`.
    OfCounts,
}

/// What a table must have for an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// At least one dimension, over which parts are compared: `over`, or the last one.
    Over,
    /// The dimension of this name.
    Dimension(&'static str),
    /// `reference_date` as a date, or `year` as a whole number, but not both.
    Time,
    /// `age` or `age_group`, but not both; and an end of the open group, if there is one.
    Ages,
}

impl Need {
    /// What it asks for, in words.
    pub fn in_words(self) -> String {
        match self {
            Self::Over => "a dimension over which parts are compared: `over`, or the last one".to_owned(),
            Self::Dimension(name) => format!("the dimension `{name}`"),
            Self::Time => "one dimension of time: `reference_date` or `year`".to_owned(),
            Self::Ages => "the dimension `age` (single years) or `age_group` (such as 25-29, 85+)".to_owned(),
        }
    }
}

/// A number that a pipeline may state for an indicator.
#[derive(Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub title: &'static str,
    /// What it may be.
    pub bounds: RangeInclusive<i64>,
}

/// How an indicator is computed. Each form is a file in `aggregate/src/indicators/`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// `times` · of / to, within the cells that agree in all dimensions but `along`.
    Ratio {
        /// The dimension along which cells are picked.
        along: Along,
        /// What is divided.
        of: Part,
        /// What it is divided by.
        to: Whole,
        /// The scale: 100 for percent.
        times: f64,
    },
    /// 1 + the number of larger counts along a dimension.
    Rank {
        /// The dimension along which codes are ranked.
        along: Along,
    },
    /// From an earlier time to a later one.
    Change {
        /// How it is told.
        kind: ChangeKind,
        /// Years between the two.
        lag: i64,
    },
    /// One value for all codes along a dimension, which stands at its total.
    Reduce {
        /// The dimension that is folded.
        along: Along,
        /// What the codes are folded to.
        function: Function,
    },
}

/// A dimension, as indicators name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// The table's `over`, or its last dimension.
    Over,
    /// The dimension of this name.
    Named(&'static str),
    /// `age` or `age_group`.
    Ages,
}

/// Which cells along a dimension are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Each code for itself; neither the total nor *not stated*.
    Each,
    /// One code. The value stands at the total of the dimension.
    Code(&'static str),
}

/// By which cells along a dimension others are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// All codes together: the published total, else the sum of the stated codes as they are shown.
    Total,
    /// One code.
    Code(&'static str),
}

/// How a change is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Later less earlier.
    Absolute,
    /// In percent of the earlier.
    Percent,
}

/// What the codes along a dimension are folded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The mean of exact ages, persons being spread evenly over their group.
    MeanAge,
}

/// The parameter that ends an open group of ages.
pub const CLOSE_OPEN_GROUP_AT: &str = "close_open_group_at";

/// Every indicator, in the order of the catalogue.
static CATALOGUE: [Indicator; 6] = [
    Indicator {
        name: "share",
        title: "Share",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · n / total. The total of a published table is the published one, that of records the sum of the \
                  stated codes as they are shown; what is not stated is in neither. `base` is the total. Where counts are \
                  suppressed, no share is given that they could change by more than a hundredth of itself, nor one of all \
                  that are shown (`Q`); one that is given is an estimate (`E`).",
        source: "ISTAT, Cittadini non comunitari in Italia: the share of each community, every year.",
        needs: &[Need::Over],
        parameters: &[],
        absent: "Cells of a publication have shares only where a total above zero is published, and records only where one of them states a code.",
        form: Form::Ratio { along: Along::Over, of: Part::Each, to: Whole::Total, times: 100.0 },
    },
    Indicator {
        name: "rank",
        title: "Rank",
        unit: Unit::Named("rank"),
        decimals: 0,
        formula: "1 + the number of larger counts, so that equal counts share the better place. `base` is the number of \
                  codes ranked. Neither ranked nor in the base: totals, what is not stated, what is left over (codes of \
                  kind `residual` in their list, such as other countries or stateless, and codes that begin with an \
                  underscore), and counts that are not there; one code alone is not ranked either. Where the ranked codes \
                  leave more of the total than a code has, or no total is known, a code that is not listed may be \
                  larger: the rank is then one among the listed codes only, and marked `D` (definition differs). \
                  Suppressed counts have their places behind all that are shown, and no rank is told of them.",
        source: "Ministero del Lavoro, Rapporti annuali sulle comunità migranti in Italia: place of each community.",
        needs: &[Need::Over],
        parameters: &[],
        absent: "Fewer than two codes have a count at the same time, totals, what is not stated and what is left over aside.",
        form: Form::Rank { along: Along::Over },
    },
    Indicator {
        name: "sex_ratio",
        title: "Sex ratio",
        unit: Unit::Named("men_per_100_women"),
        decimals: 1,
        formula: "100 · men / women. It stands at the total of `sex`.",
        source: "United Nations, Demographic Yearbook: males per 100 females (Spanish razón de sexo).",
        needs: &[Need::Dimension("sex")],
        parameters: &[],
        absent: "No two cells have `sex` F and M and agree in everything else, or no woman is counted.",
        form: Form::Ratio {
            along: Along::Named("sex"),
            of: Part::Code("M"),
            to: Whole::Code("F"),
            times: 100.0,
        },
    },
    Indicator {
        name: "change",
        title: "Change",
        unit: Unit::OfCounts,
        decimals: 0,
        formula: "n less n of the year before, where the table has both years. It stands at the later one, and is \
                  left open across a break in the series (flag `b`).",
        source: "ISTAT, Cittadini non comunitari in Italia: change from one 1 January to the next.",
        needs: &[Need::Time],
        parameters: &[],
        absent: "No two times of the table are a year apart and have a count, or the series breaks between them.",
        form: Form::Change { kind: ChangeKind::Absolute, lag: 1 },
    },
    Indicator {
        name: "growth",
        title: "Growth rate",
        unit: Unit::Named("percent"),
        decimals: 1,
        formula: "100 · (n / n of the year before − 1), where the table has both years and the earlier is not zero. \
                  It stands at the later one, and is left open across a break in the series (flag `b`). `base` is \
                  the earlier count.",
        source: "ISTAT and Eurostat: crude growth in percent. Cinformi (Trento), permits of 1 January 2022 and 2023.",
        needs: &[Need::Time],
        parameters: &[],
        absent: "No two times of the table are a year apart and have a count, the earlier above zero, or the series breaks between them.",
        form: Form::Change { kind: ChangeKind::Percent, lag: 1 },
    },
    Indicator {
        name: "mean_age",
        title: "Mean age",
        unit: Unit::Named("years"),
        decimals: 1,
        formula: "Σ n · m / Σ n over the stated ages, m being the middle of the group: completed age + 0.5 for \
                  single years, else half of first age and first age of the next group. It stands at the total of \
                  the ages; `base` is Σ n. An open group must be ended by `close_open_group_at`, and the value is \
                  then an estimate (`E`). Cells of a publication must have a total that they add up to.",
        source: "ISTAT: mean age of foreign residents (completed age + 0.5).",
        needs: &[Need::Ages],
        parameters: &[Parameter {
            name: CLOSE_OPEN_GROUP_AT,
            title: "age at which the open group is taken to end",
            bounds: 1..=150,
        }],
        absent: "No cell states an age, counts are missing, or the ages do not add up to a published total.",
        form: Form::Reduce { along: Along::Ages, function: Function::MeanAge },
    },
];

/// An indicator as a pipeline asks for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(into = "NamedIndicator", try_from = "NamedIndicator")]
pub struct IndicatorUse {
    /// The indicator.
    pub indicator: &'static Indicator,
    /// Parameters that are stated, by name.
    pub parameters: Vec<(&'static str, i64)>,
}

/// An indicator as it leaves a process: by name.
#[derive(Serialize, Deserialize)]
struct NamedIndicator {
    name: String,
    #[serde(flatten)]
    parameters: BTreeMap<String, i64>,
}

impl From<IndicatorUse> for NamedIndicator {
    fn from(asked: IndicatorUse) -> Self {
        let parameters = asked.parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        Self { name: asked.indicator.name.to_owned(), parameters }
    }
}

impl TryFrom<NamedIndicator> for IndicatorUse {
    type Error = String;

    fn try_from(named: NamedIndicator) -> Result<Self, String> {
        let NamedIndicator { name, parameters } = named;
        let indicator = Indicator::named(&name).ok_or_else(|| format!("unknown indicator `{name}`"))?;
        let known = |stated: &str| indicator.parameters.iter().find(|parameter| parameter.name == stated);
        let parameters = parameters.into_iter().map(|(stated, value)| {
            let parameter = known(&stated).filter(|parameter| parameter.bounds.contains(&value));
            let parameter =
                parameter.ok_or_else(|| format!("`{name}` has no parameter `{stated}` = {value}"));
            Ok::<_, String>((parameter?.name, value))
        });
        Ok(Self { indicator, parameters: parameters.collect::<Result<_, _>>()? })
    }
}

impl Indicator {
    /// Every indicator, in the order of the catalogue.
    pub fn all() -> &'static [Self] {
        &CATALOGUE
    }

    /// The indicator of this name.
    ///
    /// ```
    /// use denizen_spec::Indicator;
    /// assert_eq!(Indicator::named("sex_ratio").unwrap().title, "Sex ratio");
    /// assert!(Indicator::named("sex_rate").is_none());
    /// ```
    pub fn named(name: &str) -> Option<&'static Self> {
        CATALOGUE.iter().find(|indicator| indicator.name == name)
    }

    fn names() -> impl Iterator<Item = &'static str> + Clone {
        CATALOGUE.iter().map(|indicator| indicator.name)
    }
}

impl IndicatorUse {
    /// A stated parameter.
    pub fn parameter(&self, name: &str) -> Option<i64> {
        self.parameters.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    /// `indicators`: names, or tables of a name and parameters.
    pub(crate) fn read_all(fields: &Fields<'_, '_>, findings: &Findings) -> Vec<Self> {
        let Some(value) = fields.value("indicators") else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().collect(),
            _ => vec![value],
        };
        let mut uses: Vec<Self> = Vec::new();
        for item in items {
            let Some(read) = Self::read(item, findings) else { continue };
            if uses.iter().any(|known| known.indicator == read.indicator) {
                let fault = Diagnostic::error(Code::ColumnTwice, "the indicator is there twice");
                findings.push(fault.at_span(item.span(), "again"));
            } else {
                uses.push(read);
            }
        }
        uses
    }

    fn read(item: &Spanned<DeValue<'_>>, findings: &Findings) -> Option<Self> {
        if let Some(name) = item.get_ref().as_str() {
            let name = Spanned::new(item.span(), name.to_owned());
            return Some(Self { indicator: find(&name, findings)?, parameters: Vec::new() });
        }
        if item.get_ref().as_table().is_none() {
            findings.push(wrong_type(item, "a string"));
            return None;
        }
        let fields = Fields::of(item, findings)?;
        fields.in_section("indicator");
        let indicator = fields.string("name").and_then(|name| find(&name, findings));
        let Some(indicator) = indicator else {
            fields.ignore_unknown();
            fields.finish();
            return None;
        };
        let mut parameters = Vec::new();
        for parameter in indicator.parameters {
            let Some(number) = fields.optional_integer(parameter.name) else { continue };
            let (least, most) = (parameter.bounds.start(), parameter.bounds.end());
            if !parameter.bounds.contains(number.get_ref()) {
                fields.fault(&number, &format!("a number from {least} to {most}"));
            }
            parameters.push((parameter.name, *number.get_ref()));
        }
        fields.finish();
        Some(Self { indicator, parameters })
    }

    /// Why the indicator cannot be computed from the cells of a table: message, and what to do.
    pub(crate) fn refusals(&self, table: &Table, schema: &Schema) -> Vec<(String, String)> {
        let refused = |need: &Need| match need {
            Need::Over if table.dimensions.is_empty() => Some((
                "a dimension".to_owned(),
                "add one to `dimensions`: parts are compared over it".to_owned(),
            )),
            Need::Over => {
                let is_one = table.over().len() == 1 || matches!(self.indicator.form, Form::Ratio { .. });
                (!is_one).then(|| {
                    (
                        "one dimension in `over`".to_owned(),
                        "name one: only shares are taken over several".to_owned(),
                    )
                })
            }
            Need::Dimension(name) => (!has(table, name))
                .then(|| (format!("the dimension `{name}`"), format!("add `{name}` to `dimensions`"))),
            Need::Time => time_refusal(table, schema),
            Need::Ages => self.ages_refusal(table, schema),
        };
        let refused = self.indicator.needs.iter().filter_map(refused);
        let title = self.indicator.title.to_lowercase();
        refused.map(|(what, label)| (format!("a {title} needs {what}"), label)).collect()
    }

    fn ages_refusal(&self, table: &Table, schema: &Schema) -> Option<(String, String)> {
        let name = match AGES.map(|name| has(table, name)) {
            [true, false] => AGES[0],
            [false, true] => AGES[1],
            [true, true] => return Some(("ages once".to_owned(), "leave out one of them".to_owned())),
            [false, false] => {
                let label = "add `age` (single years) or `age_group` to `dimensions`";
                return Some(("ages".to_owned(), label.to_owned()));
            }
        };
        let open = schema.get(table.column_of(name))?.open_age?;
        let what = format!("an end of the open group {open}+");
        match self.parameter(CLOSE_OPEN_GROUP_AT) {
            None => {
                let label =
                    format!("write {{ name = \"{}\", {CLOSE_OPEN_GROUP_AT} = … }}", self.indicator.name);
                Some((what, label))
            }
            Some(end) if end <= open => Some((what, format!("`{CLOSE_OPEN_GROUP_AT}` is not above {open}"))),
            Some(_) => None,
        }
    }
}

/// The dimensions that hold ages.
const AGES: [&str; 2] = ["age", "age_group"];

impl Along {
    /// Which of the dimensions they are: the indices, of which there are several only where a table takes shares over several
    /// together.
    pub fn find(self, table: &Table) -> Vec<usize> {
        let position = |name: &str| table.dimensions.iter().position(|dimension| dimension == name);
        match self {
            Self::Over => table.over().into_iter().filter_map(position).collect(),
            Self::Named(name) => position(name).into_iter().collect(),
            Self::Ages => AGES.into_iter().find_map(position).into_iter().collect(),
        }
    }
}

/// Which of the dimensions of a table is its time: `reference_date`, or `year`.
pub fn time_dimension(table: &Table) -> Option<usize> {
    let position = |name: &str| table.dimensions.iter().position(|dimension| dimension == name);
    position(columns::REFERENCE_DATE).or_else(|| position(columns::YEAR))
}

fn find(name: &Spanned<String>, findings: &Findings) -> Option<&'static Indicator> {
    let found = Indicator::named(name.get_ref());
    if found.is_none() {
        findings.push(unknown_value("indicator", name, Indicator::names()));
    }
    found
}

fn has(table: &Table, name: &str) -> bool {
    table.dimensions.iter().any(|dimension| dimension == name)
}

fn time_refusal(table: &Table, schema: &Schema) -> Option<(String, String)> {
    let times = [(columns::REFERENCE_DATE, ColumnType::Date), (columns::YEAR, ColumnType::Integer)];
    let shown: Vec<_> = times.into_iter().filter(|(name, _)| has(table, name)).collect();
    let label = match shown.as_slice() {
        [] => "add `year` or `reference_date` to `dimensions`",
        [(name, wanted)] => match schema.get(table.column_of(name)) {
            Some(column) if column.column_type != *wanted => {
                "its dimension of time is neither a date nor a year as a whole number"
            }
            Some(_) | None => return None,
        },
        _ => "leave out one of `year` and `reference_date`",
    };
    Some(("one dimension of time".to_owned(), label.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_complete_and_need_what_their_form_needs() {
        for indicator in Indicator::all() {
            let name = indicator.name;
            assert_eq!(Indicator::named(name), Some(indicator), "names are unique: {name}");
            assert!(indicator.formula.len() > 10 && indicator.source.len() > 10, "{name}");
            let along = |along: Along| match along {
                Along::Over => Need::Over,
                Along::Named(name) => Need::Dimension(name),
                Along::Ages => Need::Ages,
            };
            let need = match indicator.form {
                Form::Ratio { along: dimension, .. }
                | Form::Rank { along: dimension }
                | Form::Reduce { along: dimension, .. } => along(dimension),
                Form::Change { lag, .. } => {
                    assert!(lag > 0, "{name}");
                    Need::Time
                }
            };
            assert!(indicator.needs.contains(&need), "{name}");
        }
    }

    fn faults(dimensions: &str, indicators: &str) -> Vec<String> {
        let text = format!(
            r#"
            spec = 1
            title = "T"
            vintage = "2026"
            [source.s]
            files = "s.csv"
            format = "csv"
            [source.s.columns]
            birth = {{ type = "date", personal = true }}
            day = {{ type = "date" }}
            sex = {{ codes = {{ F = "F", M = "M" }} }}
            [[clean]]
            op = "derive"
            column = "year"
            method = "year"
            from = "day"
            [[clean]]
            op = "derive"
            column = "years"
            method = "age"
            birth = "birth"
            at = "day"
            [[clean]]
            op = "derive"
            column = "age_group"
            method = "age_group"
            from = "years"
            open = 85
            [[table]]
            name = "t"
            measure = "count"
            concept = "c"
            dimensions = [{dimensions}]
            indicators = [{indicators}]
            "#
        );
        let faults = crate::parse(&text).err().unwrap_or_default();
        faults.into_iter().map(|fault| fault.message).collect()
    }

    #[test]
    fn what_cannot_be_computed_is_refused_with_the_reason() {
        let closed = r#"{ name = "mean_age", close_open_group_at = 100 }"#;
        let table: [(&str, &str, &[&str]); 13] = [
            (r#""year", "sex""#, r#""share", "rank", "sex_ratio", "change", "growth""#, &[]),
            ("", r#""share""#, &["a share needs a dimension"]),
            (r#""year""#, r#""sex_ratio""#, &["a sex ratio needs the dimension `sex`"]),
            (r#""sex""#, r#""growth""#, &["a growth rate needs one dimension of time"]),
            (r#""sex""#, r#""mean_age""#, &["a mean age needs ages"]),
            (r#""age_group""#, r#""mean_age""#, &["a mean age needs an end of the open group 85+"]),
            (
                r#""age_group""#,
                r#"{ name = "mean_age", close_open_group_at = 85 }"#,
                &["a mean age needs an end of the open group 85+"],
            ),
            (r#""age_group""#, closed, &[]),
            (r#""sex""#, r#""shares""#, &["unknown indicator `shares`"]),
            (r#""sex""#, r#"{ name = "shares", lag = 1 }"#, &["unknown indicator `shares`"]),
            (r#""sex""#, r#"{ name = "share", lag = 1 }"#, &["unknown field `lag`"]),
            (r#""sex""#, r#""share", { name = "share" }"#, &["the indicator is there twice"]),
            (r#""sex""#, "7", &["expected a string, found integer"]),
        ];
        for (dimensions, indicators, expected) in table {
            assert_eq!(faults(dimensions, indicators), expected, "{dimensions} {indicators}");
        }
    }
}
