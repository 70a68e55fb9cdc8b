//! `denizen explain`: the page of an error code or of a residence rule.

use std::io::Write;

use denizen_residence::{Preset, preset, presets};
use denizen_spec::{Code, did_you_mean};

use crate::report::{Failed, Reporter};

pub(crate) fn explain(name: &Option<String>, reporter: &Reporter) -> Result<(), Failed> {
    let page = match name {
        None => list(),
        Some(name) => match name.strip_prefix("rule:") {
            Some(rule) => preset(rule).map(|preset| rule_page(&preset)),
            None => Code::from_id(name).map(code_page),
        }
        .ok_or_else(|| unknown(name, reporter))?,
    };
    // A reader that has seen enough, such as `head`, is no fault.
    let _ = std::io::stdout().write_all(page.as_bytes());
    Ok(())
}

fn list() -> String {
    let codes = Code::ALL.iter().map(|code| format!("{:<30} {}\n", code.id(), code.page().title));
    let rules =
        presets().iter().map(|preset| format!("{:<30} {}\n", format!("rule:{}", preset.name), preset.title));
    codes.chain(["\n".to_owned()]).chain(rules).collect()
}

fn code_page(code: Code) -> String {
    let page = code.page();
    format!("{code}\n\n{}\n\nCause\n  {}\n\nWhat to do\n  {}\n", page.title, page.cause, page.remedy)
}

fn rule_page(rule: &Preset) -> String {
    let mut page = format!("rule:{}\n\n{}\n\nRule {}\n", rule.name, rule.title, rule.method.name());
    for (name, value) in rule.method.parameters() {
        page += &format!("  {name:<20} {value}\n");
    }
    page += &format!("\nSource\n  {}\n\nExample\n", rule.source);
    rule.example.lines().for_each(|line| page += &format!("  {line}\n"));
    page
}

fn unknown(name: &str, reporter: &Reporter) -> Failed {
    let rules: Vec<String> = presets().iter().map(|preset| format!("rule:{}", preset.name)).collect();
    let names = Code::ALL.iter().map(|code| code.id()).chain(rules.iter().map(String::as_str));
    let help = did_you_mean(name, names).unwrap_or("`denizen explain` lists all of them".to_owned());
    reporter.refuse(&format!("there is no page `{name}`"), Some(&help))
}
