//! The timeline: a lane for each session, its steps in the order in which they are sent; drawn with pointer or keys.
//!
//! Every change is an [`Edit`] of the text. A pointer that drags a step over another place or lane moves it there at once, so that
//! the run follows; all of one drag is undone together. Whatever dragging does, keys and buttons do as well.

mod drag;
mod keys;
mod palette;
mod sessions;
mod toolbar;

use crate::browser;
use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::{Action as Act, Show};
use drag::Drag;
use palette::Palette;
use rowlock_engine::collections::Map;
use rowlock_engine::run::EventKind;
use rowlock_engine::scenario::{Action, SessionId, StepId};
use rowlock_engine::sql::ast::Statement;
use sessions::Sessions;
use toolbar::Toolbar;
use yew::prelude::*;

/// What the lanes show.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
    /// The steps that are chosen.
    pub chosen: Shared<Vec<StepId>>,
    /// What the last change came to.
    pub told: std::rc::Rc<str>,
    /// While the text is broken nothing can be drawn.
    pub disabled: bool,
    /// Called with a position when a step is chosen.
    pub on_seek: Callback<usize>,
    /// Where actions go.
    pub dispatch: Callback<Act>,
}

/// The least and the most room for names.
const HEADS: (usize, usize) = (72, 168);
/// The room for one letter of a name.
const LETTER: usize = 8;
const STEP: usize = 72;
const LANE: usize = 40;
const CHIP: usize = 64;
const CHIP_HEIGHT: usize = 26;

