//! Something that is found out bit by bit, and can be looked at meanwhile.

/// What is being found out.
pub trait Finding {
    /// Goes on for about so many events; `true` when nothing is left to do.
    fn run(&mut self, events: u64) -> bool;
    /// Whether there is something to see.
    fn is_ready(&self) -> bool;
    /// The share that is done, 0 to 1.
    fn progress(&self) -> f64;
    /// Events that were simulated until now, in all.
    fn events(&self) -> u64;
}
