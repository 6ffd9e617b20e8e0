//! The tables: at the position, in the end, and as they should be; and the rules.

use crate::session_mark::{class, mark};
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::db::{Row, Value};
use rowlock_engine::run::{EventKind, RowId, RowStatus, TableState, Write, view_at};
use rowlock_engine::scenario::SessionId;
use yew::prelude::*;

/// More rows of a table than this are not shown.
const MOST_ROWS: usize = 40;

/// What the room shows.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// How many events have happened.
    pub position: usize,
}

/// The room.
#[component]
pub fn Tables(props: &Props) -> Html {
    let show = &props.show;
    let view = use_memo((show.clone(), props.position), |(show, position)| {
        view_at(&show.plan, &show.run, *position)
    });
    let name = |session: SessionId| show.scenario.sessions[session.0].display_name();
    let now = view.tables.iter().map(|table| {
        let there: Vec<_> = table.rows.iter().filter(|row| row.is_there()).collect();
        let more = there.len().saturating_sub(MOST_ROWS);
        // What changes is shown, however many rows there are.
        let settled = |row: &rowlock_engine::run::RowView| row.status == RowStatus::Settled;
        let under_way = there.iter().filter(|row| !settled(row)).count();
        let mut calm = MOST_ROWS.saturating_sub(under_way);
        let listed = there.into_iter().filter(|row| {
            let listed = !settled(row) || calm > 0;
            calm = calm.saturating_sub(usize::from(settled(row)));
            listed
        });
        let rows = listed.take(MOST_ROWS).map(|row| match &row.status {
            RowStatus::Settled => match just_written(show, props.position, &table.name, row.id) {
                // A statement outside of a block commits with its answer.
                Some((session, write)) => html! {
                    <tr class="pending">
                        { for cells(write.old.as_ref(), row.committed.iter().flat_map(|row| row.iter())) }
                        <td class={classes!("who", class(session))}>{ mark(session) }{ format!(" {}, committed", name(session)) }</td>
                    </tr>
                },
                None => html! { <tr>{ for row.committed.iter().flat_map(|row| row.iter()).map(cell) }<td class="who"></td></tr> },
            },
            RowStatus::Written(session, values) => html! {
                <tr class="pending">
                    { for cells(row.committed.as_ref(), values.iter()) }
                    <td class={classes!("who", class(*session))}>{ mark(*session) }{ format!(" {}, not committed", name(*session)) }</td>
                </tr>
            },
            RowStatus::Deleted(session) => html! {
                <tr class="pending deleted">
                    { for row.committed.iter().flat_map(|row| row.iter()).map(|value| html! { <td><del>{ shown(value) }</del></td> }) }
                    <td class={classes!("who", class(*session))}>{ mark(*session) }{ format!(" deleted by {}, not committed", name(*session)) }</td>
                </tr>
            },
        });
        html! { <table><caption>{ &table.name }</caption>{ head(&table.columns, true) }<tbody>{ for rows }</tbody>{ rest(more) }</table> }
    });
    let expected = &show.verdict.serial_tables;
    let should: Html = match expected.as_slice() {
        [] if show.pending => html! { <p class="muted">{ "One moment." }</p> },
        [] => html! { <p class="muted">{ "There are too many orders to try them all." }</p> },
        [one] => html! { { for one.iter().map(|table| state(table, Some(&show.run.tables))) } },
        several => html! {
            <>
                <p class="muted">{ "One of these, by which session comes first:" }</p>
                { for several.iter().take(4).enumerate().map(|(number, tables)| html! {
                    <div class="alternative"><span class="or">{ if number == 0 { "either" } else { "or" } }</span>
                    { for tables.iter().map(|table| state(table, None)) }</div>
                }) }
                if several.len() > 4 {
                    <p class="muted">{ format!("and {} more", several.len() - 4) }</p>
                }
            </>
        },
    };
    html! {
        <div class="tables" id="tables">
            <section class="at-this-step"><h2>{ "At this step" }</h2>{ for now }</section>
            <section id="final-tables"><h2>{ "In the end" }</h2>{ for show.run.tables.iter().map(|table| {
                let only = match expected.as_slice() { [one] => Some(one), _ => None };
                state(table, only)
            }) }</section>
            <section id="serial-tables"><h2>{ "One after the other" }</h2>{ should }</section>
            <section id="rules">
                <h2>{ "Rules" }</h2>
                if show.verdict.rules.is_empty() {
                    <p class="muted">{ "No rules. Write one under " }<code>{ "expect:" }</code>{ "." }</p>
                }
                <ul>
                    { for show.verdict.rules.iter().map(|rule| {
                        let (class, mark, note) = match &rule.holds {
                            Ok(true) => ("holds", "✓", "holds".to_owned()),
                            Ok(false) => ("fails", "✗", "does not hold".to_owned()),
                            Err(error) => ("fails", "✗", error.clone()),
                        };
                        html! { <li {class}><span aria-hidden="true">{ mark }</span>{ " " }<bdi>{ &rule.name }</bdi><span class="note">{ format!(" {note}") }</span><code>{ &rule.query }</code></li> }
                    }) }
                </ul>
            </section>
        </div>
    }
}

