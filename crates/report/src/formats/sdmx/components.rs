//! The components of a table: its dimensions, its time, its value, its attributes.

use std::borrow::Cow;

use denizen_spec::{Code, Diagnostic, columns as names};

use super::codes::{CodeLists, Origin, Standard, Texts};
use super::flow::{Component, Holds, Role};
use super::ids::{self, Given};
use super::time::{Time, Times, times, told_by_time};
use crate::formats::field;
use crate::formats::table::{Content, Dimension, Table};

/// Names that SDMX-CSV and the standard concepts have taken.
const RESERVED: [&str; 15] = [
    "STRUCTURE",
    "STRUCTURE_ID",
    "STRUCTURE_NAME",
    "ACTION",
    "DATAFLOW",
    "SERIES_KEY",
    "OBS_KEY",
    "FREQ",
    "INDICATOR",
    "CONCEPT",
    "RULE",
    "TIME_PERIOD",
    "OBS_VALUE",
    "UNIT_MEASURE",
    "UNIT_MULT",
];

/// Columns of every table that are attributes: column, component, whether each row has it.
const ATTRIBUTES: [(&str, &str, bool); 9] = [
    ("decimals", "DECIMALS", true),
    ("obs_status", "OBS_STATUS", true),
    ("conf_status", "CONF_STATUS", true),
    ("base", "BASE", false),
    ("n", "N", false),
    ("n_not_stated", "N_NOT_STATED", false),
    ("n_undecided", "N_UNDECIDED", false),
    ("rule_parameters", "RULE_PARAMETERS", false),
    ("vintage", "VINTAGE", true),
];

/// CL_FREQ, as far as it is used.
const FREQUENCIES: [(&str, [&str; 3]); 6] = [
    ("A", ["Annual", "Annuale", "Anual"]),
    ("S", ["Half-yearly", "Semestrale", "Semestral"]),
    ("Q", ["Quarterly", "Trimestrale", "Trimestral"]),
    ("M", ["Monthly", "Mensile", "Mensual"]),
    ("W", ["Weekly", "Settimanale", "Semanal"]),
    ("_O", ["Other", "Altra", "Otra"]),
];

/// The components of a table; its codes are added to the lists.
pub(super) fn components(table: &Table<'_>, lists: &mut CodeLists) -> Result<Vec<Component>, Diagnostic> {
    let mut ids = Given::with(&RESERVED);
    for (_, id, _) in ATTRIBUTES {
        ids.give(id);
    }
    let mut builder = Builder { table, lists, ids, components: Vec::new() };
    let periods = table.column("reference_period");
    let times = periods.and_then(|periods| times(periods.words()));
    let dimensions = table.dimensions();
    let told = times
        .as_ref()
        .zip(periods)
        .and_then(|(times, periods)| told_by_time(&dimensions, periods.words(), times));
    if let (Some(times), Some(periods)) = (&times, periods) {
        builder.frequency(times, periods);
    }
    builder.area(&dimensions)?;
    for (position, dimension) in dimensions.iter().enumerate() {
        if Some(position) != told && dimension.name != names::REFERENCE_AREA {
            builder.dimension(dimension)?;
        }
    }
    builder.own_dimensions()?;
    if let (Some(times), Some(periods)) = (&times, periods) {
        builder.time(times, periods);
    }
    builder.value()?;
    builder.attributes()?;
    Ok(builder.components)
}

/// The components of a table, one after another.
struct Builder<'b, 't> {
    table: &'t Table<'t>,
    lists: &'b mut CodeLists,
    ids: Given,
    components: Vec<Component>,
}

