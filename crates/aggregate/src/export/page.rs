//! What stands in a data page of Parquet (version 1) of an optional column.
//!
//! Source: the Parquet format, Encodings.md, "Run Length Encoding / Bit-Packing Hybrid (RLE = 3)".

use arrow::buffer::NullBuffer;

/// The definition levels: whether each row states something. A run of ones, or the bits as they are, behind the number
/// of their bytes.
pub(crate) fn levels(rows: usize, stated: Option<&NullBuffer>) -> Vec<u8> {
    let mut runs = Vec::new();
    match stated {
        None => {
            write_varint((rows as u64) << 1, &mut runs);
            runs.push(1);
        }
        Some(stated) => {
            let groups = rows.div_ceil(8);
            write_varint((groups as u64) << 1 | 1, &mut runs);
            let end = runs.len() + groups;
            runs.extend(stated.inner().bit_chunks().iter_padded().flat_map(u64::to_le_bytes));
            runs.truncate(end);
        }
    }
    [&(runs.len() as u32).to_le_bytes()[..], &runs].concat()
}

/// Indices into a dictionary of `values` values: their width in bits, then one run of all, since in records that are
/// sorted by person equal neighbours are few.
pub(crate) fn write_indices(indices: &[u32], values: usize, page: &mut Vec<u8>) {
    let width = usize::BITS - values.saturating_sub(1).max(1).leading_zeros();
    page.push(width as u8);
    page.reserve(indices.len().div_ceil(8) * width as usize + 16);
    match indices {
        [] => {}
        [first, rest @ ..] if rest.iter().all(|index| index == first) => {
            write_varint((indices.len() as u64) << 1, page);
            page.extend_from_slice(&first.to_le_bytes()[..(width as usize).div_ceil(8)]);
        }
        _ => {
            let groups = indices.len().div_ceil(8);
            write_varint((groups as u64) << 1 | 1, page);
            let end = page.len() + groups * width as usize;
            pack(indices, width, page);
            page.resize(end, 0);
        }
    }
}

/// Numbers of `width` bits each, without gaps, the lowest bits first.
fn pack(numbers: &[u32], width: u32, bytes: &mut Vec<u8>) {
    // Eight numbers are whole bytes, and with up to sixteen bits each they are two registers.
    let (groups, rest) = if width <= 16 { numbers.as_chunks::<8>() } else { (&[][..], numbers) };
    for group in groups {
        let [low, high] = [&group[..4], &group[4..]].map(|half| {
            (0..).zip(half).fold(0, |bits, (index, number)| bits | u64::from(*number) << (index * width))
        });
        let bits = u128::from(low) | u128::from(high) << (4 * width);
        bytes.extend_from_slice(&bits.to_le_bytes());
        bytes.truncate(bytes.len() - (16 - width as usize));
    }
    let (mut bits, mut filled) = (0_u64, 0);
    for number in rest {
        bits |= u64::from(*number) << filled;
        filled += width;
        if filled >= 32 {
            bytes.extend_from_slice(&(bits as u32).to_le_bytes());
            bits >>= 32;
            filled -= 32;
        }
    }
    bytes.extend_from_slice(&bits.to_le_bytes()[..(filled as usize).div_ceil(8)]);
}

/// Seven bits a byte, the lowest first; the highest bit says that there are more (LEB128).
fn write_varint(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
