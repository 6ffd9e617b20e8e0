//! A column's head: its name, its type, and what else is said of it.

use super::field::{Field, Target, focus_later};
use crate::state::Action;
use rowlock_engine::edit::{
    ColumnChange, ColumnPlace, ColumnSketch, Constraint, Edit, TableEdit, TablePlace,
};
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// The types that are offered; one that is written otherwise is offered as it is written.
const TYPES: [&str; 12] = [
    "int",
    "bigint",
    "smallint",
    "serial",
    "numeric",
    "numeric(10, 2)",
    "text",
    "varchar(50)",
    "boolean",
    "date",
    "timestamp",
    "timestamptz",
];

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub table: TablePlace,
    pub place: ColumnPlace,
    /// How many columns the table has.
    pub columns: usize,
    pub sketch: ColumnSketch,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The head.
#[component]
pub(super) fn ColumnHead(props: &Props) -> Html {
    let (table, column, sketch) = (props.table, props.place, &props.sketch);
    let name = &sketch.name;
    let change = move |change: ColumnChange| {
        Action::Change(Edit::Tables(TableEdit::ChangeColumn {
            table,
            column,
            change,
        }))
    };
    let pick_type = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            if let Some(list) = event.target_dyn_into::<HtmlSelectElement>() {
                dispatch.emit(change(ColumnChange::Type(list.value())));
            }
        })
    };
    let own = sketch.ty.to_ascii_lowercase();
    let offered = TYPES.contains(&own.as_str());
    let button = |sign: &'static str, label: String, off: bool, edit: TableEdit, focus: String| {
        let dispatch = props.dispatch.clone();
        html! {
            <button type="button" class="pill" aria-label={label} disabled={props.disabled || off}
                onclick={Callback::from(move |_: MouseEvent| {
                    dispatch.emit(Action::Change(Edit::Tables(edit.clone())));
                    focus_later(focus.clone());
                })}>{ sign }</button>
        }
    };
    let shift = |to: usize| TableEdit::MoveColumn {
        table,
        column,
        to: ColumnPlace(to),
    };
    let name_at = |place: usize| Target::ColumnName(table, ColumnPlace(place)).id();
    let (before, after) = (column.0.saturating_sub(1), column.0 + 1);
    html! {
        <th scope="col">
            <Field target={Target::ColumnName(table, column)} value={name.clone()} label={format!("Name of column {name}")}
                disabled={props.disabled} dispatch={props.dispatch.clone()} />
            <select aria-label={format!("Type of {name}")} disabled={props.disabled} onchange={pick_type}>
                if !offered { <option value={sketch.ty.clone()} selected=true>{ &sketch.ty }</option> }
                { for TYPES.iter().map(|ty| html! { <option value={*ty} selected={own == *ty}>{ *ty }</option> }) }
            </select>
            <details>
                <summary aria-label={format!("What else is said of {name}: {}", said(sketch))}>{ said(sketch) }</summary>
                { for Constraint::ALL.into_iter().map(|constraint| {
                    let dispatch = props.dispatch.clone();
                    let checked = sketch.constraints.contains(&constraint);
                    let set = Callback::from(move |event: Event| {
                        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
                            // The mark follows the text, which may refuse it.
                            let wanted = field.checked();
                            field.set_checked(checked);
                            dispatch.emit(change(if wanted { ColumnChange::Set(constraint) } else { ColumnChange::Unset(constraint) }));
                        }
                    });
                    html! {
                        <label><input type="checkbox" {checked} disabled={props.disabled} onchange={set} />{ " " }{ words(constraint) }</label>
                    }
                }) }
                <label><span>{ "default" }</span>
                    <Field target={Target::Default(table, column)} value={sketch.default.clone().unwrap_or_default()}
                        label={format!("Default of {name}")} placeholder="none" disabled={props.disabled} dispatch={props.dispatch.clone()} />
                </label>
                { for sketch.other.iter().map(|other| html! { <code title="Edit it in the text.">{ other }</code> }) }
                <div class="buttons">
                    { button("←", format!("Move {name} left"), column.0 == 0, shift(before), name_at(before)) }
                    { button("→", format!("Move {name} right"), after >= props.columns, shift(after), name_at(after)) }
                    { button("Remove", format!("Remove column {name}"), props.columns < 2, TableEdit::RemoveColumn { table, column },
                        format!("add-column-{}", table.0)) }
                </div>
            </details>
        </th>
    }
}

fn words(constraint: Constraint) -> &'static str {
    match constraint {
        Constraint::PrimaryKey => "key",
        Constraint::NotNull => "not null",
        Constraint::Unique => "unique",
    }
}

/// What is said of a column beside its type, in few words.
fn said(sketch: &ColumnSketch) -> String {
    let constraints = sketch.constraints.iter().map(|it| words(*it).to_owned());
    let default = sketch.default.iter().map(|it| format!("default {it}"));
    let other = sketch.other.iter().map(|it| it.to_ascii_lowercase());
    let all: Vec<String> = constraints.chain(default).chain(other).collect();
    if all.is_empty() {
        "options".to_owned()
    } else {
        all.join(", ")
    }
}
