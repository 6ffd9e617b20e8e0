//! Splits the page's wasm in two: what a first visit runs, and the rest, which is loaded when it is first needed.
//!
//! ```text
//! rowlock-split mark  IN.wasm OUT.wasm NAMES.txt      a wasm that remembers what ran, and the names of its functions, a line each
//! rowlock-split split IN.wasm LINKED.wasm FIRST.txt FIRST.wasm LATER.wasm GLUE.js
//! rowlock-split strip IN.wasm OUT.wasm                the whole, without names
//! rowlock-split unlinked IN.wasm OUT.wasm             the whole, with names, without what is for linkers
//! ```
//!
//! FIRST.txt names the functions of the first part, a line each: `cargo xtask profile` writes it from real visits. What it does
//! not name goes into the second part. Both parts are one program: they share memory and tables. Where the first part calls
//! what is in the second, it calls a gate, which has the second part loaded if it is not there yet ([`first`]). GLUE.js is changed in its
//! place: what is imported gets short names ([`glue`]).
//!
//! IN.wasm is what wasm-bindgen and wasm-opt made, with names. It exports the function `later_need`, which loads the second part.
//! LINKED.wasm is what the linker made, before them: it knows who refers to which data, so that those which only the second part
//! needs come with it ([`data`]).

mod data;
mod first;
mod glue;
mod later;
mod linked;
mod mark;
mod program;
mod strip;

use linked::Linked;
use program::Program;
use std::collections::HashSet;
use std::error::Error;
use std::process::ExitCode;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match command(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("rowlock-split: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn command(args: &[&str]) -> Outcome {
    match args {
        ["mark", from, to, names] => {
            let wasm = read(from)?;
            let program = Program::read(&wasm)?;
            let lines: Vec<&str> = program.names.iter().map(String::as_str).collect();
            std::fs::write(names, lines.join("\n") + "\n")?;
            Ok(std::fs::write(to, mark::mark(&wasm, lines.len())?)?)
        }
        ["split", from, linked, list, first, later, glue] => {
            let wasm = read(from)?;
            let linked = Linked::read(&read(linked)?)?;
            let list = std::fs::read_to_string(list).map_err(|error| format!("{list}: {error}"))?;
            let wanted: HashSet<&str> =
                list.lines().filter(|line| !line.starts_with('#')).collect();
            let program = Program::read(&wasm)?;
            let (one, two) = split(&wasm, &program, Some(&linked), &wanted)?;
            let text = std::fs::read_to_string(glue).map_err(|error| format!("{glue}: {error}"))?;
            let text = glue::shortened(&text, &program.imports)?;
            std::fs::write(glue, text)?;
            std::fs::write(first, one)?;
            Ok(std::fs::write(later, two)?)
        }
        ["strip", from, to] => Ok(std::fs::write(to, strip::strip(&read(from)?)?)?),
        ["unlinked", from, to] => Ok(std::fs::write(to, strip::unlinked(&read(from)?)?)?),
        _ => Err(
            "usage: rowlock-split mark | split | strip | unlinked, with the files of each".into(),
        ),
    }
}

fn read(path: &str) -> Outcome<Vec<u8>> {
    std::fs::read(path).map_err(|error| format!("{path}: {error}").into())
}

/// Both parts.
fn split(
    wasm: &[u8],
    program: &Program,
    linked: Option<&Linked>,
    wanted: &HashSet<&str>,
) -> Outcome<(Vec<u8>, Vec<u8>)> {
    let parts = program.parts(wanted)?;
    let data = data::divide(wasm, program, &parts, linked)?;
    let (one, shared) = first::part(wasm, program, &parts, &data)?;
    let two = later::part(program, &parts, &shared, &data)?;
    for (name, part) in [("first", &one), ("later", &two)] {
        wasmparser::Validator::new()
            .validate_all(part)
            .map_err(|error| format!("the {name} part is no sound wasm: {error}"))?;
    }
    Ok((one, two))
}

#[cfg(test)]
mod tests;
