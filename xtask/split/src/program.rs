//! What is known of a wasm before it is split.

use crate::Outcome;
use std::collections::{BTreeSet, HashSet};
use wasmparser::{
    Element, ElementItems, ExternalKind, FuncType, FunctionBody, KnownCustom, Name, Operator,
    Parser, Payload, TableType, TypeRef,
};

/// The function that loads the second part, among what the wasm exports.
pub const NEED: &str = "later_need";

/// A wasm, read.
pub struct Program<'a> {
    /// Function types, by number; `None` for types of another kind.
    pub types: Vec<Option<FuncType>>,
    /// How many functions are imported; these come first in numbers of functions.
    pub imported: u32,
    /// What each of them is called by the glue.
    pub imports: Vec<&'a str>,
    /// The type of each function.
    pub functions: Vec<u32>,
    /// The bodies of those that are not imported.
    pub bodies: Vec<FunctionBody<'a>>,
    /// The names of those that are not imported.
    pub names: Vec<String>,
    /// Tables, in order.
    pub tables: Vec<TableType>,
    /// The memory.
    pub memory: wasmparser::MemoryType,
    /// Globals: types, in order.
    pub globals: Vec<wasmparser::GlobalType>,
    /// Functions that others than functions refer to: what is exported, tables, the start.
    named_outside: BTreeSet<u32>,
    /// The function that loads the second part.
    pub need: u32,
}

/// Which function goes where.
pub struct Parts {
    /// By number of function: whether it is in the second part.
    pub later: Vec<bool>,
    /// Those of the second part that the first refers to, in the order of their types.
    pub gates: Vec<u32>,
}

impl<'a> Program<'a> {
    /// Reads a wasm as wasm-bindgen makes it: one memory, its tables and globals its own.
    pub fn read(wasm: &'a [u8]) -> Outcome<Self> {
        let mut program = Self {
            types: Vec::new(),
            imported: 0,
            imports: Vec::new(),
            functions: Vec::new(),
            bodies: Vec::new(),
            names: Vec::new(),
            tables: Vec::new(),
            memory: wasmparser::MemoryType {
                memory64: false,
                shared: false,
                initial: 0,
                maximum: None,
                page_size_log2: None,
            },
            globals: Vec::new(),
            named_outside: BTreeSet::new(),
            need: u32::MAX,
        };
        for payload in Parser::new(0).parse_all(wasm) {
            program.section(payload?)?;
        }
        program
            .names
            .resize(program.bodies.len(), String::from("?"));
        Ok(program)
    }

