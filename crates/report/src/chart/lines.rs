//! Lines over time. A line ends where its series breaks or a value is missing, and begins anew behind it; provisional values
//! are hollow.

use super::{ACROSS, COLOURS, at, group, legend, path, text};
use crate::chart::scale::Scale;
use crate::language::Language;

/// One series.
pub(crate) struct Series {
    /// What it is called.
    pub(crate) name: String,
    /// Its values, the earliest first.
    pub(crate) points: Vec<Point>,
}

/// A value at a time.
#[derive(Clone, Copy)]
pub(crate) struct Point {
    /// The time, as a number that grows with it.
    pub(crate) x: f64,
    /// The value; none where it is hidden or missing.
    pub(crate) y: Option<f64>,
    /// Whether it must not be compared with those before it.
    pub(crate) is_break: bool,
    /// Whether it is provisional.
    pub(crate) is_provisional: bool,
    /// The most that it may become, where much of it is not decided yet: no line leads to such a value.
    pub(crate) upper: Option<f64>,
    /// The lower end, the estimate and the upper end of its interval, where what it will be is estimated.
    pub(crate) interval: Option<[f64; 3]>,
}

/// Pixels from the lowest to the highest mark.
const HEIGHT: f64 = 200.0;
/// Per cent of the width that are left free at both ends, for half of a mark.
const EDGE: f64 = 1.5;
/// Half of the width of the tick of an estimate.
const TICK: u32 = 6;
/// With more values than this, only those that are hollow or stand alone have a mark.
const MARKED: usize = 40;

/// Where values lie in the chart.
struct Plane {
    scale: Scale,
    first: f64,
    span: f64,
}

impl Plane {
    fn over(series: &[Series]) -> Self {
        let points = || series.iter().flat_map(|series| &series.points);
        let upper = |point: &Point| point.interval.map(|[.., upper]| upper).or(point.upper);
        let values = points().flat_map(|point| [point.y, upper(point)]).flatten();
        let first = points().map(|point| point.x).fold(f64::INFINITY, f64::min);
        let last = points().map(|point| point.x).fold(f64::NEG_INFINITY, f64::max);
        Self { scale: Scale::over(values, 4), first, span: if last > first { last - first } else { 1.0 } }
    }

    /// Per cent of the width.
    fn across(&self, x: f64) -> f64 {
        EDGE + (100.0 - 2.0 * EDGE) * (x - self.first) / self.span
    }

    fn point(&self, x: f64, y: f64) -> String {
        format!("{} {}", at(10.0 * self.across(x)), at(self.down(y)))
    }

    fn down(&self, y: f64) -> f64 {
        HEIGHT * (1.0 - self.scale.part(y))
    }
}

/// The chart and its height. `times` are the marks of the axis below.
pub(crate) fn draw(series: &[Series], times: &[(f64, String)], language: Language) -> (String, u32) {
    let mut body = String::new();
    let names: Vec<String> = series.iter().map(|series| series.name.clone()).collect();
    let top = 20.0 + if names.len() > 1 { legend(&mut body, &names, true) } else { 0.0 };
    let plane = Plane::over(series);
    let (mut marks, mut grid, mut zero) = (String::new(), String::new(), String::new());
    for mark in plane.scale.marks() {
        let y = plane.down(mark);
        let line = format!("M0 {}h{ACROSS}", at(y));
        if mark == 0.0 {
            zero += &line
        } else {
            grid += &line
        }
        marks += &text(0.0, top + y - 3.0, &language.number(mark, plane.scale.decimals));
    }
    let mut paths = path("w g", &grid) + &path("w z", &zero);
    for (index, series) in series.iter().enumerate() {
        paths += &drawn(series, &plane, index % COLOURS);
    }
    body += &super::plane(0.0, 100.0, top, HEIGHT, &paths);
    body += &group("s a", &marks);
    let y = top + HEIGHT + 18.0;
    let places: Vec<(f64, &str)> =
        times.iter().map(|(x, label)| (plane.across(*x), label.as_str())).collect();
    let (first, inner, last) = fitting(&places);
    body += &group("s", &first.map_or(String::new(), |(_, label)| text(0.0, y, label)));
    body += &group("s m", &inner.iter().map(|(x, label)| text(*x, y, label)).collect::<String>());
    body += &group("s e", &last.map_or(String::new(), |(_, label)| text(100.0, y, label)));
    (body, (top + HEIGHT + 26.0) as u32)
}

/// A mark of the axis of time: per cent across, and its text.
type Mark<'t> = (f64, &'t str);

/// The marks whose texts have room on a phone: the first, the last, and as many between as fit.
fn fitting<'t>(marks: &[Mark<'t>]) -> (Option<Mark<'t>>, Vec<Mark<'t>>, Option<Mark<'t>>) {
    let Some((first, rest)) = marks.split_first() else { return (None, Vec::new(), None) };
    let Some((last, between)) = rest.split_last() else { return (Some(*first), Vec::new(), None) };
    let letters = marks.iter().map(|(_, label)| label.chars().count()).max().unwrap_or_default();
    let width = letters as f64 * LETTER;
    let mut inner: Vec<Mark<'_>> = Vec::new();
    // Every so many, so that they are as far apart as the times are.
    let step = (1..=between.len().max(1)).find(|step| {
        let mut places = between.iter().skip(step - 1).step_by(*step).map(|(x, _)| *x);
        let mut before = places.next().unwrap_or(100.0);
        places.all(|x| {
            let has_room = x - before > width + GAP;
            before = x;
            has_room
        })
    });
    let step = step.unwrap_or(1);
    let ends = 1.5 * width + GAP;
    inner.extend(between.iter().skip(step - 1).step_by(step).filter(|(x, _)| *x > ends && *x < 100.0 - ends));
    (Some(*first), inner, Some(*last))
}

