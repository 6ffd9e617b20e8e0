//! The fields of each kind of step.

use super::choices::Sheet;
use super::controls::Label::{Shown, Unseen};
use super::controls::{line, pick, tick};
use super::parts::{comparing, conditions, settings, ticks};
use rowlock_engine::edit::form::{Conflict, Form, Names, Setting};
use rowlock_engine::sql::ast::{
    AccessMode, Direction, IsolationLevel, RowLock, TableLockMode, WaitPolicy,
};
use yew::prelude::*;

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

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|it| (*it).to_owned()).collect()
}

/// The fields of a form.
pub(super) fn fields(sheet: &Sheet<'_>) -> Html {
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
                    { line(Shown("At most"), limit.as_deref().unwrap_or_default(), "step-limit", &[], sheet.on_line(|form, value| {
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
                    { pick(Shown("Mode"), &names, MODES.iter().position(|it| it == mode), sheet.on(|form, place: usize| {
                        if let (Form::LockTable { mode, .. }, Some(it)) = (form, MODES.get(place)) { *mode = *it; }
                    })) }
                    { pick(Shown("Locked already"), &strings(&WAIT_NAMES[..2]), WAITS.iter().position(|it| it == wait), sheet.on(|form, place: usize| {
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
                { line(Shown("Goes on if"), left, "step-left", sheet.known, sheet.on_line(|form, value| {
                    if let Form::Require { left, .. } = form { *left = value; }
                })) }
                { comparing(*compare, 6, sheet.on(|form, it| {
                    if let Form::Require { compare, .. } = form { *compare = it; }
                })) }
                { line(Unseen("the value on the right"), right, "step-right", sheet.known, sheet.on_line(|form, value| {
                    if let Form::Require { right, .. } = form { *right = value; }
                })) }
                { line(Shown("else says"), reason, "step-reason", &[], sheet.on_line(|form, value| {
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
                    { pick(Shown("Level"), &levels, Some(level.map_or(0, |at| at + 1)), sheet.on(|form, place: usize| {
                        if let Form::Begin { isolation, .. } = form { *isolation = place.checked_sub(1).and_then(|at| LEVELS.get(at).copied()); }
                    })) }
                    { pick(Shown("Access"), &strings(&["of the session", "READ ONLY", "READ WRITE"]), modes.iter().position(|it| it == access), sheet.on(move |form, place: usize| {
                        if let (Form::Begin { access, .. }, Some(it)) = (form, modes.get(place)) { *access = *it; }
                    })) }
                </div>
            }
        }
        Form::Fault(fault) => html! { <p class="muted">{ fault.description() }</p> },
        Form::Commit | Form::Rollback => html! {},
    }
}

fn lock_fields(sheet: &Sheet<'_>, lock: Option<(RowLock, WaitPolicy)>) -> Html {
    let mut names = vec!["none".to_owned()];
    names.extend(LOCKS.iter().map(|it| it.clause().to_owned()));
    let strength = lock.and_then(|(strength, _)| LOCKS.iter().position(|it| *it == strength));
    html! {
        <>
            { pick(Shown("Row lock"), &names, Some(strength.map_or(0, |at| at + 1)), sheet.on(|form, place: usize| {
                if let Form::Select { lock, .. } = form {
                    let wait = lock.map_or(WaitPolicy::Block, |(_, wait)| wait);
                    *lock = place.checked_sub(1).and_then(|at| LOCKS.get(at)).map(|it| (*it, wait));
                }
            })) }
            if let Some((_, wait)) = lock {
                { pick(Shown("Locked already"), &strings(&WAIT_NAMES), WAITS.iter().position(|it| *it == wait), sheet.on(|form, place: usize| {
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
        Shown("Order by"),
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
                { pick(Shown("Then"), &strings(&["DO NOTHING", "DO UPDATE"]), Some(usize::from(changes)), sheet.on(move |form, place: usize| {
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
