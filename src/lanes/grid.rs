//! Where steps stand in the picture.

use rowlock_engine::scenario::{Scenario, SessionId, StepId};

/// Where steps stand in the picture, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    /// The room for names, in a picture of their own beside the lanes.
    pub names: i32,
    /// The width of a step's place.
    pub step: i32,
    /// The height of a lane.
    pub lane: i32,
    /// The width of a chip.
    pub chip: i32,
    /// The height of a chip.
    pub chip_height: i32,
    /// How many steps there are.
    pub steps: usize,
    /// How many lanes there are.
    pub lanes: usize,
}

/// The least and the most room for names.
const NAMES: (usize, usize) = (72, 168);
/// The room for one letter of a name.
const LETTER: usize = 8;
/// The room before the first place.
pub(super) const LEFT: i32 = 8;
/// The room above the first lane.
pub(super) const TOP: i32 = 4;
/// So many places there are at least.
const LEAST: usize = 5;

impl Grid {
    /// The places of a scenario's steps; larger ones for fingers.
    pub fn of(scenario: &Scenario, coarse: bool) -> Self {
        let sessions = scenario.sessions.iter();
        let longest = sessions
            .map(|session| session.display_name().chars().count())
            .max();
        let names = (longest.unwrap_or(0) * LETTER + 32).clamp(NAMES.0, NAMES.1);
        let (step, lane, chip, chip_height) = if coarse {
            (80, 56, 74, 44)
        } else {
            (72, 40, 64, 26)
        };
        Self {
            names: names as i32,
            step,
            lane,
            chip,
            chip_height,
            steps: scenario.timeline.len(),
            lanes: scenario.sessions.len(),
        }
    }

    /// The width of the picture.
    pub fn width(&self) -> i32 {
        LEFT + self.steps.max(LEAST) as i32 * self.step + self.step / 2
    }

    /// The height of the picture.
    pub fn height(&self) -> i32 {
        self.lanes.max(1) as i32 * self.lane + 2 * TOP
    }

    /// How many letters of a name there is room for.
    pub fn letters(&self) -> usize {
        (self.names as usize - 32) / LETTER
    }

    /// Where a place begins.
    pub fn left(&self, place: usize) -> i32 {
        LEFT + place as i32 * self.step
    }

    /// The middle of a lane.
    pub fn middle(&self, lane: SessionId) -> i32 {
        TOP + lane.0 as i32 * self.lane + self.lane / 2
    }

    /// The lane at a height; the first or last beyond them.
    fn lane_at(&self, y: i32) -> Option<SessionId> {
        let lane = usize::try_from((y - TOP) / self.lane).unwrap_or(0);
        Some(SessionId(lane.min(self.lanes.checked_sub(1)?)))
    }

    /// The place and lane at a point; `None` left of all places.
    pub fn at(&self, x: i32, y: i32) -> Option<(usize, SessionId)> {
        let place = usize::try_from(x - LEFT).ok()? / self.step as usize;
        Some((place, self.lane_at(y)?))
    }

    /// The gap between steps that is nearest to a point, as the place of the step after it, and the lane. `None` outside the
    /// picture.
    pub fn gap(&self, x: i32, y: i32) -> Option<(usize, SessionId)> {
        let inside = (0..=self.width()).contains(&x) && (0..=self.height()).contains(&y);
        let from_first = (x - LEFT + self.step / 2).max(0) / self.step;
        let gap = (from_first as usize).min(self.steps);
        Some((gap, self.lane_at(y).filter(|_| inside)?))
    }

    /// The last place that has a step; the first where there is none.
    pub fn last(&self) -> StepId {
        StepId(self.steps.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rowlock_engine::gallery::STORIES;
    use rowlock_engine::scenario::read;

    #[test]
    fn a_point_has_a_place_a_gap_and_a_lane() {
        let scenario = read(STORIES[0].text).expect("a story is sound");
        let grid = Grid::of(&scenario, false);
        let (x, y) = (grid.left(2) + 10, grid.middle(SessionId(1)));
        assert_eq!(grid.at(x, y), Some((2, SessionId(1))));
        assert_eq!(grid.gap(x, y), Some((2, SessionId(1))));
        assert_eq!(grid.gap(x + 40, y), Some((3, SessionId(1))));
        assert_eq!(grid.at(2, y), None);
        assert_eq!(grid.gap(grid.width() - 1, y), Some((8, SessionId(1))));
        assert_eq!(grid.gap(x, grid.height() + 1), None);
    }
}
