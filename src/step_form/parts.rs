//! What several kinds of steps have in common: columns that are ticked, columns that are set, the condition of rows.

use super::choices::Sheet;
use super::controls::Label::{Shown, Unseen};
use super::controls::{button, line, pick, tick};
use rowlock_engine::edit::form::{Compare, Comparison, Form, Setting, first_comparison};
use yew::prelude::*;

/// How two values are compared; the first `count` ways are offered.
pub(super) fn comparing(compare: Compare, count: usize, on: Callback<Compare>) -> Html {
    let all = &Compare::ALL[..count];
    let names: Vec<String> = all.iter().map(|it| it.name().to_owned()).collect();
    let chosen = all.iter().position(|it| *it == compare);
    pick(
        Unseen("is"),
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
pub(super) fn ticks(
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
pub(super) fn settings(
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
                { line(Shown("="), &set.value, &format!("step-{}-{at}", label.to_ascii_lowercase().replace(' ', "-")), &sheet.values(&set.column), value) }
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
pub(super) fn conditions(sheet: &Sheet<'_>, rows: &[Comparison]) -> Html {
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
                    { line(Unseen("value"), &row.value, &format!("step-row-{at}"), &sheet.values(&row.column), value) }
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
