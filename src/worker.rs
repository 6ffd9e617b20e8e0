//! The worker, as the page sees it: somebody who is asked, and answers when there is something to tell.
//!
//! It is another wasm, made for speed, and is fetched when it is first needed. While nobody asks anything there is none: what its
//! work took of memory is given back when the last question is dropped. A worker that cannot start or that breaks down fails
//! the questions that were open with a sentence; the next question starts another.

use js_sys::Uint8Array;
use rowlock_engine::work::{Answer, Task};
use std::cell::{Cell, RefCell};
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, WorkerOptions, WorkerType};
use yew::Callback;

/// Where the worker is, seen from the page: the build says so.
const ADDRESS: Option<&str> = option_env!("ROWLOCK_WORKER");

thread_local! {
    static WORKER: RefCell<Option<Worker>> = const { RefCell::new(None) };
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
        let open = QUESTIONS.with_borrow_mut(|questions| {
            questions.retain(|(id, _)| *id != self.id);
            questions.len()
        });
        if open == 0 {
            end();
        } else {
            send(Task::Forget { id: self.id });
        }
    }
}

/// Asks; `before` is answered no more. `task` is given its number; `hear` is called with every answer to it.
pub fn ask(
    before: Option<Question>,
    task: impl FnOnce(u32) -> Task,
    hear: Callback<Answer>,
) -> Question {
    let id = LAST_ID.get().wrapping_add(1);
    LAST_ID.set(id);
    QUESTIONS.with_borrow_mut(|questions| questions.push((id, hear)));
    // There is another question by now, so the worker lives on; and it forgets this one before the new one asks for memory.
    drop(before);
    send(task(id));
    Question { id }
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
    let address = ADDRESS.ok_or("This page was built without its worker.")?;
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let thread = web_sys::Worker::new_with_options(address, &options)
        .map_err(|_| "This browser does not let the page start a worker.")?;
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().ok();
        match bytes.and_then(|bytes| Answer::read(&bytes.to_vec())) {
            Some(answer) => answered(answer),
            None => fail(
                "The worker of this page could not be loaded. Is the browser online? Then reload the page.",
            ),
        }
    });
    let break_down = Closure::<dyn Fn(ErrorEvent)>::new(|event: ErrorEvent| {
        event.prevent_default();
        let starts =
            WORKER.with_borrow(|worker| worker.as_ref().is_some_and(|it| it.waiting.is_some()));
        fail(if starts {
            "The worker of this page could not be loaded. Is the browser online? Then reload the page."
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
