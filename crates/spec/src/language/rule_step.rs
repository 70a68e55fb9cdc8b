//! How a residence rule is written as a step, for `denizen explain`.

use denizen_residence::{Method, PermitRule, Preset, Rule};

/// The step that applies a preset, as it stands in a pipeline file. It works on columns of these names: `person`; of crossings `crossed_on` and
/// `direction`; of permits `valid_from`, `valid_to` and `reason`; of signs of life `date`, `health` and `taxes`.
///
/// ```
/// let step = denizen_spec::rule_step(&denizen_residence::preset("it_stock").expect("a preset"));
/// assert!(step.contains("op        = \"stock\"\nrule      = \"it_stock\"\n"));
/// ```
pub fn rule_step(preset: &Preset) -> String {
    let fields: &[(&str, &str)] = match preset.method {
        Method::Crossings(Rule::FirstArrivalLastDeparture(_)) => {
            &[("op", "\"residence\""), ("permits", "\"valid_to\""), ("until", "2024-12-31")]
        }
        Method::Crossings(Rule::LastExitNoReturn(_) | Rule::CumulativeWindow(_) | Rule::Continuous(_)) => {
            &[("op", "\"residence\""), ("until", "2024-12-31")]
        }
        Method::Permits(PermitRule::FirstPermit(_) | PermitRule::Journey(_)) => &[
            ("op", "\"permits\""),
            ("first", "\"valid_from\""),
            ("last", "\"valid_to\""),
            ("reason", "\"reason\""),
            ("extracted", "2024-12-31"),
        ],
        Method::Permits(PermitRule::Stock(_)) => &[
            ("op", "\"stock\""),
            ("first", "\"valid_from\""),
            ("last", "\"valid_to\""),
            ("reason", "\"reason\""),
            ("extracted", "2024-12-31"),
            ("at", "[2023-01-01, 2024-01-01]"),
        ],
        Method::Signs(_) => {
            &[("op", "\"signs_of_life\""), ("weights", "{ health = 0.6, taxes = 0.4 }"), ("initial", "1")]
        }
    };
    let name = format!("\"{}\"", preset.name);
    let rule = ("rule", name.as_str());
    let (first, others) = fields.split_at(1);
    let fields = first.iter().chain([&rule]).chain(others);
    let width = fields.clone().map(|(key, _)| key.len()).max().unwrap_or(0);
    let lines: String = fields.map(|(key, value)| format!("{key:<width$} = {value}\n")).collect();
    format!("[[clean]]\n{lines}")
}
