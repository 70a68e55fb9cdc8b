//! Whether a proposed source can be read: it is read, up to a bound.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use denizen_ingest::{IngestStats, Key};
use denizen_spec::{Diagnostic, parse};

/// Bytes that are read in a trial.
const MOST_BYTES: u64 = 64 << 20;

/// Time after which a trial ends.
const LONGEST: Duration = Duration::from_secs(20);

/// What reading some files as it was proposed came to.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    /// Rows that were read.
    pub read: u64,
    /// Rows that got in.
    pub accepted: u64,
    /// Rows that were rejected, by column and reason; without column where the row as a whole is at fault.
    pub rejected: BTreeMap<(Option<String>, String), u64>,
    /// Whether all rows were read.
    pub is_whole: bool,
    /// Columns of which more than one field in a hundred cannot be read.
    pub unread: Vec<String>,
    /// Why the files cannot be read so at all.
    pub faults: Vec<Diagnostic>,
}

impl Trial {
    /// Whether all that was read is of use.
    pub fn is_success(&self) -> bool {
        self.faults.is_empty() && self.rejected.is_empty()
    }

    /// The share of rows that were rejected.
    pub(super) fn share(&self) -> f64 {
        self.rejected.values().sum::<u64>() as f64 / self.read.max(1) as f64
    }

    /// Reads what a pipeline with one source says.
    pub(super) fn of(pipeline: &str, project: &Path) -> Self {
        match Self::read(pipeline, project) {
            Ok(trial) => trial,
            Err(faults) => Self { faults, ..Self::default() },
        }
    }

    fn read(text: &str, project: &Path) -> Result<Self, Vec<Diagnostic>> {
        let pipeline = parse(text)?;
        let mut trial = Self { is_whole: true, ..Self::default() };
        // Nothing of it is kept, and so a key that protects nothing will do.
        let key = Key::from_hex(&"0".repeat(64)).map_err(|fault| vec![fault])?;
        let start = Instant::now();
        for source in &pipeline.sources {
            let source = pipeline.with_error_handling(source);
            let input = denizen_ingest::open(&source, project, None)?;
            let chunks = input.chunks(Some(&key))?;
            let (mut bytes, mut stats) = (0, IngestStats::default());
            while let Some(raw) = chunks.read().map_err(|fault| vec![fault])? {
                bytes += raw.bytes();
                let chunk = chunks.parse(raw).map_err(|fault| vec![fault])?;
                trial.read += chunk.read;
                trial.accepted += chunk.batch.num_rows() as u64;
                for reject in &chunk.rejects {
                    let reason = (reject.column.as_deref().map(str::to_owned), reject.reason.to_string());
                    *trial.rejected.entry(reason).or_default() += 1;
                }
                stats.merge(chunk.stats);
                if bytes > MOST_BYTES || start.elapsed() > LONGEST {
                    trial.is_whole = false;
                    break;
                }
            }
            let is_much = |(_, rows): &(String, u64)| rows * 100 > trial.read;
            trial.unread.extend(stats.unread_fields().into_iter().filter(is_much).map(|(column, _)| column));
            let is_bearable = |fault: &Diagnostic| fault.code == denizen_spec::Code::TooManyRejects;
            if trial.is_whole
                && let Err(fault) = chunks.finish(&stats)
                && !is_bearable(&fault)
            {
                trial.faults.push(fault);
            }
        }
        Ok(trial)
    }
}
