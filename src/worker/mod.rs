//! The worker, as the page sees it: somebody who is asked, and answers when there is something to tell.
//!
//! It is the page's own program, in a thread of the browser ([`thread`]). While nobody asks anything there is none: what its work took of
//! memory is given back when the last question is dropped. A worker that cannot start or that breaks down fails the questions that
//! were open with a sentence; the next question starts another.
//!
//! Most of a first answer is the browser's compiling, function by function as they are first called. So workers are given the
//! modules that the page has compiled (`static/loader.js`): what browsers have made of a module while the page or a worker runs it is
//! there for the next. And when a visit rests, a worker is made ready by counting a story ([`prepare_worker`]), and waits for the first
//! question.

pub mod thread;

use js_sys::Uint8Array;
use rowlock_engine::work::{Answer, Known, Rehearsal, Task, rehearsals};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions, WorkerType};
use yew::Callback;

/// What a worker begins with, seen from the page (`static/worker.js`).
const BEGINNING: &str = "worker.js";

const NOT_LOADED: &str =
    "The worker of this page could not be loaded. Is the browser online? Then reload the page.";

#[wasm_bindgen]
extern "C" {
    /// The program, as a worker wants it: a promise. Fails where nobody loads anything.
    #[wasm_bindgen(js_namespace = rowlockLater, catch)]
    fn program() -> Result<js_sys::Promise, JsValue>;
}

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
    /// What a worker is asked so that it becomes ready.
    static REHEARSALS: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
    static QUESTIONS: RefCell<Vec<(u32, Callback<Answer>)>> = const { RefCell::new(Vec::new()) };
    static LAST_ID: Cell<u32> = const { Cell::new(0) };
}

/// A worker that runs or starts.
struct Worker {
    thread: web_sys::Worker,
    /// What is to be sent once it listens; `None`: it does.
    waiting: Option<Vec<Task>>,
    _hear: Closure<dyn Fn(MessageEvent)>,
    _break_down: Closure<dyn Fn(ErrorEvent)>,
}

/// Ends the worker, if there is one.
fn end() {
    if let Some(worker) = WORKER.take() {
        worker.thread.terminate();
        // It may be its own call that ends it: what is called goes when that has returned.
        gloo::timers::callback::Timeout::new(0, move || drop(worker)).forget();
    }
}

/// A question under way. Dropped, it is not answered any more.
pub struct Question {
    id: u32,
}

impl Question {
    /// What is known by now will do: the last answers come.
    pub fn stop(&self) {
        send(Task::Stop { id: self.id });
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if close(self.id) == 0 {
            end();
        } else {
            send(Task::Forget { id: self.id });
        }
    }
}

/// Somebody is told of every answer from now on: the number of the question.
fn open(hear: Callback<Answer>) -> u32 {
    let id = LAST_ID.get().wrapping_add(1);
    LAST_ID.set(id);
    QUESTIONS.with_borrow_mut(|questions| questions.push((id, hear)));
    id
}

/// Nobody is told of the answers to this question any more; how many others are open.
fn close(id: u32) -> usize {
    QUESTIONS.with_borrow_mut(|questions| {
        questions.retain(|(open, _)| *open != id);
        questions.len()
    })
}

/// Asks; `before` is answered no more. `task` is given its number; `hear` is called with every answer to it.
pub fn ask(
    before: Option<Question>,
    task: impl FnOnce(u32) -> Task,
    hear: Callback<Answer>,
) -> Question {
    let id = open(hear);
    // There is another question by now, so the worker lives on; and it forgets this one before the new one asks for memory.
    drop(before);
    for rehearsal in REHEARSALS.take() {
        close(rehearsal);
        send(Task::Forget { id: rehearsal });
    }
    send(task(id));
    Question { id }
}

/// Has a worker ready before the first question. Nothing is done where somebody has asked already.
#[wasm_bindgen]
pub fn prepare_worker() {
    if LAST_ID.get() == 0 {
        for rehearsal in rehearsals() {
            rehearse(rehearsal);
        }
    }
}

