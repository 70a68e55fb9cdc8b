//! How far a stage has come: a bar on a terminal, a line now and then in the log of a batch job, an event in JSON.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use denizen::{Progress, Stage, Unit};
use indicatif::{DecimalBytes, HumanCount, HumanDuration, ProgressBar, ProgressStyle};
use serde_json::{Map, Value, json};

use crate::report::Reporter;

/// Where progress is shown.
pub(crate) enum Display {
    Nowhere,
    Bar(ProgressBar),
    Lines,
    Events,
}

/// A part of a run that takes its time. Dropped before it is finished, it takes its bar away and says nothing.
pub(crate) struct StageProgress {
    reporter: Reporter,
    display: Display,
    name: String,
    /// 0 when it is not known.
    total: u64,
    unit: Unit,
    started: Instant,
    rows: AtomicU64,
    done: AtomicU64,
    /// When to report next, in milliseconds since the beginning.
    due: AtomicU64,
}

impl StageProgress {
    pub(crate) fn new(reporter: Reporter, display: Display, stage: &Stage<'_>) -> Self {
        let Stage { name, total, unit } = *stage;
        if let Display::Bar(bar) = &display {
            // The bar takes what the words leave; a narrow terminal has the words alone.
            let template = if total == 0 { "{prefix:<24} {msg}" } else { "{prefix:<24} {wide_bar} {msg}" };
            let style = ProgressStyle::with_template(template);
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(name.to_owned());
            bar.set_length(total);
        }
        Self {
            due: AtomicU64::new(display.interval()),
            reporter,
            display,
            name: name.to_owned(),
            total,
            unit,
            started: Instant::now(),
            rows: AtomicU64::new(0),
            done: AtomicU64::new(0),
        }
    }

