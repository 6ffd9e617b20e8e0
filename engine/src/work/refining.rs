//! Work whose results are there early and get sharper until it is over.

use super::{Answer, Progress, Work};
use crate::load::{Finding, SettingsError};

/// The work of finding it out.
pub(super) struct Refining<F> {
    id: u32,
    finding: F,
    /// Says what is known by now, to whoever asked under a number.
    tell: fn(&F, u32) -> Answer,
    /// Whether it was told that there is something to see.
    is_told: bool,
    is_over: bool,
}

impl<F> Refining<F> {
    /// Nothing is found yet.
    ///
    /// # Errors
    /// When the settings are out of range: a sentence that says so.
    pub fn new(
        id: u32,
        finding: Result<F, SettingsError>,
        tell: fn(&F, u32) -> Answer,
    ) -> Result<Self, String> {
        let says = |error| format!("This traffic cannot be simulated: {error}.");
        Ok(Self {
            id,
            finding: finding.map_err(says)?,
            tell,
            is_told: false,
            is_over: false,
        })
    }

    fn tell(&self) -> Answer {
        (self.tell)(&self.finding, self.id)
    }
}

impl<F: Finding> Work for Refining<F> {
    fn advance(&mut self, budget: usize) -> Vec<Answer> {
        let finished = Answer::Finished { id: self.id };
        if self.is_over {
            return vec![finished];
        }
        self.is_over = self.finding.run(budget as u64);
        if self.is_over {
            let progress = self.progress();
            return vec![
                Answer::Progress {
                    id: self.id,
                    progress,
                },
                self.tell(),
                finished,
            ];
        }
        if !self.is_told && self.finding.is_ready() {
            self.is_told = true;
            return vec![self.tell()];
        }
        Vec::new()
    }

    fn progress(&self) -> Progress {
        Progress {
            states: self.finding.events(),
            done: self.finding.progress(),
        }
    }

    fn so_far(&mut self) -> Option<Answer> {
        (self.is_told && !self.is_over).then(|| self.tell())
    }

    fn stop(&mut self) -> Vec<Answer> {
        let told = self.so_far();
        self.is_over = true;
        let finished = Answer::Finished { id: self.id };
        told.into_iter().chain([finished]).collect()
    }
}
