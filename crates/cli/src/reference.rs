//! Pages of all rules, indicators and codes of diagnostics, in Markdown, for `docs/`: `denizen explain NAME` prints the same of one.

use denizen_residence::{Preset, presets};
use denizen_spec::{Code, Indicator, Unit, rule_step};

pub(crate) fn rules_page() -> String {
    let mut page = "# Residence rules\n\nWhich crossings are migrations. `denizen explain rule:NAME` prints one of them; the step is \
                    [`op = \"residence\"`](operations.md).\n"
        .to_owned();
    presets().iter().for_each(|rule| page += &rule_section(rule));
    page
}

fn rule_section(rule: &Preset) -> String {
    let mut section =
        format!("\n## `{}`\n\n{}.\n\nRule `{}`:\n\n", rule.name, rule.title, rule.method.name());
    for (name, value) in rule.method.parameters() {
        section += &format!("- {name}: {value}\n");
    }
    section += &format!("\n**Source.** {}.\n", rule.source);
    if !rule.note.is_empty() {
        section += &format!("\n**To know.** {}\n", rule.note);
    }
    section += &format!("\n**Example.**\n\n```text\n{}\n```\n", rule.example.trim_end());
    section + &format!("\n```toml\n{}\n```\n", rule_step(rule).trim_end())
}

pub(crate) fn indicators_page() -> String {
    let mut page = "# Indicators\n\nWhat a table may compute from its counts (`indicators`). `denizen explain indicator:NAME` prints one of \
                    them.\n"
        .to_owned();
    Indicator::all().for_each(|indicator| page += &indicator_section(indicator));
    page
}

fn indicator_section(indicator: &Indicator) -> String {
    let unit = match indicator.unit {
        Unit::Named(unit) => format!("`{unit}`"),
        Unit::OfCounts => "that of the counts".to_owned(),
    };
    let mut section = format!("\n## `{}`\n\n{}: {}\n\n", indicator.name, indicator.title, indicator.formula);
    section += &format!("- **Unit**: {unit}; decimals shown: {}\n", indicator.decimals);
    section += &format!("- **Source**: {}\n- **Example**: {}\n", indicator.source, indicator.example);
    for need in indicator.form.needs() {
        section += &format!("- **Needs** {}\n", need.in_words());
    }
    for parameter in indicator.form.parameters() {
        let (least, most) = (parameter.bounds.start(), parameter.bounds.end());
        section += &format!("- **Parameter** `{}`: {}, {least} to {most}\n", parameter.name, parameter.title);
    }
    section
}

pub(crate) fn codes_page() -> String {
    let mut page = "# Diagnostics\n\nWhat the program may say of a pipeline, its files and its tables: what it is, how it comes about, and \
                    what to do. `denizen explain CODE` prints one of them.\n"
        .to_owned();
    for code in Code::ALL {
        let told = code.page();
        page += &format!(
            "\n## `{code}`\n\n{}\n\n**Cause.** {}\n\n**What to do.** {}\n",
            told.title, told.cause, told.remedy
        );
    }
    page
}
