//! The form: what a simple step says, to be chosen; below it the SQL that it makes.
//!
//! The form is read off the draft ([`Form::of`]). While something in it cannot be read, such as half an expression, it keeps what
//! was chosen. Every choice is written at once; what is typed in a line of it is shown at once and written when it is done.

use super::controls::{Written, button, line, pick, tick};
use crate::shared::Shared;
use crate::state::Drawing;
use rowlock_engine::edit::form::{
    Compare, Comparison, Conflict, Form, Names, Setting, StepKind, first_comparison,
};
use rowlock_engine::edit::names::{Table, tables, variables};
use rowlock_engine::scenario::StepId;
use rowlock_engine::sql::ast::{
    AccessMode, Direction, IsolationLevel, RowLock, TableLockMode, WaitPolicy,
};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// What the form needs.
#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub drawing: Shared<Drawing>,
    pub step: StepId,
    /// What stands in the field.
    pub text: String,
    pub disabled: bool,
    /// Called with SQL that is being made.
    pub on_draft: Callback<String>,
    /// Called with SQL that is to become the step.
    pub on_write: Callback<String>,
}

const LOCKS: [RowLock; 4] = [
    RowLock::Update,
    RowLock::NoKeyUpdate,
    RowLock::Share,
    RowLock::KeyShare,
];
const WAITS: [WaitPolicy; 3] = [
    WaitPolicy::Block,
    WaitPolicy::NoWait,
    WaitPolicy::SkipLocked,
];
const WAIT_NAMES: [&str; 3] = ["wait", "NOWAIT: fail", "SKIP LOCKED: leave it out"];
const MODES: [TableLockMode; 8] = [
    TableLockMode::AccessShare,
    TableLockMode::RowShare,
    TableLockMode::RowExclusive,
    TableLockMode::ShareUpdateExclusive,
    TableLockMode::Share,
    TableLockMode::ShareRowExclusive,
    TableLockMode::Exclusive,
    TableLockMode::AccessExclusive,
];
const LEVELS: [IsolationLevel; 4] = [
    IsolationLevel::ReadUncommitted,
    IsolationLevel::ReadCommitted,
    IsolationLevel::RepeatableRead,
    IsolationLevel::Serializable,
];

/// The form.
#[component]
pub(super) fn Choices(props: &Props) -> Html {
    let held = use_mut_ref(|| None::<Form>);
    let scenario = &props.drawing.scenario;
    let tables = use_memo(props.drawing.clone(), |drawing| tables(&drawing.scenario));
    let kept = held.borrow().clone();
    let kept = kept.filter(|form| form.sql(scenario) == props.text);
    let form = kept.or_else(|| Form::of(&props.text, scenario));
    let session = scenario.timeline.get(props.step.0).map(|step| step.session);
    let known = session.map_or(Vec::new(), |session| {
        variables(scenario, &tables, session, props.step.0)
    });
    let known: Vec<String> = known
        .into_iter()
        .map(|(name, _)| format!(":{name}"))
        .collect();
    let maker = Maker {
        drawing: props.drawing.clone(),
        held,
        on_draft: props.on_draft.clone(),
        on_write: props.on_write.clone(),
    };
    let kinds = StepKind::all();
    let kind = form.as_ref().map(Form::kind);
    let turn = {
        let (maker, form, kinds) = (maker.clone(), form.clone(), kinds.clone());
        Callback::from(move |place: usize| {
            // The first entry stands for a step without a form.
            let kind = kinds.get(if form.is_some() {
                place
            } else {
                place.wrapping_sub(1)
            });
            let scenario = &maker.drawing.scenario;
            let turned = kind.and_then(|kind| match &form {
                Some(form) => form.turned_into(*kind, scenario),
                None => Form::new(*kind, None, scenario),
            });
            if let Some(turned) = turned {
                maker.write(turned);
            }
        })
    };
    let mut names: Vec<String> = kinds.iter().map(|kind| kind.name().to_owned()).collect();
    if form.is_none() {
        names.insert(0, "as it is written".to_owned());
    }
    let chosen = kind.map_or(Some(0), |kind| kinds.iter().position(|it| *it == kind));
    html! {
        <fieldset id="step-form" class="step-choices" disabled={props.disabled}>
            <legend class="unseen">{ "The step as a form" }</legend>
            <div class="row">
                { pick("Step", &names, chosen, turn) }
                if let Some(form) = &form {
                    { of_table(form, &tables, &maker) }
                }
            </div>
            if let Some(form) = &form {
                { fields(&Sheet { form, table: form.table().and_then(|name| tables.iter().find(|it| it.name == name)), known: &known, maker: &maker }) }
            } else {
                <p class="muted">{ "This step says more than the form can show. Write it above, or choose another kind." }</p>
            }
            <p class="made"><span class="muted">{ "Makes" }</span>{ " " }<code id="step-form-sql">{ &props.text }</code></p>
        </fieldset>
    }
}

