//! Synthetic border registers: files in the shape of a real register, filled with invented crossings.
//!
//! **Everything made here is synthetic. No person, document number, identifier or journey is real**, and none was
//! taken from a real register: each is drawn from a seeded stream of pseudo-random numbers. What is real is the
//! shape of the rows (columns, codes, labels, encoding), the kinds of fault found in them, and a few published
//! totals that the invented persons are made to add up to (`margins.rs` says which).
//!
//! Two properties carry the design. *Same options, same bytes*: persons are made in blocks, each from a stream of
//! its own, and nothing depends on the thread that makes it, the clock or the locale. *Totals are exact*: what a
//! person contributes to a published total follows from the person's place in the population by counting, never by
//! a draw, so that blocks need nothing from one another and a file of any length can be written as it is made.

use std::fmt;
use std::io::{self, Write};
use std::ops::AddAssign;

use denizen_spec::{Code, Diagnostic};

mod block;
mod calendar;
mod draw;
mod faults;
mod file;
mod italy;
mod margins;
mod peru;
mod plan;
mod posts;
mod quota;
mod row;
#[cfg(test)]
mod tests;

/// The largest scale, some nine billion rows; it keeps every product of counts far from overflow.
const LARGEST_SCALE: f64 = 1000.0;

/// What determines a synthetic file, and nothing else does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    scale: f64,
    seed: u64,
    gzip: bool,
}

impl Options {
    /// A file without compression. A `scale` of 1 makes as many persons as were published: of Peru 1,940,817 emigrants. Another `seed`
    /// gives other persons with the same totals.
    ///
    /// # Errors
    ///
    /// When the scale is not above 0 and at most 1000.
    pub fn new(scale: f64, seed: u64) -> Result<Self, Diagnostic> {
        if scale > 0.0 && scale <= LARGEST_SCALE {
            return Ok(Self { scale, seed, gzip: false });
        }
        let message = format!("a scale lies above 0 and is {LARGEST_SCALE} at most, not {scale}");
        Err(Diagnostic::error(Code::WrongType, message))
    }

    /// Whether the file is compressed by gzip.
    pub fn gzip(self, gzip: bool) -> Self {
        Self { gzip, ..self }
    }
}

pub use italy::PermitSummary;

/// A file that was written: what is in it, and what must be written beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<S = Summary> {
    /// Persons, rows and faults.
    pub summary: S,
    /// The text of the sidecar, which marks the file as synthetic and has its SHA-256.
    pub sidecar: String,
}

/// Writes border crossings of Peru, 1985-2007: semicolon-separated, in windows-1252, header first.
///
/// `progress` gets the number of crossings written so far. All threads of the current rayon pool work on it.
///
/// ```
/// let options = denizen_synth::Options::new(0.0001, 1990).expect("a scale within bounds");
/// let mut file = Vec::new();
/// let report = denizen_synth::write_peru(&options, &mut file, &mut |_| {})?;
/// assert_eq!(report.summary.emigrants, 194);
/// assert!(file.starts_with(b"id_persona;fecha_control;"));
/// assert!(report.sidecar.contains("synthetic = true"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When `out` refuses, and for no other reason: an `out` that refuses on purpose stops it.
pub fn write_peru(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Report> {
    let about = file::About {
        titles: [
            "border crossings of Peru, 1990-2007",
            "attraversamenti di frontiera del Perù, 1990-2007",
            "cruces de frontera del Perú, 1990-2007",
        ],
        country: "peru",
        retrieved: "2026-11-22",
        note: "Margins near the published ones of the edition 1990-2007; persons, trips and faults are invented.",
    };
    file::write(options, &about, out, |out| peru::write(options, out, progress))
}

/// Writes residence permits of Italy, 2007-2025: semicolon-separated, in windows-1252, header first. A `scale` of 1 makes all holders:
/// 3,607,160 on 1 January 2024.
///
/// `progress` gets the number of permits written so far. All threads of the current rayon pool work on it.
///
/// ```
/// let options = denizen_synth::Options::new(0.0001, 1990).expect("a scale within bounds");
/// let mut file = Vec::new();
/// let report = denizen_synth::write_italy(&options, &mut file, &mut |_| {})?;
/// assert!(report.summary.permits > 2 * report.summary.persons);
/// assert!(file.starts_with(b"id_soggetto;sesso;"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
///
/// When `out` refuses, and for no other reason: an `out` that refuses on purpose stops it.
pub fn write_italy(
    options: &Options,
    out: &mut dyn Write,
    progress: &mut dyn FnMut(u64),
) -> io::Result<Report<PermitSummary>> {
    let about = file::About {
        titles: [
            "residence permits of Italy, 2007-2025",
            "permessi di soggiorno in Italia, 2007-2025",
            "permisos de residencia en Italia, 2007-2025",
        ],
        country: "italy",
        retrieved: "2026-11-26",
        note: "Holders on each 1 January and new permits of each year are near the published ones; persons, permits and faults are invented.",
    };
    file::write(options, &about, out, |out| italy::write(options, out, progress))
}

/// What was made: persons and rows, and the faults among the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Identified persons, each with at least one row.
    pub persons: u64,
    /// Citizens of Peru whose last crossing up to the cut-off is an exit within the period.
    pub emigrants: u64,
    /// Women among the emigrants.
    pub women_emigrants: u64,
    /// Persons who are not citizens of Peru.
    pub foreigners: u64,
    /// All rows, without the header.
    pub crossings: u64,
    /// Rows under the all-zero identifier.
    pub unidentified: u64,
    /// Rows that repeat a scan of the same person, day and direction.
    pub duplicates: u64,
    /// Crossings that took place and left no row.
    pub missed: u64,
    /// Journeys over a land border and back on one day: two rows of one person and day, if none was missed.
    pub day_trips: u64,
}

impl AddAssign for Summary {
    fn add_assign(&mut self, other: Self) {
        self.persons += other.persons;
        self.emigrants += other.emigrants;
        self.women_emigrants += other.women_emigrants;
        self.foreigners += other.foreigners;
        self.crossings += other.crossings;
        self.unidentified += other.unidentified;
        self.duplicates += other.duplicates;
        self.missed += other.missed;
        self.day_trips += other.day_trips;
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} synthetic crossings of {} persons ({} emigrants, {} of them women; {} foreigners), \
             {} unidentified, {} scanned twice, {} missed, {} day trips",
            self.crossings,
            self.persons,
            self.emigrants,
            self.women_emigrants,
            self.foreigners,
            self.unidentified,
            self.duplicates,
            self.missed,
            self.day_trips
        )
    }
}
