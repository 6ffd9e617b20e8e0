//! The worker's side: the engine in a thread of the browser, for work that takes longer than a frame.
//!
//! What goes in and out are the messages of `rowlock_engine::work`, as bytes. Work is done in slices, between which messages are
//! heard; where several tasks are under way each has its slice in turn.

use js_sys::{Date, Uint8Array};
use rowlock_engine::work::{Answer, Job, Task};
use std::cell::RefCell;
use std::collections::VecDeque;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort};

/// How long a slice takes, in milliseconds.
const SLICE: f64 = 4.0;
/// So many states, or events of traffic, are gone through between two looks at the clock, at first and at most. Where all is new a
/// state may take a millisecond, and a microsecond where nothing is.
const BUDGETS: [usize; 2] = [64, 4096];
/// A look at the clock should come after so many milliseconds: messages are to be heard.
const STRIDE: f64 = 2.0;
/// How often the page hears how far it is, in milliseconds.
const PROGRESS: f64 = 100.0;
/// When the page first hears what is known so far; later at twice the time, and so on.
const FIRST_REPORT: f64 = 300.0;

/// What the worker knows.
struct Desk {
    scope: DedicatedWorkerGlobalScope,
    /// A message to oneself: the next slice comes after whatever has arrived by then.
    next_slice: MessagePort,
    /// Whether that message is under way.
    is_awake: bool,
    /// The first has the next slice.
    work: VecDeque<Work>,
}

/// Work under way.
struct Work {
    job: Job,
    /// How much is gone through between two looks at the clock.
    budget: usize,
    began: f64,
    /// When the page is next told how far it is.
    progress_at: f64,
    /// When the page is next told what is known so far.
    report_at: f64,
}

thread_local! {
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
}

/// Listens.
///
/// # Errors
/// When the browser has no message channels.
pub fn listen() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let channel = MessageChannel::new()?;
    let slice = Closure::<dyn Fn()>::new(|| with_desk(Desk::slice));
    channel
        .port1()
        .set_onmessage(Some(slice.into_js_value().unchecked_ref()));
    let hear = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>();
        if let Some(task) = bytes.ok().and_then(|bytes| Task::read(&bytes.to_vec())) {
            with_desk(|desk| desk.take(task));
        }
    });
    scope.set_onmessage(Some(hear.into_js_value().unchecked_ref()));
    let desk = Desk {
        scope,
        next_slice: channel.port2(),
        is_awake: false,
        work: VecDeque::new(),
    };
    desk.tell(&Answer::Ready);
    DESK.with(|place| *place.borrow_mut() = Some(desk));
    Ok(())
}

fn with_desk(what: impl FnOnce(&mut Desk)) {
    DESK.with(|desk| {
        if let Some(desk) = desk.borrow_mut().as_mut() {
            what(desk);
        }
    });
}

impl Desk {
    fn tell(&self, answer: &Answer) {
        let bytes = Uint8Array::from(answer.to_bytes().as_slice());
        // It fails only for what cannot be copied.
        let _ = self.scope.post_message(&bytes);
    }

    fn take(&mut self, task: Task) {
        if let Task::Stop { id } | Task::Forget { id } = task {
            let place = self.work.iter().position(|work| work.job.id() == id);
            let stopped = place.and_then(|place| self.work.remove(place));
            if let (Some(mut work), Task::Stop { .. }) = (stopped, task) {
                for answer in work.job.stop() {
                    self.tell(&answer);
                }
            }
            return;
        }
        match Job::new(task) {
            Some(Ok(job)) => {
                let now = Date::now();
                self.work.push_back(Work {
                    job,
                    budget: BUDGETS[0],
                    began: now,
                    progress_at: now + PROGRESS,
                    report_at: now + FIRST_REPORT,
                });
                self.go_on();
            }
            Some(Err(failed)) => self.tell(&failed),
            None => {}
        }
    }

    fn go_on(&mut self) {
        if !self.is_awake {
            self.is_awake = self.next_slice.post_message(&JsValue::NULL).is_ok();
        }
    }

    fn slice(&mut self) {
        self.is_awake = false;
        let Some(mut work) = self.work.pop_front() else {
            return;
        };
        let begins = Date::now();
        let mut answers = Vec::new();
        let mut is_over = false;
        let mut at = begins;
        loop {
            for answer in work.job.advance(work.budget) {
                is_over |= matches!(answer, Answer::Finished { .. } | Answer::Failed { .. });
                answers.push(answer);
            }
            let stride = Date::now() - at;
            at += stride;
            if stride > STRIDE {
                work.budget = (work.budget / 2).max(1);
            } else if stride < STRIDE / 2.0 {
                work.budget = (work.budget * 2).min(BUDGETS[1]);
            }
            if is_over || !answers.is_empty() || at - begins > SLICE {
                break;
            }
        }
        let now = Date::now();
        if now >= work.progress_at {
            work.progress_at = now + PROGRESS;
            answers.push(work.job.progress());
        }
        if now >= work.report_at {
            answers.extend(work.job.so_far());
            let took = Date::now() - now;
            work.report_at = Date::now() + (now - work.began).max(4.0 * took);
        }
        if !is_over {
            self.work.push_back(work);
        }
        if !self.work.is_empty() {
            self.go_on();
        }
        for answer in &answers {
            self.tell(answer);
        }
    }
}
