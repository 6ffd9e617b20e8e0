//! The data: what only functions of the second part refer to comes with it.
//!
//! What the first part may read is kept in it: whatever an address in its code lies in, whatever the functions referred to from which it was
//! made when they were linked ([`crate::linked`]), and whatever those data point to. For data of which nobody knows anything it
//! is the same.

use crate::Outcome;
use crate::linked::{Linked, address};
use crate::program::{Parts, Program};
use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use wasmparser::{Parser, Payload};

/// A stretch of fewer bytes is not worth a segment of its own.
const SHORTEST: u32 = 24;
/// Functions of fewer bytes may have been copied to where they were called, though they are there still.
const SMALL: u64 = 64;

/// A stretch of memory and what is in it at the beginning.
pub type Stretch<'a> = (u32, &'a [u8]);

/// The data of both parts.
#[derive(Default)]
pub struct Data<'a> {
    /// What the first part brings.
    pub first: Vec<Stretch<'a>>,
    /// What the second part brings.
    pub later: Vec<Stretch<'a>>,
}

/// Divides the data of a wasm; without what the linker knew all is in the first part.
pub fn divide<'a>(
    wasm: &'a [u8],
    program: &Program,
    parts: &Parts,
    linked: Option<&Linked>,
) -> Outcome<Data<'a>> {
    let mut data = Data::default();
    let later = match linked {
        Some(linked) => later_only(linked, &read_by_first(program, parts, linked)?),
        None => Vec::new(),
    };
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::DataSection(section) = payload? {
            for segment in section {
                let segment = segment?;
                cut(address(&segment)?, segment.data, &later, &mut data);
            }
        }
    }
    Ok(data)
}

/// The data, by number, that the first part may read.
fn read_by_first(program: &Program, parts: &Parts, linked: &Linked) -> Outcome<BTreeSet<usize>> {
    let names: HashSet<&str> = program.names.iter().map(|name| unnumbered(name)).collect();
    let mut addresses = BTreeSet::new();
    let mut open: Vec<&str> = Vec::new();
    for function in program.imported..program.functions.len() as u32 {
        if !parts.later[function as usize] {
            program.numbers_in(function, &mut addresses)?;
            open.push(unnumbered(
                &program.names[(function - program.imported) as usize],
            ));
        }
    }
    let mut data: BTreeSet<usize> = BTreeSet::new();
    for (number, range) in linked.data.iter().enumerate() {
        // What is one past its end may be meant to be its end.
        if addresses.range(range.start..=range.end).next().is_some() {
            data.insert(number);
        }
    }
    let mut seen = HashSet::new();
    while let Some(name) = open.pop() {
        if !seen.insert(name) {
            continue;
        }
        let Some(refers) = linked.functions.get(name) else {
            continue;
        };
        data.extend(&refers.data);
        for callee in &refers.functions {
            let is_small = linked
                .functions
                .get(callee)
                .is_none_or(|it| it.bytes < SMALL);
            if is_small || !names.contains(callee.as_str()) {
                open.push(callee);
            }
        }
    }
    let mut open: Vec<usize> = data.iter().copied().collect();
    while let Some(number) = open.pop() {
        for other in &linked.points_to[number] {
            if data.insert(*other) {
                open.push(*other);
            }
        }
    }
    Ok(data)
}

/// Where there are data that the first part does not read, in order and apart from each other.
fn later_only(linked: &Linked, first: &BTreeSet<usize>) -> Vec<Range<u32>> {
    let mut edges: Vec<(u32, bool, i32)> = Vec::new();
    for (number, range) in linked.data.iter().enumerate() {
        let is_first = first.contains(&number);
        edges.push((range.start, is_first, 1));
        edges.push((range.end, is_first, -1));
    }
    edges.sort_unstable();
    let (mut of_first, mut of_later) = (0, 0);
    let mut ranges: Vec<Range<u32>> = Vec::new();
    let mut from = 0;
    for (at, is_first, change) in edges {
        if of_later > 0 && of_first == 0 && at > from {
            match ranges.last_mut() {
                Some(last) if last.end == from => last.end = at,
                _ => ranges.push(from..at),
            }
        }
        from = at;
        *(if is_first {
            &mut of_first
        } else {
            &mut of_later
        }) += change;
    }
    ranges.retain(|range| range.end - range.start >= SHORTEST);
    ranges
}

/// Cuts a segment where the second part's data begin and end.
fn cut<'a>(base: u32, bytes: &'a [u8], later: &[Range<u32>], data: &mut Data<'a>) {
    let end = base + bytes.len() as u32;
    let part =
        |range: Range<u32>| &bytes[(range.start - base) as usize..(range.end - base) as usize];
    let mut at = base;
    for range in later {
        let range = range.start.max(base)..range.end.min(end);
        if range.start >= range.end {
            continue;
        }
        if at < range.start {
            data.first.push((at, part(at..range.start)));
        }
        at = range.end;
        data.later.push((range.start, part(range)));
    }
    if at < end {
        data.first.push((at, part(at..end)));
    }
}

/// A name without the number that tells it from others of the same name.
fn unnumbered(name: &str) -> &str {
    let open = name.strip_suffix(']').and_then(|rest| rest.rfind('['));
    match open {
        Some(open)
            if name[open + 1..name.len() - 1]
                .bytes()
                .all(|it| it.is_ascii_digit()) =>
        {
            &name[..open]
        }
        _ => name,
    }
}