/// Per cent of the width of a phone that a letter takes, and that lie between two texts.
const LETTER: f64 = 1.8;
const GAP: f64 = 2.0;

/// A series: its lines, thin where they lead to a provisional value, then its marks.
fn drawn(series: &Series, plane: &Plane, colour: usize) -> String {
    let (mut firm, mut thin) = (String::new(), String::new());
    for piece in pieces(series) {
        for (place, pair) in piece.windows(2).enumerate() {
            let [(from, _), (to, is_provisional)] = [pair[0], pair[1]];
            let end = format!("L{}", plane.point(to.0, to.1));
            let begin = format!("M{}", plane.point(from.0, from.1));
            if is_provisional {
                thin += &(begin + &end);
            } else if place == 0 || pair[0].1 {
                firm += &(begin + &end);
            } else {
                firm += &end;
            }
        }
    }
    let (mut marks, mut hollow, mut open) = (String::new(), String::new(), String::new());
    for (place, point) in series.points.iter().enumerate() {
        let Some(y) = point.y else { continue };
        let mark = format!("M{}h0", plane.point(point.x, y));
        if let Some([lower, estimate, upper]) = point.interval {
            open += &format!("M{}V{}", plane.point(point.x, lower), at(plane.down(upper)));
            open += &format!("M{}m-{TICK} 0h{}", plane.point(point.x, estimate), 2 * TICK);
        } else if let Some(upper) = point.upper {
            open += &format!("M{}V{}", plane.point(point.x, y), at(plane.down(upper)));
        }
        if point.is_provisional {
            hollow += &mark;
        }
        if point.is_provisional || series.points.len() <= MARKED || stands_alone(series, place) {
            marks += &mark;
        }
    }
    path(&format!("l c{colour}"), &firm)
        + &path(&format!("w c{colour}"), &(thin + &open))
        + &path(&format!("p c{colour}"), &marks)
        + &path("i", &hollow)
}

/// The values between which a line is drawn, each with whether it is provisional.
fn pieces(series: &Series) -> Vec<Vec<((f64, f64), bool)>> {
    let mut pieces: Vec<Vec<((f64, f64), bool)>> = vec![Vec::new()];
    for point in &series.points {
        if begins_anew(point) {
            pieces.push(Vec::new());
        }
        if let (Some(y), Some(piece)) = (point.y, pieces.last_mut()) {
            piece.push(((point.x, y), point.is_provisional));
        }
    }
    pieces
}

/// Whether no line may lead to a value.
fn begins_anew(point: &Point) -> bool {
    point.is_break || point.y.is_none() || point.upper.is_some()
}

/// Whether no line leads to a value or on from it.
fn stands_alone(series: &Series, place: usize) -> bool {
    let points = &series.points;
    let leads = |from: Option<&Point>, to: Option<&Point>| match (from, to) {
        (Some(from), Some(to)) => from.y.is_some() && !begins_anew(to),
        _ => false,
    };
    let before = place.checked_sub(1).and_then(|before| points.get(before));
    !leads(before, points.get(place)) && !leads(points.get(place), points.get(place + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A value, and whether its series breaks there.
    type Told = (Option<f64>, bool);

    fn series(points: &[Told]) -> Series {
        let point = |(index, (y, is_break)): (usize, &Told)| Point {
            x: index as f64,
            y: *y,
            is_break: *is_break,
            is_provisional: false,
            upper: None,
            interval: None,
        };
        Series { name: "s".to_owned(), points: points.iter().enumerate().map(point).collect() }
    }

    #[test]
    fn no_line_leads_over_a_break_or_a_gap() {
        let table: [(&[Told], &[usize]); 4] = [
            (&[(Some(1.0), false), (Some(2.0), false), (Some(3.0), false)], &[3]),
            (&[(Some(1.0), false), (Some(2.0), true), (Some(3.0), false)], &[1, 2]),
            (&[(Some(1.0), false), (None, false), (Some(3.0), false)], &[1, 1]),
            (&[(Some(1.0), false), (None, true), (Some(3.0), true)], &[1, 0, 1]),
        ];
        for (points, expected) in table {
            let lengths: Vec<usize> = pieces(&series(points)).iter().map(Vec::len).collect();
            assert_eq!(lengths, expected);
        }
        let marks: Vec<(f64, &str)> = (0..11).map(|index| (10.0 * f64::from(index), "2020-01-01")).collect();
        let (first, inner, last) = fitting(&marks);
        assert_eq!((first.is_some(), inner.len(), last.is_some()), (true, 2, true), "{inner:?}");
        let broken = series(&[(Some(1.0), false), (Some(2.0), true), (Some(3.0), false)]);
        assert!(stands_alone(&broken, 0) && !stands_alone(&broken, 1) && !stands_alone(&broken, 2));
    }
}
