//! The numbers that decisions are made with.

use super::super::estimate::Estimate;
use super::super::measures::Measures;
use super::super::policy::Policy;
use super::super::quantity::{Quantity, Unit};
use super::super::settings::{Settings, SettingsError};
use super::measured;
use super::tree::Asked;

/// What the numbers cannot tell, as the user answers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answers {
    /// Whether the application can do its work again.
    pub can_retry: bool,
    /// Whether a wrong result costs something: money, trust, a repair by hand.
    pub wrong_is_costly: bool,
    /// Whether an older write may vanish silently.
    pub older_may_vanish: bool,
    /// Whether what is written can be computed by the database from what is stored.
    pub is_arithmetic: bool,
}

/// A number behind a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// What it says.
    pub label: &'static str,
    /// The value.
    pub value: Estimate,
    /// In what it is counted.
    pub unit: Unit,
    /// Whether it was measured; otherwise it is known from the settings.
    pub is_measured: bool,
}

impl Evidence {
    /// The number for people, with its interval where it was measured.
    #[must_use]
    pub fn shown(&self) -> String {
        let value = self.unit.show(self.value.value);
        if self.is_measured && self.value.half_width() > 0.0 {
            let (low, high) = (
                self.unit.show(self.value.low),
                self.unit.show(self.value.high),
            );
            format!("{value} ({low} to {high})")
        } else {
            value
        }
    }

    fn known(label: &'static str, value: f64, unit: Unit) -> Self {
        Self {
            label,
            value: Estimate::exact(value),
            unit,
            is_measured: false,
        }
    }
}

/// All evidence there is of a workload.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// The workload.
    pub settings: Settings,
    /// What was measured of it without any guard: how often another writer really comes in between.
    pub unguarded: Measures,
}

/// Measures what the trees ask for, with so many events.
///
/// # Errors
/// When the settings are out of range.
pub fn gather(settings: &Settings, events: u64) -> Result<Gathered, SettingsError> {
    Ok(Gathered {
        unguarded: measured(&settings.with_policy(Policy::None), events)?,
        settings: settings.clone(),
    })
}

impl Gathered {
    /// The number that answers a question of a tree.
    #[must_use]
    pub fn answer(&self, asked: Asked) -> Evidence {
        let settings = &self.settings;
        match asked {
            Asked::ConflictRate => Evidence {
                label: "writes that another writer comes between",
                value: self.unguarded.get(Quantity::Conflict),
                unit: Unit::Share,
                is_measured: true,
            },
            Asked::RowsEach => Evidence::known(
                "rows that a transaction writes",
                f64::from(settings.rows_each),
                Unit::Number,
            ),
            Asked::ReadShare => Evidence::known(
                "transactions that only read",
                settings.read_share,
                Unit::Share,
            ),
            Asked::WriteShare => Evidence::known(
                "time during which a row has a writer between its read and its write (λt)",
                settings.lambda_t(),
                Unit::Number,
            ),
            Asked::Together => Evidence {
                label: "most transactions under way at a time",
                value: Estimate::without_interval(f64::from(self.unguarded.most_in_flight)),
                unit: Unit::Number,
                is_measured: true,
            },
        }
    }
}
