//! `denizen explain`: the page of an error code, of an operation, of a residence rule, of an indicator, of the language, or of
//! what a reference knows.

use std::io::Write;

use denizen_residence::{Preset, preset, presets, withdrawn};
use denizen_spec::{
    Aspect, Code, EXAMPLE_INPUT, Indicator, Manual, Unit, did_you_mean, language_page, manuals,
    operations_page, printable_line, rule_step,
};

use crate::explain_entity;
use crate::reference::{codes_page, indicators_page, rules_page};
use crate::report::{ExitStatus, Reporter};

/// A page about all of a kind, in Markdown: name, title, text.
type Whole = (&'static str, &'static str, fn() -> String);

const WHOLE: [Whole; 5] = [
    ("pipeline", "The language of pipeline files: every field, and two examples.", language_page),
    ("operations", "What each step does, why, and when not.", operations_page),
    ("rules", "All residence rules, with sources and examples.", rules_page),
    ("indicators", "All indicators, with formulas and sources.", indicators_page),
    ("codes", "All that may be said of a pipeline and its files.", codes_page),
];

pub(crate) fn explain(name: &Option<String>, reporter: &Reporter) -> Result<(), ExitStatus> {
    let page = match name {
        None => list(),
        Some(name) => match page(name) {
            Some(page) => page,
            None => {
                let entity = name.split_once(':');
                let pages =
                    entity.and_then(|(domain, called)| explain_entity::pages(domain, called, reporter));
                pages.unwrap_or_else(|| Err(unknown(name, reporter)))?
            }
        },
    };
    // A reader that has seen enough, such as `head`, is no fault.
    let _ = std::io::stdout().write_all(page.as_bytes());
    Ok(())
}

/// What is known of a name that needs no project: the code of a diagnostic, `rule:NAME`, `indicator:NAME`, `op:NAME`, or `pipeline`
/// for the language and `operations`, `rules`, `indicators`, `codes` for all of these.
pub fn page(name: &str) -> Option<String> {
    if let Some((_, _, whole)) = WHOLE.iter().find(|(known, ..)| *known == name) {
        return Some(whole());
    }
    match name.split_once(':') {
        Some(("op", name)) => manuals().find(|(known, _)| *known == name).map(operation_page),
        Some(("rule", rule)) => {
            preset(rule).map(|preset| rule_page(&preset)).or_else(|| withdrawn_page(rule))
        }
        Some(("indicator", name)) => Indicator::named(name).map(indicator_page).or_else(|| aspect_page(name)),
        Some(_) | None => Code::from_id(name).map(code_page),
    }
}

fn list() -> String {
    let whole = WHOLE.iter().map(|(name, title, _)| format!("{name:<30} {title}\n"));
    let operations = manuals().map(|(name, manual)| {
        let what = manual.what.split_inclusive(['.', ':']).next().unwrap_or_default();
        format!("{:<30} {what}\n", format!("op:{name}"))
    });
    let codes = Code::ALL.iter().map(|code| format!("{:<30} {}\n", code.id(), code.page().title));
    let rules =
        presets().iter().map(|preset| format!("{:<30} {}\n", format!("rule:{}", preset.name), preset.title));
    let indicators = Indicator::all()
        .map(|indicator| format!("{:<30} {}\n", format!("indicator:{}", indicator.name), indicator.title));
    let space = || ["\n".to_owned()];
    let first = whole.chain(space()).chain(operations).chain(space());
    first.chain(codes).chain(space()).chain(rules).chain(space()).chain(indicators).collect()
}

fn code_page(code: Code) -> String {
    let page = code.page();
    format!("{code}\n\n{}\n\nCause\n  {}\n\nWhat to do\n  {}\n", page.title, page.cause, page.remedy)
}

