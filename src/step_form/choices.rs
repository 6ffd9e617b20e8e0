//! The form: what a simple step says, to be chosen; below it the SQL that it makes.
//!
//! The form is read off the draft ([`Form::of`]). While something in it cannot be read, such as half an expression, it keeps what
//! was chosen. Every choice is written at once; what is typed in a line of it is shown at once and written when it is done.

use super::controls::Label::{Shown, Unseen};
use super::controls::{Written, pick};
use super::fields::fields;
use crate::shared::Shared;
use crate::state::Drawing;
use rowlock_engine::edit::form::{Form, StepKind};
use rowlock_engine::edit::names::{Table, tables, variables};
use rowlock_engine::scenario::StepId;
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
                { pick(Shown("Step"), &names, chosen, turn) }
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

/// What a value changes in a form.
type Change<V> = Rc<dyn Fn(&mut Form, V)>;

/// A form on the page.
#[derive(Clone, Copy)]
pub(super) struct Sheet<'a> {
    pub form: &'a Form,
    pub table: Option<&'a Table>,
    pub known: &'a [String],
    maker: &'a Maker,
}

impl Sheet<'_> {
    /// A change of the form by a value.
    pub(super) fn on<V: 'static>(&self, change: impl Fn(&mut Form, V) + 'static) -> Callback<V> {
        self.changed_by(Rc::new(change))
    }

    /// The same, compiled once for each kind of value and not for each change.
    #[inline(never)]
    fn changed_by<V: 'static>(&self, change: Change<V>) -> Callback<V> {
        let (form, maker) = (self.form.clone(), self.maker.clone());
        Callback::from(move |value: V| {
            let mut form = form.clone();
            change(&mut form, value);
            maker.write(form);
        })
    }

    /// A change of the form by what is written in a line.
    pub(super) fn on_line(&self, change: impl Fn(&mut Form, String) + 'static) -> Written {
        self.written_by(Rc::new(change))
    }

    #[inline(never)]
    fn written_by(&self, change: Change<String>) -> Written {
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

    pub(super) fn names(&self) -> Vec<String> {
        let columns = self.table.into_iter().flat_map(|table| &table.columns);
        columns.map(|column| column.name.clone()).collect()
    }

    /// What can be written beside a column: what the session has read, what the set-up has.
    pub(super) fn values(&self, column: &str) -> Vec<String> {
        let column = self.table.and_then(|table| table.column(column));
        let own = column.map_or(&[][..], |column| &column.values);
        self.known.iter().chain(own).cloned().collect()
    }

    pub(super) fn column(&self, label: &str, name: &str, on: Callback<usize>) -> Html {
        let names = self.names();
        let chosen = names.iter().position(|it| it == name);
        let label = if label.is_empty() {
            Unseen("column")
        } else {
            Shown(label)
        };
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
    pick(Shown("Table"), &names, chosen, on)
}