impl<'t> Builder<'_, 't> {
    fn push(
        &mut self,
        (id, names): (&str, Texts),
        (role, holds): (Role, Holds),
        (words, content): (Option<&[String]>, &Content),
        none: &'static str,
    ) {
        self.components.push(Component {
            id: id.to_owned(),
            names,
            role,
            holds,
            place: content.place,
            fields: words.map(|words| words.iter().map(|word| field(word)).collect()),
            none: Cow::Borrowed(none),
        });
    }

    /// A component of codes.
    fn coded(
        &mut self,
        (id, names): (&str, Texts),
        role: Role,
        (origin, standard): (Origin<'_>, Standard),
        content: &Content,
        none: &'static str,
    ) {
        let mut known = content.words().to_vec();
        if !none.is_empty() && content.has_none {
            known.push(none.to_owned());
        }
        let (list, mut words) = self.lists.add(self.table.release, origin, standard, &known);
        words.truncate(content.words().len());
        self.push((id, names), (role, Holds::Codes(list)), (Some(&words), content), none);
    }

    fn title(&self, name: &str) -> Texts {
        let titles = self.table.release.codes("column").into_iter().find(|(code, _)| *code == name);
        titles.map_or_else(|| [name.replace('_', " "), String::new(), String::new()], |(_, texts)| texts)
    }

    fn frequency(&mut self, times: &Times, periods: &Content) {
        let texts = ["Frequency", "Frequenza", "Frecuencia"];
        let list = self.lists.add_own("FREQ", texts, &FREQUENCIES);
        let of = |time: &Option<Time>| time.as_ref().unwrap_or(&times.of_all).frequency.to_owned();
        let words: Vec<String> = times.of_words.iter().map(of).collect();
        let holds = Holds::Codes(list);
        let none = times.of_all.frequency;
        self.push(
            ("FREQ", texts.map(str::to_owned)),
            (Role::Dimension, holds),
            (Some(&words), periods),
            none,
        );
    }

    fn time(&mut self, times: &Times, periods: &Content) {
        let of = |time: &Option<Time>| time.as_ref().unwrap_or(&times.of_all).period.clone();
        let words: Vec<String> = times.of_words.iter().map(of).collect();
        let texts = ["Time period", "Periodo", "Período"].map(str::to_owned);
        let holds = Holds::Values("ObservationalTimePeriod");
        self.push(("TIME_PERIOD", texts), (Role::Time, holds), (Some(&words), periods), "");
        if let Some(time) = self.components.last_mut() {
            time.none = Cow::Owned(times.of_all.period.clone());
        }
    }

    /// The area that rows are about: a dimension, or the country of the product.
    fn area(&mut self, dimensions: &[Dimension<'t>]) -> Result<(), Diagnostic> {
        let dimension = dimensions.iter().find(|dimension| dimension.name == names::REFERENCE_AREA);
        let of_product = self.table.field(names::REFERENCE_AREA).map(|(field, column)| Dimension {
            name: names::REFERENCE_AREA,
            list: field.codelist.as_deref(),
            content: column,
        });
        let Some(area) = dimension.copied().or(of_product) else { return Ok(()) };
        if area.content.is_empty() {
            return Ok(());
        }
        self.ids.give("REF_AREA");
        let origin = area.list.map_or(Origin::Column(names::REFERENCE_AREA), Origin::List);
        let names = self.title(area.name);
        self.coded(
            ("REF_AREA", names),
            Role::Dimension,
            (origin, Standard::None),
            area.content,
            names::NOT_STATED,
        );
        Ok(())
    }

    fn dimension(&mut self, dimension: &Dimension<'t>) -> Result<(), Diagnostic> {
        let Dimension { name, list, content } = *dimension;
        if content.has_none {
            return Err(says_nothing(self.table, name));
        }
        let standard = Standard::of_dimension(name, content.words());
        let is_age = name == "age" || (name == "age_group" && self.table.field("age").is_none());
        let is_age = is_age && standard == Standard::Age;
        let wanted = if is_age { "AGE".to_owned() } else { ids::name(name) };
        let id = self.ids.give(&wanted);
        let origin = list.map_or(Origin::Column(name), Origin::List);
        let names = self.title(name);
        self.coded((&id, names), Role::Dimension, (origin, standard), content, "");
        Ok(())
    }

    /// The dimensions of every table: indicator and concept, and the rule where some rows have one.
    fn own_dimensions(&mut self) -> Result<(), Diagnostic> {
        for (name, id, none) in
            [("indicator", "INDICATOR", ""), (names::CONCEPT, "CONCEPT", ""), ("rule", "RULE", "_Z")]
        {
            let Some(column) = self.table.column(name) else { continue };
            if none.is_empty() && column.has_none {
                return Err(says_nothing(self.table, name));
            }
            if column.is_empty() && !none.is_empty() {
                continue;
            }
            let names = self.title(name);
            self.coded((id, names), Role::Dimension, (Origin::List(name), Standard::None), column, none);
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), Diagnostic> {
        let value = self.table.column(names::VALUE).ok_or_else(|| says_nothing(self.table, names::VALUE))?;
        let texts = ["Observation value", "Valore", "Valor"].map(str::to_owned);
        // A value that is missing on purpose; the status says why.
        self.push(("OBS_VALUE", texts), (Role::Measure, Holds::Values("Double")), (None, value), "NaN");
        Ok(())
    }

    fn attributes(&mut self) -> Result<(), Diagnostic> {
        let table = self.table;
        let unit = table.column("unit").ok_or_else(|| says_nothing(table, "unit"))?;
        let names = self.title("unit");
        let role = Role::Attribute { is_mandatory: true };
        self.coded(("UNIT_MEASURE", names), role, (Origin::List("unit"), Standard::Unit), unit, "_Z");
        self.multiplier(unit);
        for (name, id, is_mandatory) in ATTRIBUTES {
            let Some((of, column)) = table.field(name) else { continue };
            let (names, role) = (self.title(name), Role::Attribute { is_mandatory });
            match name {
                "obs_status" => {
                    self.coded((id, names), role, (Origin::List(name), Standard::Status), column, "");
                }
                "conf_status" => {
                    self.coded(
                        (id, names),
                        role,
                        (Origin::List(name), Standard::Confidentiality),
                        column,
                        "",
                    );
                }
                _ => self.plain((id, names), role, &of.kind, column),
            }
        }
        for (of, column) in table.texts() {
            let id = self.ids.give(&ids::name(&of.name));
            let names = self.title(&of.name);
            self.plain((&id, names), Role::Attribute { is_mandatory: false }, &of.kind, column);
        }
        Ok(())
    }

    /// Values are in units, not in thousands of them.
    fn multiplier(&mut self, unit: &Content) {
        let texts = ["Unit multiplier", "Moltiplicatore dell'unità", "Multiplicador de la unidad"];
        let list = self.lists.add_own("UNIT_MULT", texts, &[("0", ["Units", "Unità", "Unidades"])]);
        let words = vec!["0".to_owned(); unit.words().len()];
        let role = Role::Attribute { is_mandatory: true };
        self.push(
            ("UNIT_MULT", texts.map(str::to_owned)),
            (role, Holds::Codes(list)),
            (Some(&words), unit),
            "0",
        );
    }

    fn plain(&mut self, named: (&str, Texts), role: Role, kind: &str, content: &Content) {
        let holds = match kind {
            "integer" => "Long",
            "number" => "Double",
            _ => "String",
        };
        let words = content.texts.as_ref().map(|texts| texts.words.as_slice());
        self.push(named, (role, Holds::Values(holds)), (words, content), "");
    }
}

fn says_nothing(table: &Table<'_>, column: &str) -> Diagnostic {
    let message = format!("rows of the table `{}` do not say their `{column}`", table.name());
    Diagnostic::error(Code::NoFormat, message)
        .note("an observation of SDMX has a code in each of its dimensions")
        .help("make the release again")
}
