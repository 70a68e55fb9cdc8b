//! Ages: men left and women right, the oldest on top; or all persons, where the sexes are not told.

use super::{ACROSS, at, block, group, path, plane, text};
use crate::chart::scale::Scale;
use crate::language::Language;

/// One age or group of ages.
pub(crate) struct Age {
    /// What it is called.
    pub(crate) label: String,
    /// Men and women, or all of them.
    pub(crate) counts: Vec<Option<f64>>,
}

/// Per cent of the width for the ages.
const MIDDLE: f64 = 14.0;
/// With more ages than this, rows are thin and only some ages are written.
const WRITTEN: usize = 30;

/// The chart and its height. `ages` begin with the youngest; `heads` are the two sexes, or nothing.
pub(crate) fn draw(ages: &[Age], heads: Option<[&str; 2]>, language: Language) -> (String, u32) {
    let row = if ages.len() > WRITTEN { 4.0 } else { 18.0 };
    let top = if heads.is_some() { 20.0 } else { 2.0 };
    let scale = Scale::over(ages.iter().flat_map(|age| age.counts.iter().copied().flatten()), 2);
    let half = if heads.is_some() { (100.0 - MIDDLE) / 2.0 } else { 100.0 - MIDDLE };
    let bottom = top + row * ages.len() as f64;
    let mut body = String::new();
    if let Some([men, women]) = heads {
        body += &group("e", &text(half, 13.0, men));
        body += &text(half + MIDDLE, 13.0, women);
    }
    let (mut grid, mut ends, mut marks) = (String::new(), [String::new(), String::new()], String::new());
    for mark in scale.marks() {
        let along = half * scale.part(mark);
        let places =
            if heads.is_some() { vec![half - along, half + MIDDLE + along] } else { vec![MIDDLE + along] };
        for x in places {
            grid += &format!("M{} 0v{}", at(ACROSS * x / 100.0), at(bottom - top));
            let mark = text(x, bottom + 14.0, &language.number(mark, scale.decimals));
            match x {
                ..4.0 => ends[0] += &mark,
                96.0.. => ends[1] += &mark,
                _ => marks += &mark,
            }
        }
    }
    let (labels, sides) = rows(ages, heads.is_some(), &scale, (row, half, bottom));
    body += &group(if heads.is_some() { "s m" } else { "s" }, &labels);
    body += &group("s", &ends[0]);
    body += &group("s e", &ends[1]);
    body += &group("s m", &marks);
    let paths = path("w g", &grid) + &path("f0", &sides[0]) + &path("f1", &sides[1]);
    body += &plane(0.0, 100.0, top, bottom - top, &paths);
    (body, (bottom + 20.0) as u32)
}

/// The labels of the ages, and the bars of each side.
fn rows(
    ages: &[Age],
    has_sexes: bool,
    scale: &Scale,
    (row, half, bottom): (f64, f64, f64),
) -> (String, [String; 2]) {
    let (mut labels, mut sides) = (String::new(), [String::new(), String::new()]);
    let gap = if row > 10.0 { 3.0 } else { 1.0 };
    for (index, age) in ages.iter().enumerate() {
        let y = row * (ages.len() - index - 1) as f64;
        if ages.len() <= WRITTEN || index.is_multiple_of(10) {
            let x = if has_sexes { half + MIDDLE / 2.0 } else { 0.0 };
            let top = bottom - row * ages.len() as f64;
            labels += &text(x, top + y + (row + 8.0) / 2.0, &age.label);
        }
        for (side, count) in age.counts.iter().take(2).enumerate() {
            let Some(count) = count else { continue };
            let width = half * scale.part(*count);
            let x = match (has_sexes, side) {
                (true, 0) => half - width,
                (true, _) => half + MIDDLE,
                (false, _) => MIDDLE,
            };
            sides[side] += &block(ACROSS * x / 100.0, y + gap / 2.0, ACROSS * width / 100.0, row - gap);
        }
    }
    (labels, sides)
}
