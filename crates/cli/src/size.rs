//! Sizes of memory as people write them: `2GB`, `1.5 GB`, `500MB`, `2GiB`.

/// The least that a run is given: below it, what a few years of records need while they are written would fill it.
const LEAST: u64 = 256_000_000;

/// Bytes of every unit, decimal and binary.
const UNITS: [(&str, u64); 8] = [
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// The bytes of an amount of memory, of which a run needs 256 MB at least.
///
/// A bare number is refused: schedulers take it for megabytes, other programs for bytes.
///
/// # Errors
///
/// What is wrong with it, in words.
pub fn memory(text: &str) -> Result<u64, String> {
    let bytes = bytes(text).ok_or("write a number and a unit, such as 500MB, 1.5GB or 2GiB")?;
    if bytes < LEAST { Err("a run needs 256MB at least".to_owned()) } else { Ok(bytes) }
}

/// The memory that a run may take where the system limits the addresses of a process (`ulimit -v`): half of them at the
/// most, since code, threads and what the allocator keeps take addresses too.
///
/// # Errors
///
/// When that is less than a run needs.
pub fn within_limits(memory: u64) -> Result<u64, String> {
    let Some(limit) = address_space() else { return Ok(memory) };
    let half = limit / 2;
    if half < LEAST {
        return Err(format!(
            "the system gives a process {} MB of addresses, and a run needs 512",
            limit / 1_000_000
        ));
    }
    Ok(memory.min(half))
}

/// Bytes of addresses that this process may have; none where there is no limit, or the system (not Linux) does not tell.
#[expect(clippy::disallowed_methods, reason = "what the system says of this process: no input")]
fn address_space() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    limit.split_whitespace().next()?.parse().ok()
}

/// The bytes of a size; none where it is no number with a unit.
pub fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let (_, factor) = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit.trim_start()))?;
    let bytes = number * *factor as f64;
    // Beyond 2^53 (nine petabytes) whole numbers are no longer exact; nobody has that much.
    (bytes < (1_u64 << 53) as f64).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        for (text, expected) in [
            ("2GB", Some(2_000_000_000)),
            ("500MB", Some(500_000_000)),
            ("1.5 GB", Some(1_500_000_000)),
            ("2GiB", Some(2_147_483_648)),
            ("0.5TiB", Some(549_755_813_888)),
            ("1TB", Some(1_000_000_000_000)),
            ("256MB", Some(256_000_000)),
            ("262144KiB", Some(268_435_456)),
            (" 2 gb ", Some(2_000_000_000)),
            ("255MB", None),
            ("0GB", None),
            ("2", None),
            ("2G", None),
            ("GB", None),
            ("", None),
            (".", None),
            ("-2GB", None),
            ("1.2.3GB", None),
            ("1e3GB", None),
            ("2GBs", None),
            ("2 PB", None),
            ("infGB", None),
            ("9999999TB", None),
        ] {
            assert_eq!(memory(text).ok(), expected, "{text}");
        }
    }
}