/// Makes SQL of changed forms.
#[derive(Clone)]
struct Maker {
    drawing: Shared<Drawing>,
    held: Rc<RefCell<Option<Form>>>,
    on_draft: Callback<String>,
    on_write: Callback<String>,
}

impl Maker {
    fn write(&self, form: Form) {
        let sql = form.sql(&self.drawing.scenario);
        *self.held.borrow_mut() = Some(form);
        self.on_write.emit(sql);
    }

    fn draft(&self, form: Form) {
        let sql = form.sql(&self.drawing.scenario);
        *self.held.borrow_mut() = Some(form);
        self.on_draft.emit(sql);
    }
}

/// A form on the page.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    form: &'a Form,
    table: Option<&'a Table>,
    known: &'a [String],
    maker: &'a Maker,
}

impl Sheet<'_> {
    /// A change of the form by a value.
    fn on<V: 'static>(&self, change: impl Fn(&mut Form, V) + 'static) -> Callback<V> {
        self.changed_by(Rc::new(change))
    }

    /// The same, compiled once for each kind of value and not for each change.
    #[inline(never)]
    fn changed_by<V: 'static>(&self, change: Rc<dyn Fn(&mut Form, V)>) -> Callback<V> {
        let (form, maker) = (self.form.clone(), self.maker.clone());
        Callback::from(move |value: V| {
            let mut form = form.clone();
            change(&mut form, value);
            maker.write(form);
        })
    }

    /// A change of the form by what is written in a line.
    fn on_line(&self, change: impl Fn(&mut Form, String) + 'static) -> Written {
        self.written_by(Rc::new(change))
    }

    #[inline(never)]
    fn written_by(&self, change: Rc<dyn Fn(&mut Form, String)>) -> Written {
        let (form, maker, typed) = (self.form.clone(), self.maker.clone(), change.clone());
        Written {
            done: self.changed_by(change),
            typed: Callback::from(move |value: String| {
                let mut form = form.clone();
                typed(&mut form, value);
                maker.draft(form);
            }),
        }
    }

    fn names(&self) -> Vec<String> {
        let columns = self.table.into_iter().flat_map(|table| &table.columns);
        columns.map(|column| column.name.clone()).collect()
    }

    /// What can be written beside a column: what the session has read, what the set-up has.
    fn values(&self, column: &str) -> Vec<String> {
        let column = self.table.and_then(|table| table.column(column));
        let own = column.map_or(&[][..], |column| &column.values);
        self.known.iter().chain(own).cloned().collect()
    }

    fn column(&self, label: &str, name: &str, on: Callback<usize>) -> Html {
        let names = self.names();
        let chosen = names.iter().position(|it| it == name);
        pick(label, &names, chosen, on)
    }
}

