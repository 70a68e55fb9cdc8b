//! How indicators are computed: a few forms, of which each indicator is one with its figures filled in.

use std::ops::RangeInclusive;

use crate::columns;
use crate::table::Table;

/// How an indicator is computed. Each form is a file in `aggregate/src/indicators/`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// `times` · of / to, within the cells that agree in all dimensions but `along`.
    Ratio {
        /// The dimensions along which cells are picked.
        along: &'static [Along],
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
        /// Which time is the earlier one.
        from: Earlier,
    },
    /// By how much another indicator differs from that of the year before.
    Difference {
        /// The name of the indicator.
        of: &'static str,
        /// The scale: -1 where less is better, as with ranks.
        times: f64,
    },
    /// One value for all codes along a dimension, which stands at its total.
    Reduce {
        /// The dimension that is folded.
        along: Along,
        /// What the codes are folded to.
        function: Function,
    },
    /// `times` · of / by, where counts of other tables are met by the dimensions that they share.
    Compare {
        /// What is divided.
        of: Numerator,
        /// What it is divided by.
        by: Denominator,
        /// The scale: 1,000 for rates.
        times: f64,
    },
    /// `times` · of / by, of the items of the table's `account`.
    Account {
        /// What is divided.
        of: AccountPart,
        /// What it is divided by.
        by: AccountBase,
        /// The scale: 100 for percent.
        times: f64,
    },
    /// How a group is spread over areas beside a population: the table's `over`, and `per`.
    Areas {
        /// What is told of it.
        function: Spread,
    },
    /// How many are still there after a time, or no more: `duration` and `outcome`.
    Survival {
        /// The outcome of a spell that has ended.
        event: &'static str,
        /// What is told of them.
        function: SpellEnds,
    },
    /// `times` · what the change of a crude rate from the year before comes to, over the codes of the table's `over`, of which `per` is
    /// the population.
    Decomposition {
        /// Which part of the change.
        effect: Effect,
        /// The scale: 1,000 for rates.
        times: f64,
    },
    /// What flows between areas come to: `origin` and `destination`, and, where sizes matter, `per`.
    Matrix {
        /// What is told of them.
        function: Flows,
    },
}

/// What is told of spells at each duration at which some end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpellEnds {
    /// The share that lasts longer, estimated from those at risk at each duration up to it.
    Survival,
    /// The share of all that has ended until then, where all were observed so long.
    Ended,
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
    /// Ages, together. The value stands at the total of the ages.
    Ages(&'static [Ages]),
}

/// By which cells along a dimension others are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// All codes together: the published total, else the sum of the stated codes as they are shown.
    Total,
    /// Some codes, together.
    Codes(&'static [&'static str]),
    /// Ages, together.
    Ages(&'static [Ages]),
}

/// Completed ages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ages {
    /// The first.
    pub from: i64,
    /// The first that is above them; none where there is no end.
    pub to: Option<i64>,
}

/// Completed ages from one up to another, the second left out.
pub(super) const fn ages(from: i64, to: i64) -> Ages {
    Ages { from, to: Some(to) }
}

/// Completed ages from one on.
pub(super) const fn ages_from(from: i64) -> Ages {
    Ages { from, to: None }
}

/// How a change is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Later less earlier.
    Absolute,
    /// In percent of the earlier.
    Percent,
    /// In percent of the earlier, for each of the years between: geometric mean.
    AnnualPercent,
    /// In percent for each of the years between: continuous growth.
    AnnualExponential,
    /// Later for each 100 of the earlier.
    Index,
}

/// Which time is the earlier one of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// The same day some years before.
    Lag(i64),
    /// The same day in the year that the parameter [`SINCE`] states.
    Since,
}

/// What the codes along a dimension are folded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// The mean of exact ages, persons being spread evenly over their group.
    MeanAge,
    /// The exact age that half of the persons have not reached.
    MedianAge,
    /// The share of the largest codes together.
    TopShare,
    /// The sum of squared shares.
    Herfindahl,
    /// As many codes of one size as give the same sum of squared shares.
    EffectiveNumber,
    /// 1 less the sum of squared shares.
    Simpson,
    /// The entropy of shares.
    Shannon,
    /// The entropy of shares, as a part of the largest that it can be.
    Evenness,
}

