//! Targets that need no file.

use denizen_spec::{Date, DateFormat, Minus, NumberForm, Thousands, parse};

use crate::told;

/// The text of a pipeline file: it is one, or each of its faults has a place in it.
pub fn pipeline(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match parse(text) {
        Ok(pipeline) => {
            assert!(pipeline.check().is_empty(), "what was read without fault has none");
            pipeline.warnings().iter().for_each(told);
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in &faults {
                told(fault);
                let _ = fault.render("p.toml", text, false);
            }
        }
    }
}

/// Layouts of dates: some that are known and one that is not, which the first line is.
pub fn dates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (layout, text) = text.split_once('\n').unwrap_or(("%Y-%m-%d", &text));
    let known = ["%Y-%m-%d", "%d/%m/%Y", "%-d/%-m/%Y", "%-d de %B de %Y", "excel", "sas-datetime", "%Y-Q%q"];
    for layout in known.into_iter().chain([layout]) {
        let Ok(layout) = DateFormat::parse(layout) else { continue };
        if let Some(days) = layout.days(text.as_bytes()) {
            let date = Date::from_days(days).expect("a day of the calendar");
            assert!((1..=9999).contains(&date.year), "{date}");
        }
    }
}

/// Forms of numbers: what comes of one is written plainly.
pub fn numbers(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let thousands = [None, Some(Thousands::Point), Some(Thousands::Blank), Some(Thousands::Apostrophe)];
    let minus = [None, Some(Minus::Sign), Some(Minus::Trailing), Some(Minus::Brackets)];
    for (thousands, minus) in thousands.into_iter().flat_map(|one| minus.map(|other| (one, other))) {
        for (percent, zero_decimals) in [(false, false), (true, false), (false, true)] {
            let form = NumberForm { thousands, minus, percent, zero_decimals, power: 3 };
            let Some(plain) = form.plain(&text, b',') else { continue };
            assert!(plain.bytes().all(|byte| byte.is_ascii_digit() || b"-,".contains(&byte)), "{plain}");
        }
    }
}
