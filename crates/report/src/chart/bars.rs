//! Ranked bars: a line of text for each code, and below it a bar, with a mark where the value stood before.

use super::{ACROSS, at, block, group, path, plane, short, text};
use crate::chart::scale::Scale;

/// One code.
pub(crate) struct Bar {
    /// What it is called.
    pub(crate) label: String,
    /// Its value as it is written.
    pub(crate) shown: String,
    /// Its value; none where it is hidden or missing.
    pub(crate) value: Option<f64>,
    /// Its value at the time before.
    pub(crate) before: Option<f64>,
    /// Whether the value is provisional, and its bar hollow.
    pub(crate) is_hollow: bool,
}

/// Pixels for each code.
const ROW: f64 = 30.0;

/// The chart and its height. `before` says what the marks are.
pub(crate) fn draw(bars: &[Bar], before: Option<&str>) -> (String, u32) {
    let scale = Scale::over(bars.iter().flat_map(|bar| [bar.value, bar.before]).flatten(), 4);
    let top = if before.is_some() { 18.0 } else { 0.0 };
    let (mut labels, mut values) = (String::new(), String::new());
    let (mut full, mut hollow, mut marks) = (String::new(), String::new(), String::new());
    for (index, bar) in bars.iter().enumerate() {
        let y = ROW * index as f64;
        labels += &text(0.0, top + y + 13.0, &short(&bar.label, 34));
        values += &text(100.0, top + y + 13.0, &bar.shown);
        if let Some(value) = bar.value {
            let from = ACROSS * scale.part(value.min(0.0));
            let shape = block(from, y + 18.0, ACROSS * scale.part(value.max(0.0)) - from, 8.0);
            if bar.is_hollow { hollow += &shape } else { full += &shape }
        }
        if let Some(value) = bar.before {
            marks += &format!("M{} {}v12", at(ACROSS * scale.part(value)), at(y + 16.0));
        }
    }
    let height = top + ROW * bars.len() as f64 + 2.0;
    let mut body = String::new();
    if let Some(before) = before {
        body += &path("b", "M6 1v13");
        body += &group("s", &format!("<text x='14' y='12'>{}</text>", super::escaped(before)));
    }
    body += &labels;
    body += &group("e", &values);
    body += &plane(
        0.0,
        100.0,
        top,
        height - top,
        &(path("f0", &full) + &path("h", &hollow) + &path("b", &marks)),
    );
    (body, height as u32)
}