/// What a comparison of tables divides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numerator {
    /// The counts of the table.
    Counts,
    /// The counts of the table less those of `less`.
    Net,
    /// The counts of the table and those of `less` together.
    Gross,
}

/// What a comparison of tables divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denominator {
    /// Nothing: the numerator as it is.
    One,
    /// The counts of the table and those of `less` together.
    Gross,
    /// The population of `per` at the same time.
    Population,
    /// The population of `per` on 1 January of the year.
    AtStart,
    /// The mean of the population of `per` on 1 January of the year and of the next, or that of its middle.
    Mean,
}

/// What is taken of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountPart {
    /// Closing population less opening population and all items.
    Residual,
    /// Each item with its sign; at the total of the dimension, closing less opening population.
    Items,
    /// Births less deaths.
    Natural,
    /// Closing less opening population, less births and plus deaths.
    OtherThanNatural,
}

/// What parts of an account are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountBase {
    /// Nothing.
    One,
    /// The opening population.
    Opening,
    /// The mean of opening and closing population.
    Mean,
}

/// What is told of a group over areas, `a` being the group, `t` the population and `b` the rest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Half the sum of differences between the areas' shares of two groups, `per` being the other one.
    Dissimilarity,
    /// Half the sum of differences between the areas' shares of the group and of the rest.
    Segregation,
    /// The share of the group where a member of it lives, on average.
    Isolation,
    /// The share of the rest where a member of the group lives, on average.
    Interaction,
    /// Isolation beyond that of an even spread.
    CorrelationRatio,
    /// The share of the group in an area beside its share in all: a value for each area.
    LocationQuotient,
}

/// A part of the change of a crude rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// What comes of another make-up of the population, at the mean rates of both years.
    Composition,
    /// What comes of other rates, at the mean make-up of both years.
    Rates,
}

/// What is told of a matrix of flows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flows {
    /// All flows in percent of the population.
    Intensity,
    /// Intensity beside the number of pairs of areas.
    Courgeau,
    /// Net flows in percent of all.
    Effectiveness,
    /// Net flows in percent of the population.
    NetRate,
    /// Flows beside those of chance.
    Preference,
    /// Flows beside the product of populations.
    Velocity,
    /// The share of pairs of areas with a flow.
    Connectivity,
    /// Half the sum of differences from equal flows.
    Inequality,
    /// The Gini index of flows.
    Gini,
    /// Standard deviation of flows beside their mean.
    Variation,
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
    /// What holds where it is not stated; none where that depends, or where it must be.
    pub default: Option<i64>,
}

/// The parameter that ends an open group of ages.
pub const CLOSE_OPEN_GROUP_AT: &str = "close_open_group_at";
/// The parameter that names the year from which changes are told.
pub const SINCE: &str = "since";
/// The parameter that says how many codes are the largest.
pub const LARGEST: &str = "largest";

static CLOSING_AGE: [Parameter; 1] = [Parameter {
    name: CLOSE_OPEN_GROUP_AT,
    title: "age at which the open group is taken to end",
    bounds: 1..=150,
    default: None,
}];
static FIRST_YEAR: [Parameter; 1] = [Parameter {
    name: SINCE,
    title: "year of the earlier count, on the same day",
    bounds: 1..=9999,
    default: None,
}];
static HOW_MANY: [Parameter; 1] = [Parameter {
    name: LARGEST,
    title: "number of codes that are taken together",
    bounds: 1..=1000,
    default: Some(5),
}];

