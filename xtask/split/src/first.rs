//! The first part: what a first visit runs, and a gate for each function of the second part that it refers to.
//!
//! A gate has the function's number and type. It has the second part loaded unless that is there, and goes on through a place
//! in the table, which the second part fills. There are thousands, so they are short:
//!
//! ```text
//! (func $gate (param i32 i32) (result i32)
//!   (call $ensure)
//!   (call_indirect (type ...) (local.get 0) (local.get 1) (i32.const PLACE)))
//! (func $ensure
//!   (if (i32.eqz (global.get $loaded)) (then (call $later_need))))
//! ```

use crate::data::{Data, Stretch};
use crate::program::{Parts, Program};
use crate::{Outcome, glue};
use std::collections::BTreeSet;
use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function,
    FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, Module, TableSection,
    ValType,
};
use wasmparser::Parser;

/// What both parts share, as the first exports it.
pub struct Shared {
    /// Functions of the first part that the second calls, and globals and tables that it uses: their names in what is exported.
    pub functions: Vec<(u32, String)>,
    /// The global that is 1 once the second part is there.
    pub loaded: u32,
    /// The table's first place that is a gate's.
    pub first_place: u64,
}

/// The table of functions: the first that there is.
pub const TABLE: u32 = 0;

/// Puts data where they belong.
pub fn put(section: &mut DataSection, stretches: &[Stretch]) {
    for (address, bytes) in stretches {
        let place = ConstExpr::i32_const(*address as i32);
        section.active(0, &place, bytes.iter().copied());
    }
}

/// What a thing that both parts share is called among what is exported: short, since there are many.
pub fn name(kind: char, number: u32) -> String {
    let mut digits = String::from(kind);
    let mut rest = number;
    loop {
        digits.push(char::from_digit(rest % 36, 36).unwrap_or('0'));
        rest /= 36;
        if rest == 0 {
            return digits;
        }
    }
}

struct First<'p, 'a> {
    program: &'p Program<'a>,
    parts: &'p Parts,
    data: &'p Data<'p>,
    shared: &'p Shared,
    /// New numbers of functions; `None`: it is in the second part alone.
    numbers: Vec<Option<u32>>,
    /// Those that are in it and no gates, in the order in which they stand.
    order: Vec<u32>,
    /// The function that all gates call; it is the last.
    ensure: u32,
}

type Step<T = ()> = Result<T, reencode::Error<std::convert::Infallible>>;

impl First<'_, '_> {
    fn ensure(&mut self) -> Step<Function> {
        let mut ensure = Function::new([]);
        let need = self.function_index(self.program.need)?;
        for instruction in [
            Instruction::GlobalGet(self.shared.loaded),
            Instruction::I32Eqz,
            Instruction::If(BlockType::Empty),
            Instruction::Call(need),
            Instruction::End,
            Instruction::End,
        ] {
            ensure.instruction(&instruction);
        }
        Ok(ensure)
    }

    fn gate(&self, place: usize, function: u32) -> Function {
        let ty = self.program.functions[function as usize];
        let parameters = self.program.types[ty as usize]
            .as_ref()
            .map_or(0, |func| func.params().len());
        let mut gate = Function::new([]);
        gate.instruction(&Instruction::Call(self.ensure));
        for parameter in 0..parameters as u32 {
            gate.instruction(&Instruction::LocalGet(parameter));
        }
        let place = self.shared.first_place + place as u64;
        gate.instruction(&Instruction::I32Const(place as i32));
        gate.instruction(&Instruction::CallIndirect {
            type_index: ty,
            table_index: TABLE,
        });
        gate.instruction(&Instruction::End);
        gate
    }
}

