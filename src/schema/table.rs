//! One table: its columns as a head, its starting rows below.

use super::column::ColumnHead;
use super::field::{Field, Target, focus_later};
use super::{fixed, free};
use crate::state::Action;
use rowlock_engine::edit::{ColumnPlace, Edit, RowPlace, TableEdit, TablePlace, TableSketch};
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub place: TablePlace,
    pub sketch: TableSketch,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The table.
#[component]
pub(super) fn TableRoom(props: &Props) -> Html {
    let (table, sketch) = (props.place, &props.sketch);
    let name = &sketch.name;
    let off = props.disabled || sketch.editable.is_err();
    let change = |edit: TableEdit, focus: String| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Change(Edit::Tables(edit.clone())));
            focus_later(focus.clone());
        })
    };
    let columns = sketch.columns.len();
    let names: Vec<String> = sketch.columns.iter().map(|it| it.name.clone()).collect();
    let add_column = TableEdit::AddColumn {
        table,
        name: free("column", columns + 1, &names),
        ty: "int".to_owned(),
    };
    let first_cell = Target::Cell(table, RowPlace(sketch.rows.len()), ColumnPlace(0));
    let last_name = Target::ColumnName(table, ColumnPlace(columns));
    html! {
        <section class="table" aria-label={format!("Table {name}")}>
            <p class="buttons">
                <span class="label" aria-hidden="true">{ "table" }</span>
                <Field target={Target::TableName(table)} value={name.clone()} label={format!("Name of table {name}")}
                    disabled={props.disabled} dispatch={props.dispatch.clone()} />
                <button type="button" class="pill" aria-label={format!("Remove table {name} with its rows")} disabled={props.disabled}
                    onclick={change(TableEdit::Remove(table), "add-table".to_owned())}>{ "Remove" }</button>
            </p>
            if let Err(why) = sketch.editable {
                <p class="muted">{ why }</p>
            } else {
                <div class="grid">
                    <table>
                        <caption class="unseen">{ format!("Columns and starting rows of {name}") }</caption>
                        <thead><tr>
                            { for sketch.columns.iter().enumerate().map(|(place, column)| html! {
                                <ColumnHead key={place} {table} place={ColumnPlace(place)} {columns} sketch={column.clone()}
                                    disabled={off} dispatch={props.dispatch.clone()} />
                            }) }
                            <td class="add">
                                <button type="button" class="pill" id={format!("add-column-{}", table.0)} disabled={off}
                                    aria-label={format!("Add a column to {name}")}
                                    onclick={change(add_column, last_name.id())}>{ "+ column" }</button>
                            </td>
                        </tr></thead>
                        <tbody>
                            { for sketch.rows.iter().enumerate().map(|(row, cells)| html! {
                                <tr key={row}>
                                    { for cells.cells.iter().enumerate().map(|(column, cell)| {
                                        let of = names.get(column).map_or("", String::as_str);
                                        html! { <td>{ self::cell(props, off, (row, column), of, cell.as_deref()) }</td> }
                                    }) }
                                    <td class="add">
                                        <button type="button" class="pill" disabled={off} aria-label={format!("Remove row {} of {name}", row + 1)}
                                            onclick={change(TableEdit::RemoveRow(table, RowPlace(row)), format!("add-row-{}", table.0))}>{ "×" }</button>
                                    </td>
                                </tr>
                            }) }
                        </tbody>
                    </table>
                </div>
                <p class="buttons">
                    <button type="button" class="pill" id={format!("add-row-{}", table.0)} disabled={off || columns == 0}
                        aria-label={format!("Add a row to {name}")}
                        onclick={change(TableEdit::AddRow(table), first_cell.id())}>{ "+ row" }</button>
                    if sketch.rows.is_empty() {
                        <span class="muted">{ "No starting rows." }</span>
                    }
                </p>
            }
            { fixed(sketch.fixed.iter().map(|it| (it.text.clone(), it.why)).collect()) }
        </section>
    }
}

/// One cell. A value of several lines does not fit in a field.
fn cell(
    props: &Props,
    off: bool,
    (row, column): (usize, usize),
    name: &str,
    value: Option<&str>,
) -> Html {
    let target = Target::Cell(props.place, RowPlace(row), ColumnPlace(column));
    let value = value.unwrap_or_default().to_owned();
    if value.contains('\n') {
        return html! { <code title="A value of several lines: edit it in the text.">{ value }</code> };
    }
    html! {
        <Field {target} {value} label={format!("{name} in row {}", row + 1)} placeholder="default" disabled={off}
            dispatch={props.dispatch.clone()} />
    }
}