fn operation_page((name, manual): (&str, &Manual)) -> String {
    let Manual { what, why, when_not, pipeline, before, after } = manual;
    let mut page = format!("op:{name}\n\n{what}\n\nWhy\n  {why}\n\nWhen not\n  {when_not}\n\nFields\n");
    for field in Manual::fields(name) {
        page += &format!("  {:<20} {}\n", field.key, field.meaning);
    }
    let parts = [(EXAMPLE_INPUT, before), ("The pipeline", pipeline), ("The records of the release", after)];
    for (title, text) in parts {
        page += &format!("\n{title}\n");
        for line in text.lines() {
            page += format!("  {line}").trim_end();
            page += "\n";
        }
    }
    page
}

fn rule_page(rule: &Preset) -> String {
    let mut page = format!("rule:{}\n\n{}\n\nRule {}\n", rule.name, rule.title, rule.method.name());
    for (name, value) in rule.method.parameters() {
        page += &format!("  {name:<20} {value}\n");
    }
    page += &format!("\nSource\n  {}\n", rule.source);
    if !rule.note.is_empty() {
        page += &format!("\nTo know\n  {}\n", rule.note);
    }
    page += "\nExample\n";
    rule.example.lines().for_each(|line| page += &format!("  {line}\n"));
    page += "\nIn a pipeline\n";
    rule_step(rule).lines().for_each(|line| page += &format!("  {line}\n"));
    page
}

fn withdrawn_page(name: &str) -> Option<String> {
    withdrawn(name).map(|what| format!("rule:{name}\n\nThere is no such rule any more.\n\nWhy\n  {what}.\n"))
}

/// The page of what stands beside a count of migrations.
fn aspect_page(name: &str) -> Option<String> {
    let told = Aspect::explained(name)?;
    Some(format!(
        "indicator:{name}\n\nBeside a count of migrations, where a rule cannot always tell\n\nMeaning\n  {told}\n"
    ))
}

fn indicator_page(indicator: &Indicator) -> String {
    let unit = match indicator.unit {
        Unit::Named(unit) => unit,
        Unit::OfCounts => "that of the counts",
    };
    let (name, title, decimals) = (indicator.name, indicator.title, indicator.decimals);
    let mut page =
        format!("indicator:{name}\n\n{title}\n\nFormula\n  {}\n\nUnit\n  {unit}", indicator.formula);
    page += &format!(", shown with {decimals} decimals\n\nSource\n  {}\n", indicator.source);
    page += &format!("\nExample\n  {}\n\nNeeds\n", indicator.example);
    indicator.form.needs().iter().for_each(|need| page += &format!("  {}\n", need.in_words()));
    let parameters = indicator.form.parameters();
    if !parameters.is_empty() {
        page += "\nParameters\n";
    }
    for parameter in parameters {
        let (least, most) = (parameter.bounds.start(), parameter.bounds.end());
        page += &format!("  {:<20} {}, {least} to {most}\n", parameter.name, parameter.title);
    }
    page
}

fn unknown(name: &str, reporter: &Reporter) -> ExitStatus {
    let rules: Vec<String> = presets().iter().map(|preset| format!("rule:{}", preset.name)).collect();
    let indicators = Indicator::all().map(|indicator| format!("indicator:{}", indicator.name));
    let operations = manuals().map(|(name, _)| format!("op:{name}"));
    let pages: Vec<String> = rules.into_iter().chain(indicators).chain(operations).collect();
    let names = WHOLE
        .iter()
        .map(|(name, ..)| *name)
        .chain(Code::ALL.iter().map(|code| code.id()))
        .chain(pages.iter().map(String::as_str));
    let otherwise = || match name.split_once(':').filter(|(_, rest)| !rest.starts_with(':')) {
        Some((domain, _)) => {
            let folder = format!("data/reference/{}", printable_line(domain));
            format!("a reference is read from `{folder}`, here or in a folder above")
        }
        None => "`denizen explain` lists all of them".to_owned(),
    };
    let help = did_you_mean(name, names).unwrap_or_else(otherwise);
    reporter.refuse(&format!("there is no page `{}`", printable_line(name)), Some(&help))
}
