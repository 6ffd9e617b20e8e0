//! When each drawn step was sent and answered.

use crate::state::Show;
use rowlock_engine::collections::Map;
use rowlock_engine::run::EventKind;
use rowlock_engine::scenario::{SessionId, StepId};

/// When a step was sent and answered.
pub(super) struct StepSpan {
    /// Its column.
    pub column: usize,
    /// The column of the last step that was sent while it waited.
    pub waits_until: usize,
    /// Its first event.
    first: usize,
    /// Its last event.
    pub last: usize,
    failed: bool,
}

impl StepSpan {
    /// What a position has of it, as a class.
    pub fn state(&self, position: usize) -> &'static str {
        if position <= self.first {
            "ahead"
        } else if position <= self.last {
            "under-way"
        } else if self.failed {
            "failed"
        } else {
            "done"
        }
    }
}

/// The spans of a run.
pub(super) fn step_spans(show: &Show) -> Map<StepId, StepSpan> {
    let mut spans: Map<StepId, StepSpan> = Map::new();
    let mut latest = 0;
    let mut waiting: Vec<(SessionId, StepId)> = Vec::new();
    for (index, event) in show.run.events.iter().enumerate() {
        let Some(step) = show.step_of(index) else {
            continue;
        };
        if matches!(event.kind, EventKind::Sent { .. }) {
            latest = step.0;
        }
        let span = spans.or_insert(
            step,
            StepSpan {
                column: step.0,
                waits_until: step.0,
                first: index,
                last: index,
                failed: false,
            },
        );
        span.last = index;
        span.failed |= matches!(
            event.kind,
            EventKind::Failed(_) | EventKind::VersionConflict | EventKind::RequireFailed { .. }
        );
        match event.kind {
            EventKind::Blocked(_) => waiting.push((event.session, step)),
            EventKind::Replied(_) | EventKind::Failed(_) => {
                if waiting.iter().any(|(session, _)| *session == event.session) {
                    span.waits_until = span.waits_until.max(latest);
                }
                waiting.retain(|(session, _)| *session != event.session);
            }
            _ => {}
        }
    }
    // Who still waits at the end waits to the end.
    let end = show.scenario.timeline.len();
    for (_, step) in waiting {
        if let Some(span) = spans.get_mut(&step) {
            span.waits_until = end;
        }
    }
    spans
}