/// The lanes.
#[component]
pub fn Lanes(props: &Props) -> Html {
    let show = &props.show;
    let scenario = &show.scenario;
    let spans = use_memo(show.clone(), |show| step_spans(show));
    let longest = scenario
        .sessions
        .iter()
        .map(|session| session.display_name().chars().count())
        .max()
        .unwrap_or(0);
    let head = (longest * LETTER + 32).clamp(HEADS.0, HEADS.1);
    let letters = (head - 32) / LETTER;
    let width = head + scenario.timeline.len().max(1) * STEP + 8;
    let height = scenario.sessions.len().max(1) * LANE + 8;
    let current = props
        .position
        .checked_sub(1)
        .and_then(|event| show.step_of(event));
    let picture = use_node_ref();
    let grid = drag::Grid {
        head,
        step: STEP,
        lane: LANE,
        steps: scenario.timeline.len(),
        lanes: scenario.sessions.len(),
    };
    let dragging = use_mut_ref(|| None::<Drag>);
    // After a change by keys the focus stays with the step.
    use_effect_with(props.chosen.clone(), |chosen| {
        let inside = browser::document()
            .and_then(|document| document.active_element())
            .is_some_and(|active| active.id().starts_with("step-at-"));
        if let (true, Some(first)) = (inside, chosen.first())
            && let Some(chip) = browser::element_by_id(&chip_id(*first))
        {
            browser::focus(&chip);
        }
    });
    let reach = props
        .chosen
        .first()
        .copied()
        .or(current)
        .unwrap_or(StepId(0));
    let reach = StepId(reach.0.min(scenario.timeline.len().saturating_sub(1)));
    let middle = |session: SessionId| 4 + session.0 * LANE + LANE / 2;
    let lanes = scenario.sessions.iter().enumerate().map(|(place, session)| {
        let id = SessionId(place);
        let name = session.display_name();
        let short: String = if name.chars().count() > letters { name.chars().take(letters - 1).chain(['…']).collect() } else { name.to_owned() };
        let y = middle(id).to_string();
        html! {
            <g class={class(id)}>
                <line class="lane" x1={head.to_string()} x2={width.to_string()} y1={y.clone()} y2={y} />
                <text class="name" x="4" y={(middle(id) + 4).to_string()}>
                    <tspan class="mark">{ mark(id) }</tspan>{ " " }{ short }<title>{ name }</title>
                </text>
            </g>
        }
    });
    let waits = spans.iter().filter(|(_, span)| span.waits_until > span.column).map(|(step, span)| {
        let session = scenario.timeline[step.0].session;
        html! {
            <rect class={classes!("wait", class(session))} x={(head + span.column * STEP + CHIP).to_string()}
                y={(middle(session) - 5).to_string()} height="10" rx="2"
                width={((span.waits_until - span.column) * STEP - CHIP / 2).to_string()}><title>{ "waits" }</title></rect>
        }
    });
    let chips = scenario.timeline.iter().enumerate().map(|(place, step)| {
        let id = StepId(place);
        let span = spans.get(&id);
        let state = span.map_or("unsent", |span| span.state(props.position));
        let label = label(&step.action);
        let name = scenario.sessions[step.session.0].display_name();
        let full = match &step.action {
            Action::Sql(sql) => sql.text.clone(),
            Action::Require(require) => format!("require {}", require.text),
            Action::Fault(fault) => fault.to_string(),
        };
        let to = span.map(|span| span.last + 1);
        let seek = {
            let on_seek = props.on_seek.clone();
            move || if let Some(to) = to { on_seek.emit(to) }
        };
        let on_key = {
            let (show, dispatch, disabled) = (props.show.clone(), props.dispatch.clone(), props.disabled);
            let chosen = props.chosen.clone();
            Callback::from(move |event: KeyboardEvent| match keys::meaning(&event, &show, &chosen, id) {
                keys::Meaning::Other => {}
                keys::Meaning::Help => {
                    event.prevent_default();
                    if let Some(list) = browser::element_by_id("keys") {
                        let _ = list.set_attribute("open", "");
                    }
                }
                keys::Meaning::See => {
                    event.prevent_default();
                    seek();
                    dispatch.emit(Act::Choose(vec![id]));
                }
                keys::Meaning::Write => {
                    event.prevent_default();
                    dispatch.emit(Act::Choose(vec![id]));
                    keys::focus_later("step-text");
                }
                keys::Meaning::Focus(step) => {
                    event.prevent_default();
                    if let Some(chip) = browser::element_by_id(&chip_id(step)) {
                        browser::focus(&chip);
                    }
                }
                keys::Meaning::Choose(steps) => {
                    event.prevent_default();
                    dispatch.emit(Act::Choose(steps));
                }
                keys::Meaning::Change(edit) => {
                    event.prevent_default();
                    if !disabled {
                        dispatch.emit(Act::Change(edit));
                    }
                }
            })
        };
        let (x, y) = (head + place * STEP, middle(step.session) - CHIP_HEIGHT / 2);
        html! {
            <g class={classes!("chip", class(step.session), state, (current == Some(id)).then_some("current"), props.chosen.contains(&id).then_some("chosen"))}
                id={chip_id(id)} role="button" tabindex={if id == reach { "0" } else { "-1" }} aria-pressed={props.chosen.contains(&id).to_string()}
                aria-label={format!("{name}: {full}")} onkeydown={on_key}>
                <rect x={x.to_string()} y={y.to_string()} width={CHIP.to_string()} height={CHIP_HEIGHT.to_string()} rx="4" />
                <text x={(x + CHIP / 2).to_string()} y={(y + 17).to_string()} text-anchor="middle" class={(label.len() > 8).then_some("long")}>{ label }</text>
                <title>{ full }</title>
            </g>
        }
    });
    let pointer = |what: fn(&PointerEvent, &Hold)| {
        let hold = Hold {
            grid,
            picture: picture.clone(),
            dragging: dragging.clone(),
            show: props.show.clone(),
            seeks: (0..scenario.timeline.len())
                .map(|place| spans.get(&StepId(place)).map(|span| span.last + 1))
                .collect(),
            chosen: props.chosen.clone(),
            disabled: props.disabled,
            on_seek: props.on_seek.clone(),
            dispatch: props.dispatch.clone(),
        };
        Callback::from(move |event: PointerEvent| what(&event, &hold))
    };
    html! {
        <div class="lanes">
            <h2>{ "Timeline" }</h2>
            if scenario.timeline.is_empty() {
                <p class="empty">{ "No steps yet. Add one below, or write it in the text under " }<code>{ "timeline:" }</code>{ "." }</p>
            } else {
                <div class="scroll" role="group" aria-label="Timeline, a lane for each session">
                    <svg ref={picture.clone()} width={width.to_string()} height={height.to_string()} viewBox={format!("0 0 {width} {height}")}
                        onpointerdown={pointer(drag::down)} onpointermove={pointer(drag::over)} onpointerup={pointer(drag::up)}
                        onpointercancel={pointer(drag::cancel)}>
                        <defs>
                            <pattern id="wait-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                                <rect class="hatch-back" width="6" height="6" /><line class="hatch-line" x1="0" y1="0" x2="0" y2="6" />
                            </pattern>
                        </defs>
                        { for lanes }
                        { for waits }
                        { for chips }
                    </svg>
                </div>
            }
            <Palette show={props.show.clone()} chosen={props.chosen.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
            <Toolbar show={props.show.clone()} chosen={props.chosen.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
            <p class="told muted" role="status">{ &*props.told }</p>
            <Sessions show={props.show.clone()} disabled={props.disabled} dispatch={props.dispatch.clone()} />
        </div>
    }
}

/// The id of a step's chip.
pub(crate) fn chip_id(step: StepId) -> String {
    format!("step-at-{}", step.0)
}

/// What a pointer needs to know.
pub(crate) struct Hold {
    pub grid: drag::Grid,
    pub picture: NodeRef,
    pub dragging: std::rc::Rc<std::cell::RefCell<Option<Drag>>>,
    pub show: Shared<Show>,
    /// The position after each step.
    pub seeks: Vec<Option<usize>>,
    pub chosen: Shared<Vec<StepId>>,
    pub disabled: bool,
    pub on_seek: Callback<usize>,
    pub dispatch: Callback<Act>,
}

/// When a step was sent and answered.
struct StepSpan {
    /// Its column.
    column: usize,
    /// The column of the last step that was sent while it waited.
    waits_until: usize,
    /// Its first event.
    first: usize,
    /// Its last event.
    last: usize,
    failed: bool,
}

impl StepSpan {
    fn state(&self, position: usize) -> &'static str {
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

fn step_spans(show: &Show) -> Map<StepId, StepSpan> {
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

/// What fits on a chip.
fn label(action: &Action) -> &'static str {
    match action {
        Action::Require(_) => "require",
        Action::Fault(fault) => fault.as_str(),
        Action::Sql(sql) => match &sql.statement {
            Statement::Begin(_) => "BEGIN",
            Statement::Commit => "COMMIT",
            Statement::Rollback => "ROLLBACK",
            Statement::Select(select) if !select.locking.is_empty() => "LOCK",
            Statement::Select(_) => "SELECT",
            Statement::Insert(_) => "INSERT",
            Statement::Update(_) => "UPDATE",
            Statement::Delete(_) => "DELETE",
            Statement::Savepoint(_) => "SAVEPOINT",
            Statement::RollbackTo(_) => "ROLLBACK TO",
            Statement::Release(_) => "RELEASE",
            Statement::Set(_) | Statement::SetTransaction(..) => "SET",
            Statement::Show(_) => "SHOW",
            Statement::LockTable(_) => "LOCK TABLE",
            Statement::Truncate(_) => "TRUNCATE",
            Statement::Prepare(_) => "PREPARE",
            Statement::Execute(_) => "EXECUTE",
            Statement::Deallocate(_) => "DEALLOCATE",
            Statement::Maintain(_) => "ANALYZE",
            Statement::CreateTable(_) | Statement::CreateIndex(_) => "CREATE",
            Statement::DropTable(_) | Statement::DropIndex(_) => "DROP",
        },
    }
}
