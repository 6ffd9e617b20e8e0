//! `window.rowlock`: what the page shows, for scripts beside it and for tests.
//!
//! `rowlock.text()`, `rowlock.load(text)` and `rowlock.outcome()`, whose object says how each transaction ended, what is
//! left in the tables and the verdict.

use crate::browser;
use crate::shared::Shared;
use crate::state::Show;
use rowlock_engine::db::Value;
use serde::Serialize;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

/// What `rowlock.outcome()` gives.
#[derive(Serialize)]
struct Outcome {
    kind: &'static str,
    sentence: String,
    correct: bool,
    anomalies: Vec<&'static str>,
    transactions: Vec<Transaction>,
    tables: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    name: String,
    columns: Vec<String>,
    /// As psql shows them; null for NULL.
    rows: Vec<Vec<Option<String>>>,
}

#[derive(Serialize)]
struct Transaction {
    session: String,
    attempt: u32,
    outcome: &'static str,
}

fn outcome(show: &Show) -> Outcome {
    let verdict = &show.verdict;
    let table = |table: &rowlock_engine::run::TableState| Table {
        name: table.name.clone(),
        columns: table.columns.clone(),
        rows: table
            .rows
            .iter()
            .map(|row| row.iter().map(Value::to_text).collect())
            .collect(),
    };
    Outcome {
        kind: verdict.kind.as_str(),
        sentence: verdict.sentence.clone(),
        correct: verdict.kind == rowlock_engine::verdict::VerdictKind::Correct,
        anomalies: verdict
            .anomalies
            .iter()
            .map(|anomaly| anomaly.name.as_str())
            .collect(),
        transactions: show
            .run
            .transactions
            .iter()
            .map(|transaction| Transaction {
                session: show.scenario.sessions[transaction.session.0].name.clone(),
                attempt: transaction.attempt,
                outcome: transaction.outcome.as_str(),
            })
            .collect(),
        tables: show.run.tables.iter().map(table).collect(),
    }
}

/// What is offered.
#[derive(Properties, PartialEq)]
pub struct Props {
    /// The run on the screen.
    pub show: Shared<Show>,
    /// The text in the editor.
    pub text: Rc<str>,
    /// Called with a text to load.
    pub on_load: Callback<Rc<str>>,
}

/// Offers `window.rowlock` while it is mounted; shows nothing.
#[component]
pub fn Api(props: &Props) -> Html {
    let latest = use_mut_ref(|| (props.show.clone(), props.text.clone()));
    *latest.borrow_mut() = (props.show.clone(), props.text.clone());
    let on_load = props.on_load.clone();
    use_effect_with((), move |()| {
        let text = {
            let latest = latest.clone();
            Closure::<dyn Fn() -> String>::new(move || latest.borrow().1.to_string())
        };
        let result = Closure::<dyn Fn() -> JsValue>::new(move || {
            serde_wasm_bindgen::to_value(&outcome(&latest.borrow().0)).unwrap_or(JsValue::NULL)
        });
        let load = Closure::<dyn Fn(String)>::new(move |text: String| on_load.emit(text.into()));
        let object = js_sys::Object::new();
        let offer = |name: &str, function: &JsValue| {
            let _ = js_sys::Reflect::set(&object, &name.into(), function);
        };
        offer("text", text.as_ref());
        offer("outcome", result.as_ref());
        offer("load", load.as_ref());
        if let Some(window) = browser::window() {
            let _ = js_sys::Reflect::set(&window, &"rowlock".into(), &object);
        }
        move || {
            if let Some(window) = browser::window() {
                let _ = js_sys::Reflect::delete_property(&window.into(), &"rowlock".into());
            }
            drop((text, result, load));
        }
    });
    html! {}
}