impl Reencode for First<'_, '_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Step<u32> {
        // What the first part refers to is there, if as a gate.
        Ok(self.numbers[function as usize].unwrap_or(u32::MAX))
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Step {
        for (number, import) in (0u32..).zip(section.into_imports()) {
            let import = import?;
            let ty = self.entity_type(import.ty)?;
            imports.import(import.module, &glue::short(number), ty);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        _: wasmparser::FunctionSectionReader<'_>,
    ) -> Step {
        for function in self.order.iter().chain(&self.parts.gates) {
            functions.function(self.program.functions[*function as usize]);
        }
        // `later_need` takes nothing and gives nothing; neither does this.
        functions.function(self.program.functions[self.program.need as usize]);
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: wasmparser::TableSectionReader<'_>,
    ) -> Step {
        for (number, table) in (0u32..).zip(section) {
            let mut table = table?;
            if number == TABLE {
                let more = self.parts.gates.len() as u64;
                table.ty.initial += more;
                table.ty.maximum = table.ty.maximum.map(|maximum| maximum + more);
            }
            self.parse_table(tables, table)?;
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Step {
        utils::parse_global_section(self, globals, section)?;
        let ty = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        globals.global(ty, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Step {
        utils::parse_export_section(self, exports, section)?;
        for (function, name) in &self.shared.functions {
            let number = self.numbers[*function as usize].unwrap_or(u32::MAX);
            exports.export(name, ExportKind::Func, number);
        }
        for table in 0..self.program.tables.len() as u32 {
            exports.export(&name('t', table), ExportKind::Table, table);
        }
        for global in 0..=self.shared.loaded {
            exports.export(&name('g', global), ExportKind::Global, global);
        }
        exports.export(&name('m', 0), ExportKind::Memory, 0);
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        _: wasmparser::CodeSectionReader<'_>,
    ) -> Step {
        for function in std::mem::take(&mut self.order) {
            if let Some(body) = self.program.body(function) {
                self.parse_function_body(code, body.clone())?;
            }
        }
        // One is as the other, but for its number.
        for (place, function) in self.parts.gates.iter().enumerate() {
            code.function(&self.gate(place, *function));
        }
        let ensure = self.ensure()?;
        code.function(&ensure);
        Ok(())
    }

    fn data_count(&mut self, _: u32) -> Step<u32> {
        Ok(self.data.first.len() as u32)
    }

    fn parse_data_section(
        &mut self,
        section: &mut DataSection,
        _: wasmparser::DataSectionReader<'_>,
    ) -> Step {
        put(section, &self.data.first);
        Ok(())
    }

    fn parse_custom_section(
        &mut self,
        _: &mut Module,
        _: wasmparser::CustomSectionReader<'_>,
    ) -> Step {
        Ok(())
    }
}

/// The first part, and what it shares with the second.
pub fn part(
    wasm: &[u8],
    program: &Program,
    parts: &Parts,
    data: &Data,
) -> Outcome<(Vec<u8>, Shared)> {
    let own = program.imported..parts.later.len() as u32;
    let (later, first): (Vec<u32>, Vec<u32>) =
        own.partition(|function| parts.later[*function as usize]);
    let mut called = BTreeSet::new();
    for function in later {
        called.append(&mut program.refers_to(function)?);
    }
    let order = program.by_likeness(first);
    let mut numbers = vec![None; parts.later.len()];
    let all = (0..program.imported).chain(order.iter().chain(&parts.gates).copied());
    for (number, function) in (0u32..).zip(all) {
        numbers[function as usize] = Some(number);
    }
    // In the order of their numbers: these grow then from name to name.
    let mut called: Vec<u32> = called.into_iter().collect();
    called.retain(|function| !parts.later[*function as usize]);
    called.sort_by_key(|function| numbers[*function as usize]);
    let table = program.tables.get(TABLE as usize);
    let shared = Shared {
        functions: (0u32..)
            .zip(called)
            .map(|(number, function)| (function, name('f', number)))
            .collect(),
        loaded: program.globals.len() as u32,
        first_place: table.map_or(0, |table| table.initial),
    };
    let mut first = First {
        program,
        parts,
        data,
        shared: &shared,
        numbers,
        ensure: program.imported + (order.len() + parts.gates.len()) as u32,
        order,
    };
    let mut module = Module::new();
    first.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok((module.finish(), shared))
}