fn head(columns: &[String], with_note: bool) -> Html {
    html! {
        <thead><tr>
            { for columns.iter().map(|column| html! { <th scope="col">{ column }</th> }) }
            if with_note { <th scope="col"><span class="unseen">{ "changes under way" }</span></th> }
        </tr></thead>
    }
}

/// Values, those that differ from before with the old one.
fn cells<'a>(
    before: Option<&'a Row>,
    now: impl Iterator<Item = &'a Value>,
) -> impl Iterator<Item = Html> {
    now.enumerate().map(move |(column, value)| {
        match before.and_then(|row| row.get(column)) {
            Some(old) if old != value => html! { <td class="changed"><del>{ shown(old) }</del>{ " " }<ins>{ shown(value) }</ins></td> },
            _ => cell(value),
        }
    })
}

/// What the event that has just happened wrote into a row.
fn just_written<'a>(
    show: &'a Show,
    position: usize,
    table: &str,
    row: RowId,
) -> Option<(SessionId, &'a Write)> {
    let event = show.run.events.get(position.checked_sub(1)?)?;
    let EventKind::Replied(reply) = &event.kind else {
        return None;
    };
    let write = reply
        .writes
        .iter()
        .find(|write| write.table == table && write.row == row)?;
    Some((event.session, write))
}

fn cell(value: &Value) -> Html {
    html! { <td>{ shown(value) }</td> }
}

/// So many rows are not shown.
fn rest(more: usize) -> Html {
    if more == 0 {
        return Html::default();
    }
    html! { <tfoot><tr><td class="muted">{ format!("and {more} more") }</td></tr></tfoot> }
}

/// A value as tables have it.
#[must_use]
pub fn shown(value: &Value) -> String {
    match value {
        Value::Boolean(true) => "true".to_owned(),
        Value::Boolean(false) => "false".to_owned(),
        value => value.to_text().unwrap_or_else(|| "NULL".to_owned()),
    }
}

/// A table; what differs from the other state of it is marked.
fn state(table: &TableState, other: Option<&Vec<TableState>>) -> Html {
    let other = other.and_then(|tables| tables.iter().find(|other| other.name == table.name));
    let more = table.rows.len().saturating_sub(MOST_ROWS);
    let rows = table
        .rows
        .iter()
        .enumerate()
        .take(MOST_ROWS)
        .map(|(place, row)| {
            let other = other.map(|other| other.rows.get(place));
            let cells = row.iter().enumerate().map(|(column, value)| {
                let differs = other
                    .is_some_and(|other| other.and_then(|other| other.get(column)) != Some(value));
                html! { <td class={differs.then_some("differs")}>{ shown(value) }</td> }
            });
            html! { <tr>{ for cells }</tr> }
        });
    html! {
        <table>
            <caption>{ &table.name }</caption>
            { head(&table.columns, false) }
            <tbody>{ for rows }</tbody>
            if table.rows.is_empty() { <tfoot><tr><td class="muted">{ "no rows" }</td></tr></tfoot> }
            { rest(more) }
        </table>
    }
}