    fn section(&mut self, payload: Payload<'a>) -> Outcome {
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for sub in group?.into_types() {
                        self.types.push(match sub.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(func) => Some(func),
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(ty) => {
                            self.functions.push(ty);
                            self.imported += 1;
                            self.imports.push(import.name);
                        }
                        _ => return Err("imports other than functions are not expected".into()),
                    }
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memory = memory?;
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.named_outside.insert(export.index);
                        if export.name == NEED {
                            self.need = export.index;
                        }
                    }
                }
            }
            Payload::StartSection { func, .. } => {
                self.named_outside.insert(func);
            }
            Payload::ElementSection(section) => {
                for element in section {
                    self.element(element?)?;
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    self.name(names)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn element(&mut self, element: Element<'a>) -> Outcome {
        match element.items {
            ElementItems::Functions(functions) => {
                for function in functions {
                    self.named_outside.insert(function?);
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for expression in expressions {
                    for operator in expression?.get_operators_reader() {
                        if let Operator::RefFunc { function_index } = operator? {
                            self.named_outside.insert(function_index);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn name(&mut self, names: wasmparser::NameSectionReader<'a>) -> Outcome {
        for subsection in names {
            let Name::Function(map) = subsection? else {
                continue;
            };
            self.names = vec![String::from("?"); self.functions.len() - self.imported as usize];
            for naming in map {
                let naming = naming?;
                let place = naming.index.checked_sub(self.imported);
                if let Some(name) = place.and_then(|place| self.names.get_mut(place as usize)) {
                    *name = plain(naming.name);
                }
            }
        }
        Ok(())
    }

    /// The body of a function that is not imported.
    pub fn body(&self, function: u32) -> Option<&FunctionBody<'a>> {
        self.bodies
            .get(function.checked_sub(self.imported)? as usize)
    }

    /// The same functions, those of one type together, and of these those that end alike: brotli finds what it can copy sooner.
    pub fn by_likeness(&self, mut functions: Vec<u32>) -> Vec<u32> {
        let code = |function: &u32| self.body(*function).map_or(&[][..], |body| body.as_bytes());
        let ty = |function: &u32| self.functions[*function as usize];
        functions.sort_by(|a, b| {
            let by_end = || code(a).iter().rev().cmp(code(b).iter().rev());
            ty(a).cmp(&ty(b)).then_with(by_end)
        });
        functions
    }

    /// The functions that a function calls or refers to.
    pub fn refers_to(&self, function: u32) -> Outcome<BTreeSet<u32>> {
        let mut found = BTreeSet::new();
        if let Some(body) = self.body(function) {
            let mut operators = body.get_operators_reader()?;
            while !operators.eof() {
                match operators.read()? {
                    Operator::Call { function_index } | Operator::RefFunc { function_index } => {
                        found.insert(function_index);
                    }
                    _ => {}
                }
            }
        }
        Ok(found)
    }

    /// The numbers that stand in a function: what it may take for addresses.
    pub fn numbers_in(&self, function: u32, found: &mut BTreeSet<u32>) -> Outcome {
        if let Some(body) = self.body(function) {
            let mut operators = body.get_operators_reader()?;
            while !operators.eof() {
                let operator = operators.read()?;
                if let Operator::I32Const { value } = operator {
                    found.insert(value as u32);
                } else if let Some(offset) = offset(&operator) {
                    found.insert(offset);
                }
            }
        }
        Ok(())
    }

    /// Which function goes where, when those in `wanted` are in the first part. What loads the second part is in the first, and
    /// so is whatever that calls.
    pub fn parts(&self, wanted: &HashSet<&str>) -> Outcome<Parts> {
        if self.need == u32::MAX {
            return Err(format!("the wasm does not export {NEED}").into());
        }
        let mut later: Vec<bool> = vec![false; self.imported as usize];
        later.extend(
            self.names
                .iter()
                .map(|name| !wanted.contains(name.as_str())),
        );
        let mut open = vec![self.need];
        let mut seen = BTreeSet::new();
        while let Some(function) = open.pop() {
            if seen.insert(function) {
                later[function as usize] = false;
                open.extend(self.refers_to(function)?);
            }
        }
        let mut gates: BTreeSet<u32> = self.named_outside.clone();
        for function in self.imported..self.functions.len() as u32 {
            if !later[function as usize] {
                gates.append(&mut self.refers_to(function)?);
            }
        }
        let mut gates: Vec<u32> = gates.into_iter().collect();
        gates.retain(|function| later[*function as usize]);
        gates.sort_by_key(|gate| self.functions[*gate as usize]);
        Ok(Parts { later, gates })
    }
}

/// A function's name without the hashes of crates, which change with the compiler: `a[0123456789abcdef]::b` is `a::b`.
pub fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut rest = name;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let close = after.find(']').unwrap_or(0);
        let is_hash = close >= 8 && after[..close].bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hash {
            out.push_str(&rest[..open]);
            rest = &after[close + 1..];
        } else {
            out.push_str(&rest[..=open]);
            rest = after;
        }
    }
    out + rest
}

/// What a load or a store adds to its address.
fn offset(operator: &Operator) -> Option<u32> {
    match operator {
        Operator::I32Load { memarg }
        | Operator::I64Load { memarg }
        | Operator::F32Load { memarg }
        | Operator::F64Load { memarg }
        | Operator::I32Load8S { memarg }
        | Operator::I32Load8U { memarg }
        | Operator::I32Load16S { memarg }
        | Operator::I32Load16U { memarg }
        | Operator::I64Load8S { memarg }
        | Operator::I64Load8U { memarg }
        | Operator::I64Load16S { memarg }
        | Operator::I64Load16U { memarg }
        | Operator::I64Load32S { memarg }
        | Operator::I64Load32U { memarg }
        | Operator::I32Store { memarg }
        | Operator::I64Store { memarg }
        | Operator::F32Store { memarg }
        | Operator::F64Store { memarg }
        | Operator::I32Store8 { memarg }
        | Operator::I32Store16 { memarg }
        | Operator::I64Store8 { memarg }
        | Operator::I64Store16 { memarg }
        | Operator::I64Store32 { memarg } => Some(memarg.offset as u32),
        _ => None,
    }
}
