//! Work that is done in slices between the frames of the page.
//!
//! A question goes in, a [`Job`] is made of it, and what it has found until now comes out whenever there is something new to see.
//! When the question changes, work begins anew after a short rest; until there is a first answer the old one stands. Nothing is
//! done while nobody looks: the work ends with the component that asked. Rooms know only [`use_work`], so that it may as well be
//! done elsewhere.

use gloo::timers::callback::{Interval, Timeout};
use rowlock_engine::load::number::fixed;
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// How long a question must rest before it is worked on, in milliseconds.
const REST: u32 = 180;
/// From one slice to the next, in milliseconds: half of the time is the page's.
const BEAT: u32 = 8;
/// How long a slice may take, in milliseconds.
const SLICE: f64 = 4.0;
/// Events between two looks at the clock; about half a millisecond.
const EVENTS: u64 = 2_000;
/// Slices from one look at the results to the next.
const LOOK: u32 = 30;

/// Something that is found out bit by bit.
pub trait Job: 'static {
    /// Goes on for about so many events; `true` when nothing is left to do.
    fn run(&mut self, events: u64) -> bool;
    /// Whether there is something to see.
    fn is_ready(&self) -> bool;
    /// The share that is done, 0 to 1.
    fn progress(&self) -> f64;
}

/// What is on the desk.
struct Desk<J> {
    /// What is shown.
    shown: Option<J>,
    /// What will be shown when there is something to see.
    next: Option<J>,
    beat: Option<Interval>,
    /// The visitor has stopped it.
    is_stopped: bool,
}

impl<J: Job> Desk<J> {
    /// Works for a slice; `true` when all is done.
    fn slice(&mut self) -> bool {
        let Some(job) = self.next.as_mut().or(self.shown.as_mut()) else {
            return true;
        };
        let end = js_sys::Date::now() + SLICE;
        let mut over = false;
        while !over && js_sys::Date::now() < end {
            over = job.run(EVENTS);
        }
        if job.is_ready() && self.next.is_some() {
            self.shown = self.next.take();
        }
        over
    }

    fn stop(&mut self) {
        // It may be its own beat that asks for it.
        let beat = self.beat.take();
        Timeout::new(0, move || drop(beat)).forget();
    }
}

/// Work, as a component sees it.
pub struct Work<J> {
    desk: Rc<RefCell<Desk<J>>>,
    /// Grows whenever there is something new to see.
    pub seen: u32,
    /// The share that is done.
    pub progress: f64,
    /// Whether it goes on.
    pub is_running: bool,
    /// Stops it, or goes on.
    pub toggle: Callback<MouseEvent>,
}

impl<J> Work<J> {
    /// Looks at what was found until now.
    pub fn look<T>(&self, see: impl FnOnce(&J) -> T) -> Option<T> {
        self.desk.borrow().shown.as_ref().map(see)
    }
}

#[derive(Clone, Copy, PartialEq)]
struct Status {
    seen: u32,
    progress: f64,
    is_running: bool,
}

fn begin<J: Job>(desk: &Rc<RefCell<Desk<J>>>, set: UseStateSetter<Status>, mut seen: u32) {
    let (own, mut slices) = (Rc::clone(desk), 0u32);
    desk.borrow_mut().beat = Some(Interval::new(BEAT, move || {
        let mut desk = own.borrow_mut();
        let waited = desk.next.is_some();
        let over = desk.slice();
        slices += 1;
        if over {
            desk.stop();
        }
        if over || slices % LOOK == 0 || waited && desk.next.is_none() {
            seen += 1;
            let job = desk.next.as_ref().or(desk.shown.as_ref());
            let progress = job.map_or(1.0, J::progress);
            drop(desk);
            set.set(Status {
                seen,
                progress,
                is_running: !over,
            });
        }
    }));
}

/// Works on a question while the component is there.
#[hook]
pub fn use_work<K: Clone + PartialEq + 'static, J: Job>(
    question: K,
    make: fn(&K) -> Option<J>,
) -> Work<J> {
    let desk = use_mut_ref(|| Desk::<J> {
        shown: None,
        next: None,
        beat: None,
        is_stopped: false,
    });
    let status = use_state_eq(|| Status {
        seen: 0,
        progress: 0.0,
        is_running: true,
    });
    {
        let (desk, set, seen) = (Rc::clone(&desk), status.setter(), status.seen);
        use_effect_with(question, move |question| {
            desk.borrow_mut().stop();
            desk.borrow_mut().is_stopped = false;
            let (question, at_work) = (question.clone(), Rc::clone(&desk));
            let rest = Timeout::new(REST, move || {
                let job = make(&question);
                at_work.borrow_mut().next = job;
                let is_running = !at_work.borrow().is_stopped;
                set.set(Status {
                    seen,
                    progress: 0.0,
                    is_running,
                });
                if is_running {
                    begin(&at_work, set, seen);
                }
            });
            move || {
                drop(rest);
                desk.borrow_mut().stop();
            }
        });
    }
    let toggle = {
        let (desk, status) = (Rc::clone(&desk), status.clone());
        Callback::from(move |_: MouseEvent| {
            desk.borrow_mut().is_stopped = status.is_running;
            if status.is_running {
                desk.borrow_mut().stop();
            } else {
                begin(&desk, status.setter(), status.seen);
            }
            status.set(Status {
                is_running: !status.is_running,
                ..*status
            });
        })
    };
    Work {
        desk,
        seen: status.seen,
        progress: status.progress,
        is_running: status.is_running,
        toggle,
    }
}

/// How far it is, with a button that stops it.
pub fn progress<J>(work: &Work<J>, id: &'static str) -> Html {
    let is_over = !work.is_running && work.progress >= 1.0;
    html! {
        <p class="progress" id={id} data-over={is_over.to_string()}>
            <progress max="1" value={fixed(work.progress, 3)} aria-label="Measured"></progress>
            if is_over {
                <span class="muted">{ "Measured." }</span>
            } else {
                <button type="button" class="pill" onclick={work.toggle.clone()}>{ if work.is_running { "Stop" } else { "Go on" } }</button>
                <span class="muted">{ if work.is_running { "Measuring …" } else { "Stopped." } }</span>
            }
        </p>
    }
}
