//! The Rowlock page: one state ([`state::Playground`]), one room a folder.
//!
//! `app` holds the state and speaks with the address bar; every other room is given what it shows and a callback. No room
//! computes anything that the engine could tell it.

pub mod api;
pub mod app;
pub mod browser;
pub mod by_hand;
pub mod code;
pub mod compare;
pub mod diagram;
pub mod dismiss;
pub mod editor;
pub mod embed;
pub mod explain;
pub mod first;
pub mod graph;
pub mod header;
pub mod keeping;
pub mod lanes;
pub mod later;
mod latest;
pub mod library;
pub mod load;
pub mod locks;
pub mod picture;
pub mod player;
pub mod schedules;
pub mod schema;
pub mod sent;
pub mod session_mark;
pub mod share;
pub mod shared;
pub mod state;
pub mod step_form;
#[cfg(not(target_family = "wasm"))]
pub mod still;
pub mod stories;
pub mod strategy_bar;
pub mod tables;
pub mod verdict;
pub mod versions;
pub mod words;
pub mod worker;
