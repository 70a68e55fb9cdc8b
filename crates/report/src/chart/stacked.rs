//! Bars of one length: how something is made up, at several times.

use super::{ACROSS, COLOURS, block, group, legend, path, plane, text};
use crate::language::Language;

/// Pixels for each bar.
const ROW: f64 = 24.0;
/// Per cent of the width for what the bars are called.
const LABELS: f64 = 20.0;
/// The smallest part in which its share is written, in per cent.
const WRITTEN: f64 = 9.0;
/// The colours on which letters are light.
const DARK: [usize; 3] = [0, 1, 2];

/// The chart and its height. Each row has its parts in per cent, in the order of `names`.
pub(crate) fn draw(rows: &[(String, Vec<f64>)], names: &[String], language: Language) -> (String, u32) {
    let mut body = String::new();
    let top = 6.0 + legend(&mut body, names, false);
    let mut shapes = vec![String::new(); names.len()];
    let (mut labels, mut light, mut dark) = (String::new(), String::new(), String::new());
    for (index, (label, parts)) in rows.iter().enumerate() {
        let y = ROW * index as f64;
        labels += &text(0.0, top + y + 15.0, label);
        let mut from = 0.0;
        for (part, share) in parts.iter().enumerate().filter(|(_, share)| **share > 0.0) {
            let width = ACROSS * share / 100.0;
            shapes[part] += &block(from, y + 2.0, (width - 2.0).max(1.0), ROW - 6.0);
            if *share >= WRITTEN {
                let middle = LABELS + (100.0 - LABELS) * (from + width / 2.0) / ACROSS;
                let written = text(middle, top + y + 15.0, &language.number(*share, 1));
                if DARK.contains(&(part % COLOURS)) { light += &written } else { dark += &written }
            }
            from += width;
        }
    }
    let height = ROW * rows.len() as f64;
    let paths: String =
        shapes.iter().enumerate().map(|(part, shape)| path(&format!("f{}", part % COLOURS), shape)).collect();
    body += &group("s", &labels);
    body += &plane(LABELS, 100.0 - LABELS, top, height, &paths);
    body += &group("k", &light);
    body += &group("kd", &dark);
    (body, (top + height) as u32)
}