/// Has something counted for nobody. The worker is not ended when that is over; where it fails, whoever asks later is told why.
fn rehearse(rehearsal: Rehearsal) {
    let Rehearsal {
        text,
        with_strategies,
    } = rehearsal;
    let hear = Callback::from(move |answer: Answer| {
        let is_over = match &answer {
            Answer::Report { report, .. } => !with_strategies && report.known != Known::SoFar,
            Answer::Finished { .. } | Answer::Failed { .. } => true,
            _ => false,
        };
        if let Some(id) = answer.id().filter(|_| is_over) {
            close(id);
            REHEARSALS.with_borrow_mut(|ids| ids.retain(|it| *it != id));
            send(Task::Forget { id });
        }
    });
    let id = open(hear);
    REHEARSALS.with_borrow_mut(|ids| ids.push(id));
    send(Task::Explore { id, text });
}

/// Sends a task, to a worker that is started for it if there is none.
fn send(task: Task) {
    let started = WORKER.with_borrow_mut(|place| {
        if place.is_none() && !matches!(task, Task::Stop { .. } | Task::Forget { .. }) {
            *place = Some(start()?);
        }
        if let Some(worker) = place {
            match &mut worker.waiting {
                Some(waiting) => waiting.push(task),
                None => post(&worker.thread, &task),
            }
        }
        Ok(())
    });
    if let Err(why) = started {
        fail(why);
    }
}

fn post(thread: &web_sys::Worker, task: &Task) {
    // It fails only for what cannot be copied.
    let _ = thread.post_message(&Uint8Array::from(task.to_bytes().as_slice()));
}

/// Starts a worker; what may be wrong with that at once is a sentence.
fn start() -> Result<Worker, &'static str> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let thread = web_sys::Worker::new_with_options(BEGINNING, &options)
        .map_err(|_| "This browser does not let the page start a worker.")?;
    give_program(&thread);
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().ok();
        match bytes.and_then(|bytes| Answer::read(&bytes.to_vec())) {
            Some(answer) => answered(answer),
            None => fail(NOT_LOADED),
        }
    });
    let break_down = Closure::<dyn Fn(ErrorEvent)>::new(|event: ErrorEvent| {
        event.prevent_default();
        let starts =
            WORKER.with_borrow(|worker| worker.as_ref().is_some_and(|it| it.waiting.is_some()));
        fail(if starts {
            NOT_LOADED
        } else {
            "The worker ran out of memory or broke down. The rest of the page is not affected; a smaller scenario may go through."
        });
    });
    thread.set_onmessage(Some(hear.as_ref().unchecked_ref()));
    thread.set_onerror(Some(break_down.as_ref().unchecked_ref()));
    Ok(Worker {
        thread,
        waiting: Some(Vec::new()),
        _hear: hear,
        _break_down: break_down,
    })
}

/// Sends a worker the program, compiled. One in a frame without an origin has its own (`xtask/pages/src/sandbox.rs`).
fn give_program(thread: &web_sys::Worker) {
    if crate::browser::is_without_origin() {
        return;
    }
    let thread = thread.clone();
    spawn_local(async move {
        let parts = match program() {
            Ok(promise) => JsFuture::from(promise).await,
            Err(why) => Err(why),
        };
        let is_given = parts.is_ok_and(|parts| thread.post_message(&parts).is_ok());
        let is_wanted =
            || WORKER.with_borrow(|it| it.as_ref().is_some_and(|it| it.thread == thread));
        if !is_given && is_wanted() {
            fail(NOT_LOADED);
        }
    });
}

fn answered(answer: Answer) {
    let Some(id) = answer.id() else {
        return WORKER.with_borrow_mut(|worker| {
            if let Some(worker) = worker {
                for task in worker.waiting.take().unwrap_or_default() {
                    post(&worker.thread, &task);
                }
            }
        });
    };
    let hear = QUESTIONS.with_borrow(|questions| {
        let mut all = questions.iter();
        all.find(|(asked, _)| *asked == id)
            .map(|(_, hear)| hear.clone())
    });
    if let Some(hear) = hear {
        hear.emit(answer);
    }
}

/// There is no worker any more: whoever waits for one is told why.
fn fail(why: &'static str) {
    end();
    let open = QUESTIONS.with_borrow(Clone::clone);
    for (id, hear) in open {
        let message = why.to_owned();
        hear.emit(Answer::Failed { id, message });
    }
}
