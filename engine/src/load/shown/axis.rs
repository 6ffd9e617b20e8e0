//! An axis of a chart: where a value lies on it, and its ticks.

use super::super::Unit;
use std::borrow::Cow;

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it counts.
    pub label: Cow<'static, str>,
    /// In what.
    pub unit: Unit,
    /// Where it begins.
    pub low: f64,
    /// Where it ends.
    pub high: f64,
    /// Whether it is logarithmic.
    pub log: bool,
}

impl Axis {
    /// A value in its unit.
    #[must_use]
    pub fn show(&self, value: f64) -> String {
        self.unit.show(value)
    }

    /// How far along the axis a value is, 0 to 1.
    #[must_use]
    pub fn way(&self, value: f64) -> f64 {
        let way = if self.log {
            if value <= 0.0 {
                return 0.0;
            }
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        way.clamp(0.0, 1.0)
    }

    pub(super) fn ticks(&self, most: usize) -> Vec<f64> {
        let mut ticks = Vec::new();
        if self.log {
            let first = self.low.log10().floor() as i32;
            let last = self.high.log10().ceil() as i32;
            let decades = (self.high / self.low).log10();
            let between: &[f64] = if decades * 3.0 <= most as f64 {
                &[1.0, 2.0, 5.0]
            } else {
                &[1.0]
            };
            let every = decades.ceil().max(1.0) as usize;
            let every = every.div_ceil(most.max(1)) as i32;
            for decade in first..=last {
                for step in between {
                    if decade.rem_euclid(every) == 0 {
                        ticks.push(step * 10f64.powi(decade));
                    }
                }
            }
        } else {
            let raw = (self.high - self.low) / most.max(1) as f64;
            let size = 10f64.powf(raw.log10().floor());
            let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * size);
            let step = steps.into_iter().find(|step| *step >= raw);
            let step = step.unwrap_or(raw);
            let count = ((self.high - self.low) / step + 1e-6) as usize;
            ticks.extend((0..=count).map(|place| self.low + step * place as f64));
        }
        ticks.retain(|tick| *tick >= self.low * (1.0 - 1e-9) && *tick <= self.high * (1.0 + 1e-9));
        ticks
    }
}
