//! A field that writes one thing: when it is left or at Enter; Escape brings back what was there.
//!
//! What is refused stays in the field, so that it can be mended; the sentence below says why.

use crate::browser;
use crate::state::Action;
use gloo::timers::callback::Timeout;
use rowlock_engine::edit::{
    ColumnChange, ColumnPlace, Edit, RowPlace, RuleEdit, RulePlace, TableEdit, TablePlace,
};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

/// What a field writes.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Target {
    TableName(TablePlace),
    ColumnName(TablePlace, ColumnPlace),
    Default(TablePlace, ColumnPlace),
    Cell(TablePlace, RowPlace, ColumnPlace),
    RuleName(RulePlace),
    /// Of several lines, perhaps.
    RuleQuery(RulePlace),
}

impl Target {
    /// The field's id.
    pub fn id(self) -> String {
        match self {
            Self::TableName(table) => format!("table-{}-name", table.0),
            Self::ColumnName(table, column) => format!("column-{}-{}-name", table.0, column.0),
            Self::Default(table, column) => format!("column-{}-{}-default", table.0, column.0),
            Self::Cell(table, row, column) => cell_id(table, row.0, column),
            Self::RuleName(rule) => format!("rule-{}-name", rule.0),
            Self::RuleQuery(rule) => format!("rule-{}-query", rule.0),
        }
    }

    fn edit(self, typed: String) -> Edit {
        let change = |table, column, change| {
            Edit::Tables(TableEdit::ChangeColumn {
                table,
                column,
                change,
            })
        };
        match self {
            Self::TableName(table) => Edit::Tables(TableEdit::Rename(table, typed)),
            Self::ColumnName(table, column) => change(table, column, ColumnChange::Rename(typed)),
            Self::Default(table, column) => {
                let default = (!typed.trim().is_empty()).then_some(typed);
                change(table, column, ColumnChange::Default(default))
            }
            Self::Cell(table, row, column) => Edit::Tables(TableEdit::SetCell {
                table,
                row,
                column,
                value: typed,
            }),
            Self::RuleName(rule) => Edit::Rules(RuleEdit::Rename(rule, typed)),
            Self::RuleQuery(rule) => Edit::Rules(RuleEdit::SetQuery(rule, typed)),
        }
    }

    /// The field that an arrow leads to: the same column in the row above or below.
    fn neighbour(self, key: &str) -> Option<String> {
        match (self, key) {
            (Self::Cell(table, row, column), "ArrowUp") => {
                Some(cell_id(table, row.0.checked_sub(1)?, column))
            }
            (Self::Cell(table, row, column), "ArrowDown") => {
                Some(cell_id(table, row.0 + 1, column))
            }
            _ => None,
        }
    }
}

fn cell_id(table: TablePlace, row: usize, column: ColumnPlace) -> String {
    format!("cell-{}-{row}-{}", table.0, column.0)
}

#[derive(Properties, PartialEq)]
pub(super) struct Props {
    pub target: Target,
    /// What is written now.
    pub value: AttrValue,
    pub label: AttrValue,
    #[prop_or_default]
    pub placeholder: AttrValue,
    pub disabled: bool,
    pub dispatch: Callback<Action>,
}

/// The field.
#[component]
pub(super) fn Field(props: &Props) -> Html {
    let field = use_node_ref();
    let commit = {
        let (field, value) = (field.clone(), props.value.clone());
        let (dispatch, target) = (props.dispatch.clone(), props.target);
        move || {
            let typed = content(&field);
            if typed.trim() == value.trim() {
                fill(&field, &value);
            } else {
                dispatch.emit(Action::Change(target.edit(typed)));
            }
        }
    };
    let change = {
        let commit = commit.clone();
        Callback::from(move |_: Event| commit())
    };
    let key = {
        let (field, value, target) = (field.clone(), props.value.clone(), props.target);
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Enter" if !event.shift_key() && !event.is_composing() => {
                event.prevent_default();
                commit();
            }
            "Escape" => fill(&field, &value),
            key => {
                let neighbour = target.neighbour(key);
                if let Some(next) = neighbour.and_then(|id| browser::element(&id)) {
                    event.prevent_default();
                    let _ = next.focus();
                }
            }
        })
    };
    let id = props.target.id();
    // Characters are as wide as their number: fields of a table stand below each other.
    let size = props.value.chars().count().clamp(4, 24).to_string();
    let lines = props.value.split('\n').count().to_string();
    if matches!(props.target, Target::RuleQuery(_)) {
        html! {
            <textarea ref={field} {id} aria-label={props.label.clone()} value={props.value.clone()} rows={lines} spellcheck="false"
                autocapitalize="off" disabled={props.disabled} onchange={change} onkeydown={key} />
        }
    } else {
        html! {
            <input ref={field} {id} {size} aria-label={props.label.clone()} value={props.value.clone()}
                placeholder={props.placeholder.clone()} spellcheck="false" autocomplete="off" autocapitalize="off"
                disabled={props.disabled} onchange={change} onkeydown={key} />
        }
    }
}

fn content(field: &NodeRef) -> String {
    match field.cast::<HtmlInputElement>() {
        Some(input) => input.value(),
        None => field
            .cast::<HtmlTextAreaElement>()
            .map_or_else(String::new, |area| area.value()),
    }
}

fn fill(field: &NodeRef, value: &str) {
    if let Some(input) = field.cast::<HtmlInputElement>() {
        input.set_value(value);
    } else if let Some(area) = field.cast::<HtmlTextAreaElement>() {
        area.set_value(value);
    }
}

/// Puts the focus on what will be there after the next drawing, and chooses what is written in it.
pub(super) fn focus_later(id: String) {
    Timeout::new(0, move || {
        if let Some(element) = browser::element(&id) {
            let _ = element.focus();
            if let Ok(input) = element.dyn_into::<HtmlInputElement>() {
                input.select();
            }
        }
    })
    .forget();
}
