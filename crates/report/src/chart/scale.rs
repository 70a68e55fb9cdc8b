//! Where an axis has its marks.

/// Marks from the least to the greatest value, at 1, 2 or 5 times a power of ten apart, and the decimals that they need.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scale {
    /// The lowest mark.
    pub(crate) from: f64,
    /// The highest mark.
    pub(crate) to: f64,
    /// How far the marks are apart.
    step: f64,
    /// Decimals of the marks: those of the step.
    pub(crate) decimals: usize,
}

impl Scale {
    /// About so many marks over some values; zero is among them.
    pub(crate) fn over(values: impl Iterator<Item = f64>, marks: u32) -> Self {
        let (least, most) =
            values.fold((0.0_f64, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)));
        let span = if most > least { most - least } else { 1.0 };
        let rough = span / f64::from(marks.max(1));
        let power = rough.log10().floor();
        let unit = 10_f64.powf(power);
        let step =
            [1.0, 2.0, 5.0, 10.0].map(|times| times * unit).into_iter().find(|step| *step >= rough * 0.999);
        let step = step.unwrap_or(10.0 * unit);
        let decimals = (-step.log10().floor()).max(0.0) as usize;
        let to = (most / step - 1e-9).ceil().max(if least < 0.0 { 0.0 } else { 1.0 }) * step;
        Self { from: (least / step + 1e-9).floor() * step, to, step, decimals }
    }

    /// The marks, the lowest first.
    pub(crate) fn marks(&self) -> Vec<f64> {
        let count = ((self.to - self.from) / self.step).round() as usize;
        (0..=count).map(|index| self.from + self.step * index as f64).collect()
    }

    /// Where a value lies between the lowest and the highest mark, from 0 to 1.
    pub(crate) fn part(&self, value: f64) -> f64 {
        (value - self.from) / (self.to - self.from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_hold_all_values() {
        let table: [(&[f64], f64, f64, usize, usize); 7] = [
            (&[0.0, 7.0], 0.0, 8.0, 5, 0),
            (&[10.0], 0.0, 10.0, 3, 0),
            (&[0.2, 0.9], 0.0, 1.0, 3, 1),
            (&[385_819.0], 0.0, 400_000.0, 5, 0),
            (&[-3.0, 4.0], -4.0, 4.0, 5, 0),
            (&[], 0.0, 0.5, 2, 1),
            (&[0.0], 0.0, 0.5, 2, 1),
        ];
        for (values, from, to, count, decimals) in table {
            let scale = Scale::over(values.iter().copied(), 4);
            let found = (scale.from, scale.to, scale.marks().len(), scale.decimals);
            assert_eq!(found, (from, to, count, decimals), "{values:?} {scale:?}");
        }
    }
}
