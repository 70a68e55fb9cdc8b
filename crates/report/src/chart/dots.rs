//! How far figures are from what was published, in parts of what may lie between them.

use super::{ACROSS, at, group, path, plane, short, text};

/// A figure.
pub(crate) struct Dot {
    /// What it says.
    pub(crate) label: String,
    /// The difference as it is written.
    pub(crate) shown: String,
    /// The difference divided by the tolerance: -1 and 1 are the ends.
    pub(crate) part: f64,
}

/// Pixels for each figure.
const ROW: f64 = 30.0;
/// Per cent of the width that are left free at both ends.
const EDGE: f64 = 2.0;

/// The chart and its height.
pub(crate) fn draw(dots: &[Dot]) -> (String, u32) {
    let bottom = ROW * dots.len() as f64;
    let across = |part: f64| 50.0 + (50.0 - EDGE) * part.clamp(-1.0, 1.0);
    let (mut labels, mut values, mut lines, mut marks) =
        (String::new(), String::new(), String::new(), String::new());
    for (index, dot) in dots.iter().enumerate() {
        let y = ROW * index as f64;
        labels += &text(0.0, y + 13.0, &short(&dot.label, 40));
        values += &text(100.0, y + 13.0, &dot.shown);
        lines += &format!("M20 {}h960", at(y + 22.0));
        marks += &format!("M{} {}h0", at(ACROSS * across(dot.part) / 100.0), at(y + 22.0));
    }
    let ends = [(-1.0, "\u{2212}1"), (0.0, "0"), (1.0, "1")];
    let ends: String = ends.iter().map(|(part, label)| text(across(*part), bottom + 14.0, label)).collect();
    for part in [-1.0, 0.0, 1.0] {
        lines += &format!("M{} 0v{}", at(ACROSS * across(part) / 100.0), at(bottom));
    }
    let body = labels
        + &group("e", &values)
        + &group("s m", &ends)
        + &plane(0.0, 100.0, 0.0, bottom, &(path("g w", &lines) + &path("p c0", &marks)));
    (body, (bottom + 20.0) as u32)
}
