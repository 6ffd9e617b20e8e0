//! The same wasm without names and whatever else does not run.

use crate::Outcome;
use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};

/// The same wasm without custom sections.
pub fn strip(wasm: &[u8]) -> Outcome<Vec<u8>> {
    without(wasm, |_| true)
}

/// The same wasm without what the linker says to other linkers, which is not true any more when somebody has worked on it.
pub fn unlinked(wasm: &[u8]) -> Outcome<Vec<u8>> {
    without(wasm, |name| name == "linking" || name.starts_with("reloc."))
}

fn without(wasm: &[u8], drops: impl Fn(&str) -> bool) -> Outcome<Vec<u8>> {
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        if matches!(&payload, Payload::CustomSection(custom) if drops(custom.name())) {
            continue;
        }
        if let Some((id, range)) = payload.as_section() {
            let data = &wasm[range.start as usize..range.end as usize];
            module.section(&RawSection { id, data });
        }
    }
    Ok(module.finish())
}
