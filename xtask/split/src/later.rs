//! The second part: the functions that a first visit does not run. It has no memory or table of its own; all that it
//! shares it imports from what the first part exports. When it is instantiated it puts its functions behind their gates and
//! says that it is there.

use crate::Outcome;
use crate::data::Data;
use crate::first::{Shared, TABLE, name, put};
use crate::program::{Parts, Program};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, EntityType, Function,
    FunctionSection, GlobalType, ImportSection, Instruction, Module, StartSection, TypeSection,
    ValType,
};

/// What the first part is called among what is imported.
const FIRST: &str = "first";

struct Later {
    /// New numbers of functions.
    numbers: Vec<u32>,
}

impl Reencode for Later {
    type Error = std::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> Result<u32, reencode::Error<std::convert::Infallible>> {
        Ok(self.numbers[function as usize])
    }
}

/// The second part.
pub fn part(program: &Program, parts: &Parts, shared: &Shared, data: &Data) -> Outcome<Vec<u8>> {
    let mut later = Later {
        numbers: vec![u32::MAX; program.functions.len()],
    };
    let mut types = TypeSection::new();
    for ty in &program.types {
        let func = ty
            .as_ref()
            .ok_or("types other than functions' are not expected")?;
        types.ty().func_type(&later.func_type(func.clone())?);
    }
    // The type of what says that it is there.
    let nothing = program.types.len() as u32;
    types.ty().function([], []);

    let mut imports = ImportSection::new();
    let mut next = 0;
    for (function, name) in &shared.functions {
        let ty = program.functions[*function as usize];
        imports.import(FIRST, name, EntityType::Function(ty));
        later.numbers[*function as usize] = next;
        next += 1;
    }
    for (number, table) in (0u32..).zip(&program.tables) {
        let mut ty = later.table_type(*table)?;
        if number == TABLE {
            let more = parts.gates.len() as u64;
            ty.minimum += more;
            ty.maximum = ty.maximum.map(|maximum| maximum + more);
        }
        imports.import(FIRST, &name('t', number), ty);
    }
    imports.import(FIRST, &name('m', 0), later.memory_type(program.memory)?);
    for (number, global) in (0u32..).zip(&program.globals) {
        imports.import(FIRST, &name('g', number), later.global_type(*global)?);
    }
    let loaded = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    imports.import(FIRST, &name('g', shared.loaded), loaded);

    let mut functions = FunctionSection::new();
    let own = (0u32..)
        .zip(&parts.later)
        .filter_map(|(function, is_later)| is_later.then_some(function));
    let own = program.by_likeness(own.collect());
    for function in &own {
        functions.function(program.functions[*function as usize]);
        later.numbers[*function as usize] = next;
        next += 1;
    }
    functions.function(nothing);

    let mut code = CodeSection::new();
    for function in &own {
        if let Some(body) = program.body(*function) {
            later.parse_function_body(&mut code, body.clone())?;
        }
    }
    let mut here = Function::new([]);
    here.instruction(&Instruction::I32Const(1));
    here.instruction(&Instruction::GlobalSet(shared.loaded));
    here.instruction(&Instruction::End);
    code.function(&here);

    let mut elements = ElementSection::new();
    let behind: Vec<u32> = parts
        .gates
        .iter()
        .map(|gate| later.numbers[*gate as usize])
        .collect();
    elements.active(
        Some(TABLE),
        &ConstExpr::i32_const(shared.first_place as i32),
        Elements::Functions(behind.into()),
    );

    let mut brought = DataSection::new();
    put(&mut brought, &data.later);

    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&StartSection {
            function_index: next,
        })
        .section(&elements)
        .section(&code)
        .section(&brought);
    Ok(module.finish())
}