    /// Whether it is time to report; true for one of several threads.
    fn should_report(&self) -> bool {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let due = self.due.load(Ordering::Relaxed);
        let next = now.saturating_add(self.display.interval());
        now >= due && self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    fn report(&self) {
        let reached = self.reached();
        match &self.display {
            Display::Nowhere => {}
            Display::Bar(bar) => {
                bar.set_position(reached.done);
                bar.set_message(reached.text());
            }
            Display::Lines => self.reporter.line(&format!("{}: {}", self.name, reached.text())),
            Display::Events => self.reporter.event("progress", reached.facts(&self.name)),
        }
    }

    fn reached(&self) -> Reached {
        Reached {
            rows: self.rows.load(Ordering::Relaxed),
            done: self.done.load(Ordering::Relaxed),
            total: self.total,
            unit: self.unit,
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }
}

impl Progress for StageProgress {
    /// Threads may report in any order: what is behind has been overtaken and is ignored.
    fn advance(&self, rows: u64, done: u64) {
        self.rows.fetch_max(rows, Ordering::Relaxed);
        self.done.fetch_max(done, Ordering::Relaxed);
        if self.should_report() {
            self.report();
        }
    }

    fn finish(self: Box<Self>) {
        if matches!(self.display, Display::Events) {
            let rows = self.rows.load(Ordering::Relaxed);
            let seconds = thousandths(self.started.elapsed());
            self.reporter.event("stage", json!({ "stage": self.name, "rows": rows, "seconds": seconds }));
        }
    }
}

impl Drop for StageProgress {
    fn drop(&mut self) {
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }
}

impl Display {
    /// Milliseconds between two reports.
    fn interval(&self) -> u64 {
        match self {
            Self::Nowhere => u64::MAX,
            Self::Bar(_) => 100,
            Self::Lines => 10_000,
            Self::Events => 1_000,
        }
    }
}

/// How far a stage has come at one moment.
struct Reached {
    rows: u64,
    done: u64,
    total: u64,
    unit: Unit,
    seconds: f64,
}

impl Reached {
    fn rows_per_second(&self) -> u64 {
        (self.rows as f64 / self.seconds.max(0.001)) as u64
    }

    /// At the speed so far; nothing before there is a speed, and nothing without an end.
    fn seconds_left(&self) -> Option<u64> {
        let left = self.total.checked_sub(self.done).filter(|_| self.total > 0 && self.done > 0)?;
        Some((self.seconds * left as f64 / self.done as f64).ceil() as u64)
    }

    /// `43 %, 8,200,000 rows, 1,950,000 rows/s, 6 seconds left`
    fn text(&self) -> String {
        let mut parts = Vec::new();
        match (self.total, self.unit) {
            (0, Unit::Bytes) => parts.push(DecimalBytes(self.done).to_string()),
            (0, Unit::Rows) => {}
            (total, Unit::Bytes | Unit::Rows) => {
                parts.push(format!("{} %", u128::from(self.done) * 100 / u128::from(total)));
            }
        }
        parts.push(format!("{} rows", HumanCount(self.rows)));
        parts.push(format!("{} rows/s", HumanCount(self.rows_per_second())));
        let left = self.seconds_left().map(|seconds| HumanDuration(Duration::from_secs(seconds)));
        parts.extend(left.map(|left| format!("{left} left")));
        parts.join(", ")
    }

    fn facts(&self, stage: &str) -> Value {
        let mut facts = Map::new();
        let mut put = |name: &str, value: Value| facts.insert(name.to_owned(), value);
        put("stage", stage.into());
        put("rows", self.rows.into());
        put("done", self.done.into());
        if self.total > 0 {
            put("total", self.total.into());
        }
        put("unit", unit_name(self.unit).into());
        put("rows_per_second", self.rows_per_second().into());
        if let Some(seconds) = self.seconds_left() {
            put("seconds_left", seconds.into());
        }
        Value::Object(facts)
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::Rows => "rows",
    }
}

/// Seconds, to the millisecond.
pub(crate) fn thousandths(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::LogFormat;

    const fn reached(rows: u64, done: u64, total: u64, unit: Unit) -> Reached {
        Reached { rows, done, total, unit, seconds: 4.0 }
    }

    #[test]
    fn progress_reads_well() {
        let table = [
            (
                reached(8_200_000, 43, 100, Unit::Bytes),
                "43 %, 8,200,000 rows, 2,050,000 rows/s, 6 seconds left",
            ),
            (reached(12, 45_300_000, 0, Unit::Bytes), "45.30 MB, 12 rows, 3 rows/s"),
            (reached(1000, 1000, 4000, Unit::Rows), "25 %, 1,000 rows, 250 rows/s, 12 seconds left"),
            (reached(999, 999, 0, Unit::Rows), "999 rows, 249 rows/s"),
            // Nothing yet: no speed, no end. More than was announced: a file that grows.
            (reached(0, 0, 100, Unit::Bytes), "0 %, 0 rows, 0 rows/s"),
            (reached(5, 101, 100, Unit::Bytes), "101 %, 5 rows, 1 rows/s"),
            (reached(1, 1, 1000, Unit::Rows), "0 %, 1 rows, 0 rows/s, 67 minutes left"),
            (reached(1, 1, 3000, Unit::Rows), "0 %, 1 rows, 0 rows/s, 3 hours left"),
        ];
        for (reached, expected) in table {
            assert_eq!(reached.text(), expected);
        }
    }

    #[test]
    fn events_leave_out_what_is_not_known() {
        let known = reached(8, 50, 100, Unit::Bytes).facts("reading");
        let expected = json!({"stage": "reading", "rows": 8, "done": 50, "total": 100, "unit": "bytes",
            "rows_per_second": 2, "seconds_left": 4});
        assert_eq!(known, expected);
        let unknown = reached(8, 8, 0, Unit::Rows).facts("writing");
        let expected =
            json!({"stage": "writing", "rows": 8, "done": 8, "unit": "rows", "rows_per_second": 2});
        assert_eq!(unknown, expected);
    }

    /// Threads report out of order; of all that report at one moment, one tells.
    #[test]
    fn a_stage_never_goes_back_and_tells_once() {
        let reporter = Reporter::new(true, LogFormat::Text);
        let stage =
            StageProgress::new(reporter, Display::Lines, &Stage { name: "", total: 0, unit: Unit::Rows });
        std::thread::scope(|scope| {
            for rows in [30, 10, 20] {
                let stage = &stage;
                scope.spawn(move || stage.advance(rows, rows));
            }
        });
        assert_eq!(stage.reached().rows, 30);
        stage.due.store(0, Ordering::Relaxed);
        let reported = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| stage.should_report())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|due| *due).count()
        });
        assert_eq!(reported, 1);
    }
}