impl Form {
    /// What a pipeline may state beside the name of an indicator of this form.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            Self::Reduce { function: Function::MeanAge | Function::MedianAge, .. } => &CLOSING_AGE,
            Self::Reduce { function: Function::TopShare, .. } => &HOW_MANY,
            Self::Change { from: Earlier::Since, .. } => &FIRST_YEAR,
            Self::Change { from: Earlier::Lag(_), .. }
            | Self::Reduce {
                function:
                    Function::Herfindahl
                    | Function::EffectiveNumber
                    | Function::Simpson
                    | Function::Shannon
                    | Function::Evenness,
                ..
            }
            | Self::Ratio { .. }
            | Self::Rank { .. }
            | Self::Difference { .. }
            | Self::Compare { .. }
            | Self::Account { .. }
            | Self::Areas { .. }
            | Self::Survival { .. }
            | Self::Decomposition { .. }
            | Self::Matrix { .. } => &[],
        }
    }

    /// The dimensions of a table along which cells are compared: those whose codes an indicator is over.
    pub fn along(self, table: &Table) -> Vec<usize> {
        match self {
            Self::Ratio { along, .. } => along.iter().flat_map(|along| along.find(table)).collect(),
            Self::Rank { along } | Self::Reduce { along, .. } => along.find(table),
            Self::Areas { .. } | Self::Decomposition { .. } => Along::Over.find(table),
            Self::Survival { .. } => SPELL.iter().flat_map(|along| along.find(table)).collect(),
            Self::Matrix { .. } => FLOW.iter().flat_map(|along| along.find(table)).collect(),
            Self::Account { .. } => {
                let account = table.account.as_ref();
                account.into_iter().flat_map(|account| table.position(&account.dimension)).collect()
            }
            Self::Change { .. } | Self::Difference { .. } | Self::Compare { .. } => Vec::new(),
        }
    }

    /// Whether it compares with counts of the table that `per` names.
    pub fn uses_per(self) -> bool {
        match self {
            Self::Compare { by, .. } => match by {
                Denominator::Population | Denominator::AtStart | Denominator::Mean => true,
                Denominator::One | Denominator::Gross => false,
            },
            Self::Areas { .. } | Self::Decomposition { .. } => true,
            Self::Matrix { function } => function.uses_population(),
            Self::Ratio { .. }
            | Self::Rank { .. }
            | Self::Change { .. }
            | Self::Difference { .. }
            | Self::Reduce { .. }
            | Self::Account { .. }
            | Self::Survival { .. } => false,
        }
    }

    /// Whether it subtracts or adds the counts of the table that `less` names.
    pub fn uses_less(self) -> bool {
        match self {
            Self::Compare { of, .. } => match of {
                Numerator::Net | Numerator::Gross => true,
                Numerator::Counts => false,
            },
            Self::Ratio { .. }
            | Self::Rank { .. }
            | Self::Change { .. }
            | Self::Difference { .. }
            | Self::Reduce { .. }
            | Self::Account { .. }
            | Self::Areas { .. }
            | Self::Survival { .. }
            | Self::Decomposition { .. }
            | Self::Matrix { .. } => false,
        }
    }
}

impl Flows {
    /// Whether the sizes of the areas matter.
    pub fn uses_population(self) -> bool {
        match self {
            Self::Intensity | Self::Courgeau | Self::NetRate | Self::Preference | Self::Velocity => true,
            Self::Effectiveness | Self::Connectivity | Self::Inequality | Self::Gini | Self::Variation => {
                false
            }
        }
    }
}

/// The dimensions of a spell.
pub(super) const SPELL: [Along; 2] = [Along::Named("duration"), Along::Named("outcome")];

/// The dimensions between which people move.
pub(super) const FLOW: [Along; 2] = [Along::Named("origin"), Along::Named("destination")];

/// The dimensions that hold ages.
pub(super) const AGES: [&str; 2] = ["age", "age_group"];

impl Along {
    /// Which of the dimensions they are: the indices, of which there are several only where a table takes shares over several
    /// together.
    pub fn find(self, table: &Table) -> Vec<usize> {
        match self {
            Self::Over => table.over().into_iter().filter_map(|name| table.position(name)).collect(),
            Self::Named(name) => table.position(name).into_iter().collect(),
            Self::Ages => AGES.into_iter().find_map(|name| table.position(name)).into_iter().collect(),
        }
    }
}

/// Which of the dimensions of a table is its time: `reference_date`, or `year`.
pub fn time_dimension(table: &Table) -> Option<usize> {
    table.position(columns::REFERENCE_DATE).or_else(|| table.position(columns::YEAR))
}
