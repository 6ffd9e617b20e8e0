//! Values that a handler reads as they are now, not as they were drawn.

use std::cell::Cell;
use std::rc::Rc;
use yew::prelude::*;

/// A number as it was drawn last, for a handler that goes on from it and writes down where it went. Yew lets the browser
/// have its turn in a long drawing, so that on a slow machine a second key comes before the answer to the first is drawn.
#[hook]
pub fn use_latest(drawn: usize) -> Rc<Cell<usize>> {
    let latest = use_memo((), |()| Cell::new(drawn));
    latest.set(drawn);
    latest
}