fn of_table(form: &Form, tables: &Rc<Vec<Table>>, maker: &Maker) -> Html {
    let Some(own) = form.table() else {
        return html! {};
    };
    let names: Vec<String> = tables.iter().map(|it| it.name.clone()).collect();
    let chosen = names.iter().position(|it| it == own);
    let on = {
        let (maker, kind, names) = (maker.clone(), form.kind(), names.clone());
        Callback::from(move |place: usize| {
            let name = names.get(place).map(String::as_str);
            if let Some(form) = Form::new(kind, name, &maker.drawing.scenario) {
                maker.write(form);
            }
        })
    };
    pick("Table", &names, chosen, on)
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

fn fields(sheet: &Sheet<'_>) -> Html {
    match sheet.form {
        Form::Select {
            columns,
            rows,
            order,
            limit,
            lock,
            ..
        } => html! {
            <>
                { ticks(sheet, "Reads", columns, "all", |form| match form { Form::Select { columns, .. } => Some(columns), _ => None }) }
                { conditions(sheet, rows) }
                <div class="row">
                    { lock_fields(sheet, *lock) }
                    { order_fields(sheet, order.as_ref()) }
                    { line("At most", limit.as_deref().unwrap_or_default(), "step-limit", &[], sheet.on_line(|form, value| {
                        if let Form::Select { limit, .. } = form { *limit = (!value.trim().is_empty()).then_some(value); }
                    })) }
                </div>
            </>
        },
        Form::Update {
            sets,
            rows,
            returning,
            ..
        } => html! {
            <>
                { settings(sheet, "Sets", sets, Form::settings_mut) }
                { conditions(sheet, rows) }
                { ticks(sheet, "Reads back", returning, "nothing", |form| match form { Form::Update { returning, .. } => Some(returning), _ => None }) }
            </>
        },
        Form::Delete { rows, .. } => conditions(sheet, rows),
        Form::Insert {
            names,
            values,
            conflict,
            ..
        } => html! {
            <>
                { settings(sheet, "Row", values, Form::settings_mut) }
                <div class="row">
                    { tick("with the columns' names", *names == Names::Written, sheet.on(|form, is_on| {
                        if let Form::Insert { names, .. } = form { *names = if is_on { Names::Written } else { Names::LeftOut }; }
                    })) }
                </div>
                if let Some(conflict) = conflict {
                    { conflict_fields(sheet, conflict) }
                }
            </>
        },
        Form::LockTable { mode, wait, .. } => {
            let names: Vec<String> = MODES.iter().map(|mode| mode.sql().to_owned()).collect();
            html! {
                <div class="row">
                    { pick("Mode", &names, MODES.iter().position(|it| it == mode), sheet.on(|form, place: usize| {
                        if let (Form::LockTable { mode, .. }, Some(it)) = (form, MODES.get(place)) { *mode = *it; }
                    })) }
                    { pick("Locked already", &strings(&WAIT_NAMES[..2]), WAITS.iter().position(|it| it == wait), sheet.on(|form, place: usize| {
                        if let (Form::LockTable { wait, .. }, Some(it)) = (form, WAITS.get(place)) { *wait = *it; }
                    })) }
                </div>
            }
        }
        Form::Require {
            left,
            compare,
            right,
            reason,
        } => html! {
            <div class="row">
                { line("Goes on if", left, "step-left", sheet.known, sheet.on_line(|form, value| {
                    if let Form::Require { left, .. } = form { *left = value; }
                })) }
                { comparing(*compare, 6, sheet.on(|form, it| {
                    if let Form::Require { compare, .. } = form { *compare = it; }
                })) }
                { line("", right, "step-right", sheet.known, sheet.on_line(|form, value| {
                    if let Form::Require { right, .. } = form { *right = value; }
                })) }
                { line("else says", reason, "step-reason", &[], sheet.on_line(|form, value| {
                    if let Form::Require { reason, .. } = form { *reason = value; }
                })) }
            </div>
        },
        Form::Begin { isolation, access } => {
            let mut levels = vec!["of the session".to_owned()];
            levels.extend(LEVELS.iter().map(|level| level.sql().to_owned()));
            let level = isolation.and_then(|level| LEVELS.iter().position(|it| *it == level));
            let modes = [
                None,
                Some(AccessMode::ReadOnly),
                Some(AccessMode::ReadWrite),
            ];
            html! {
                <div class="row">
                    { pick("Level", &levels, Some(level.map_or(0, |at| at + 1)), sheet.on(|form, place: usize| {
                        if let Form::Begin { isolation, .. } = form { *isolation = place.checked_sub(1).and_then(|at| LEVELS.get(at).copied()); }
                    })) }
                    { pick("Access", &strings(&["of the session", "READ ONLY", "READ WRITE"]), modes.iter().position(|it| it == access), sheet.on(move |form, place: usize| {
                        if let (Form::Begin { access, .. }, Some(it)) = (form, modes.get(place)) { *access = *it; }
                    })) }
                </div>
            }
        }
        Form::Fault(fault) => html! { <p class="muted">{ fault.description() }</p> },
        Form::Commit | Form::Rollback => html! {},
    }
}

fn comparing(compare: Compare, count: usize, on: Callback<Compare>) -> Html {
    let all = &Compare::ALL[..count];
    let names: Vec<String> = all.iter().map(|it| it.name().to_owned()).collect();
    let chosen = all.iter().position(|it| *it == compare);
    pick(
        "",
        &names,
        chosen,
        Callback::from(move |place: usize| {
            if let Some(it) = Compare::ALL.get(place) {
                on.emit(*it);
            }
        }),
    )
}

/// Columns to tick; none ticked means `none`.
fn ticks(
    sheet: &Sheet<'_>,
    label: &str,
    ticked: &[String],
    none: &str,
    of: fn(&mut Form) -> Option<&mut Vec<String>>,
) -> Html {
    let names = sheet.names();
    html! {
        <div class="row" role="group" aria-label={label.to_owned()}>
            <span class="muted">{ label }</span>
            { for names.iter().map(|name| {
                let (name, all) = (name.clone(), names.clone());
                tick(&name.clone(), ticked.contains(&name), sheet.on(move |form, is_on: bool| {
                    if let Some(columns) = of(form) {
                        columns.retain(|it| *it != name);
                        if is_on {
                            // In the order of the table, after what is chosen already in another one.
                            columns.push(name.clone());
                            let place = |it: &String| all.iter().position(|name| name == it);
                            rowlock_engine::collections::sort_by_key(columns, place);
                        }
                    }
                }))
            }) }
            if ticked.is_empty() {
                <span class="muted">{ format!("({none})") }</span>
            }
        </div>
    }
}

/// Columns with the values they are set to.
fn settings(
    sheet: &Sheet<'_>,
    label: &str,
    sets: &[Setting],
    of: fn(&mut Form) -> Option<&mut Vec<Setting>>,
) -> Html {
    let names = sheet.names();
    let free = names
        .iter()
        .find(|name| sets.iter().all(|set| set.column != **name))
        .cloned();
    let rows = sets.iter().enumerate().map(|(at, set)| {
        let all = names.clone();
        let column = sheet.on(move |form, place: usize| {
            if let (Some(set), Some(name)) = (of(form).and_then(|sets| sets.get_mut(at)), all.get(place)) {
                set.column.clone_from(name);
            }
        });
        let value = sheet.on_line(move |form, value| {
            if let Some(set) = of(form).and_then(|sets| sets.get_mut(at)) {
                set.value = value;
            }
        });
        let remove = sheet.on(move |form, ()| {
            if let Some(sets) = of(form).filter(|sets| sets.len() > 1) {
                sets.remove(at);
            }
        });
        html! {
            <div class="row">
                { sheet.column(if at == 0 { label } else { "" }, &set.column, column) }
                { line("=", &set.value, &format!("step-{}-{at}", label.to_lowercase().replace(' ', "-")), &sheet.values(&set.column), value) }
                if sets.len() > 1 {
                    { button("×", "Leave this column out", remove) }
                }
            </div>
        }
    });
    html! {
        <>
            { for rows }
            if let Some(free) = free {
                <div class="row">
                    { button("+ column", "Set another column", sheet.on(move |form, ()| {
                        if let Some(sets) = of(form) {
                            sets.push(Setting { column: free.clone(), value: "DEFAULT".to_owned() });
                        }
                    })) }
                </div>
            }
        </>
    }
}

/// The condition of the rows.
fn conditions(sheet: &Sheet<'_>, rows: &[Comparison]) -> Html {
    let names = sheet.names();
    let all = rows.iter().enumerate().map(|(at, row)| {
        let all = names.clone();
        let column = sheet.on(move |form, place: usize| {
            if let (Some(row), Some(name)) = (form.rows_mut().and_then(|rows| rows.get_mut(at)), all.get(place)) {
                row.column.clone_from(name);
            }
        });
        let compare = sheet.on(move |form, it: Compare| {
            if let Some(row) = form.rows_mut().and_then(|rows| rows.get_mut(at)) {
                row.compare = it;
                if !it.has_value() {
                    row.value.clear();
                } else if row.value.is_empty() {
                    "1".clone_into(&mut row.value);
                }
            }
        });
        let value = sheet.on_line(move |form, value| {
            if let Some(row) = form.rows_mut().and_then(|rows| rows.get_mut(at)) {
                row.value = value;
            }
        });
        let remove = sheet.on(move |form, ()| {
            if let Some(rows) = form.rows_mut().filter(|rows| at < rows.len()) {
                rows.remove(at);
            }
        });
        html! {
            <div class="row">
                { sheet.column(if at == 0 { "Rows with" } else { "and" }, &row.column, column) }
                { comparing(row.compare, Compare::ALL.len(), compare) }
                if row.compare.has_value() {
                    { line("", &row.value, &format!("step-row-{at}"), &sheet.values(&row.column), value) }
                }
                { button("×", "Leave this condition out", remove) }
            </div>
        }
    });
    let first = sheet.table.and_then(first_comparison);
    html! {
        <>
            { for all }
            <div class="row">
                if rows.is_empty() {
                    <span class="muted">{ "Every row" }</span>
                }
                { button("+ condition", "Add a condition", sheet.on(move |form, ()| {
                    if let (Some(rows), Some(first)) = (form.rows_mut(), &first) {
                        rows.push(first.clone());
                    }
                })) }
            </div>
        </>
    }
}

fn lock_fields(sheet: &Sheet<'_>, lock: Option<(RowLock, WaitPolicy)>) -> Html {
    let mut names = vec!["none".to_owned()];
    names.extend(LOCKS.iter().map(|it| it.clause().to_owned()));
    let strength = lock.and_then(|(strength, _)| LOCKS.iter().position(|it| *it == strength));
    html! {
        <>
            { pick("Row lock", &names, Some(strength.map_or(0, |at| at + 1)), sheet.on(|form, place: usize| {
                if let Form::Select { lock, .. } = form {
                    let wait = lock.map_or(WaitPolicy::Block, |(_, wait)| wait);
                    *lock = place.checked_sub(1).and_then(|at| LOCKS.get(at)).map(|it| (*it, wait));
                }
            })) }
            if let Some((_, wait)) = lock {
                { pick("Locked already", &strings(&WAIT_NAMES), WAITS.iter().position(|it| *it == wait), sheet.on(|form, place: usize| {
                    if let (Form::Select { lock: Some((_, wait)), .. }, Some(it)) = (form, WAITS.get(place)) { *wait = *it; }
                })) }
            }
        </>
    }
}

fn order_fields(sheet: &Sheet<'_>, order: Option<&(String, Direction)>) -> Html {
    let names = sheet.names();
    let mut shown = vec!["none".to_owned()];
    for name in &names {
        shown.extend([name.clone(), format!("{name} DESC")]);
    }
    let chosen = order.and_then(|(name, direction)| {
        let at = names.iter().position(|it| it == name)?;
        Some(1 + 2 * at + usize::from(*direction == Direction::Desc))
    });
    pick(
        "Order by",
        &shown,
        Some(chosen.unwrap_or(0)),
        sheet.on(move |form, place: usize| {
            let Form::Select { order, .. } = form else {
                return;
            };
            *order = place.checked_sub(1).and_then(|at| {
                let direction = if at % 2 == 0 {
                    Direction::Asc
                } else {
                    Direction::Desc
                };
                Some((names.get(at / 2)?.clone(), direction))
            });
        }),
    )
}

fn conflict_fields(sheet: &Sheet<'_>, conflict: &Conflict) -> Html {
    let changes = !conflict.sets.is_empty();
    let names = sheet.names();
    html! {
        <>
            { ticks(sheet, "The row is there if these are equal", &conflict.target, "any unique", |form| form.conflict_mut().map(|it| &mut it.target)) }
            <div class="row">
                { pick("Then", &strings(&["DO NOTHING", "DO UPDATE"]), Some(usize::from(changes)), sheet.on(move |form, place: usize| {
                    let Some(conflict) = form.conflict_mut() else { return };
                    let target = conflict.target.clone();
                    let column = names.iter().find(|name| !target.contains(name)).or(names.first());
                    conflict.sets = match column {
                        Some(column) if place == 1 => {
                            let name = rowlock_engine::sql::ast::Ident::new(column);
                            vec![Setting { column: column.clone(), value: format!("excluded.{name}") }]
                        }
                        _ => Vec::new(),
                    };
                })) }
            </div>
            if changes {
                { settings(sheet, "Then sets", &conflict.sets, |form| form.conflict_mut().map(|it| &mut it.sets)) }
            }
        </>
    }
}
