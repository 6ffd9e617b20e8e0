//! What the linker knew of the program (`--emit-relocs`), and those who work on its wasm afterwards do not keep: which data there are, and
//! who refers to which (Linking.md of WebAssembly's tool conventions).

use crate::Outcome;
use crate::program::plain;
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use wasmparser::{
    Data, DataKind, KnownCustom, Linking, Operator, Parser, Payload, RelocationEntry, SymbolInfo,
    TypeRef,
};

/// What the linker knew.
#[derive(Default)]
pub struct Linked {
    /// Data by number: the addresses at which they are.
    pub data: Vec<Range<u32>>,
    /// Which data each refers to in its turn, by number.
    pub points_to: Vec<BTreeSet<usize>>,
    /// Functions by name. Those of the same name are taken together.
    pub functions: HashMap<String, Refers>,
}

/// What a function refers to.
#[derive(Default)]
pub struct Refers {
    /// Data, by number.
    pub data: BTreeSet<usize>,
    /// Functions, by name.
    pub functions: BTreeSet<String>,
    /// How long its code is, in bytes.
    pub bytes: u64,
}

/// What a symbol stands for, by number.
enum Symbol {
    Data(usize),
    Function(u32),
    Other,
}

/// A linked wasm, read; places are those in the file.
#[derive(Default)]
struct File<'a> {
    imported: u32,
    bodies: Vec<Range<u64>>,
    /// Where each segment of data is in memory and in the file.
    segments: Vec<(u32, Range<u64>)>,
    symbols: Vec<SymbolInfo<'a>>,
    /// Each with the place in the file at which it is.
    relocations: Vec<(u64, RelocationEntry)>,
}

impl<'a> File<'a> {
    fn read(wasm: &'a [u8]) -> Outcome<Self> {
        let mut file = Self::default();
        // Where sections begin, in order: relocations name theirs by number.
        let mut sections = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            if let Some((_, range)) = payload.as_section() {
                sections.push(range.start);
            }
            match payload {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        file.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => file.bodies.push(body.range()),
                Payload::DataSection(section) => {
                    for segment in section {
                        let segment = segment?;
                        let end = segment.range.end;
                        let start = end - segment.data.len() as u64;
                        file.segments.push((address(&segment)?, start..end));
                    }
                }
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => {
                        for subsection in linking.subsections() {
                            if let Linking::SymbolTable(table) = subsection? {
                                for symbol in table {
                                    file.symbols.push(symbol?);
                                }
                            }
                        }
                    }
                    KnownCustom::Reloc(reloc) => {
                        let start = sections.get(reloc.section_index() as usize).copied();
                        let start = start.ok_or("relocations of a section that is not there")?;
                        for entry in reloc.entries() {
                            let entry = entry?;
                            file.relocations
                                .push((start + u64::from(entry.offset), entry));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if file.relocations.is_empty() || file.symbols.is_empty() {
            return Err("the linked wasm does not say who refers to what: --emit-relocs".into());
        }
        Ok(file)
    }
}

impl Linked {
    /// Reads it out of a wasm as the linker wrote it.
    pub fn read(wasm: &[u8]) -> Outcome<Self> {
        let file = File::read(wasm)?;
        let mut linked = Self::default();
        let mut names: HashMap<u32, String> = HashMap::new();
        let mut symbols = Vec::with_capacity(file.symbols.len());
        for symbol in &file.symbols {
            symbols.push(match symbol {
                SymbolInfo::Func { index, name, .. } => {
                    if let Some(name) = name {
                        let name = rustc_demangle::demangle(name).to_string();
                        names.insert(*index, plain(&name));
                    }
                    Symbol::Function(*index)
                }
                SymbolInfo::Data {
                    symbol: Some(defined),
                    ..
                } => {
                    let segment = file.segments.get(defined.index as usize);
                    let (base, _) = segment.ok_or("data of a segment that is not there")?;
                    let start = base + defined.offset;
                    linked.data.push(start..start + defined.size);
                    Symbol::Data(linked.data.len() - 1)
                }
                _ => Symbol::Other,
            });
        }
        linked.points_to = vec![BTreeSet::new(); linked.data.len()];
        for (at, entry) in &file.relocations {
            let Some(symbol) = symbols.get(entry.index as usize) else {
                continue;
            };
            let body = file.bodies.partition_point(|body| body.end <= *at);
            if file.bodies.get(body).is_some_and(|body| body.contains(at)) {
                let Some(name) = names.get(&(file.imported + body as u32)) else {
                    continue;
                };
                let refers = linked.functions.entry(name.clone()).or_default();
                match symbol {
                    Symbol::Data(data) => _ = refers.data.insert(*data),
                    Symbol::Function(function) => {
                        refers.functions.extend(names.get(function).cloned());
                    }
                    Symbol::Other => {}
                }
            } else if let Symbol::Data(data) = symbol
                && let Some(from) = file.address(*at)
            {
                for (range, points_to) in linked.data.iter().zip(&mut linked.points_to) {
                    if range.contains(&from) {
                        points_to.insert(*data);
                    }
                }
            }
        }
        for (number, body) in (file.imported..).zip(&file.bodies) {
            if let Some(name) = names.get(&number) {
                let refers = linked.functions.entry(name.clone()).or_default();
                refers.bytes = refers.bytes.max(body.end - body.start);
            }
        }
        Ok(linked)
    }
}

impl File<'_> {
    /// The address of a place in a segment of data.
    fn address(&self, at: u64) -> Option<u32> {
        let (base, range) = self
            .segments
            .iter()
            .find(|(_, range)| range.contains(&at))?;
        Some(base + (at - range.start) as u32)
    }
}

/// Where a segment of data is put.
pub fn address(segment: &Data) -> Outcome<u32> {
    if let DataKind::Active { offset_expr, .. } = &segment.kind {
        let mut operators = offset_expr.get_operators_reader();
        if let Operator::I32Const { value } = operators.read()? {
            return Ok(value as u32);
        }
    }
    Err("data that is put elsewhere than at an address is not expected".into())
}
