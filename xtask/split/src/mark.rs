//! A wasm that remembers which of its functions ran: for the profile of a first visit.
//!
//! It gets a second memory, a byte for each function, exported as `marks`; a function begins by setting its byte.

use wasm_encoder::reencode::{self, Reencode, utils};
use wasm_encoder::{
    ExportKind, ExportSection, Function, Instruction, MemArg, MemArgTarget, MemorySection,
    MemoryType, Module,
};
use wasmparser::{FunctionBody, Parser};

type Outcome<T = ()> = Result<T, reencode::Error>;

/// The memory's name among what the wasm exports.
const MARKS: &str = "marks";
/// A page of wasm's memory, in bytes.
const PAGE: u64 = 65_536;

struct Marker {
    /// The number of the next function that is met, those that are imported not counted.
    next: u32,
    functions: u64,
}

impl Reencode for Marker {
    type Error = std::convert::Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: wasmparser::MemorySectionReader<'_>,
    ) -> Outcome {
        utils::parse_memory_section(self, memories, section)?;
        memories.memory(MemoryType {
            minimum: self.functions.div_ceil(PAGE),
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome {
        utils::parse_export_section(self, exports, section)?;
        exports.export(MARKS, ExportKind::Memory, 1);
        Ok(())
    }

    fn parse_function_body(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        body: FunctionBody<'_>,
    ) -> Outcome {
        let mut function: Function = self.new_function_with_parsed_locals(&body)?;
        function.instruction(&Instruction::I32Const(self.next as i32));
        function.instruction(&Instruction::I32Const(1));
        function.instruction(&Instruction::I32Store8(MemArg {
            offset: 0,
            align: 0,
            target: MemArgTarget::Memory(1),
            ordering: None,
        }));
        let mut operators = body.get_operators_reader()?;
        while !operators.eof() {
            function.instruction(&self.parse_instruction(&mut operators)?);
        }
        code.function(&function);
        self.next += 1;
        Ok(())
    }
}

/// The same wasm, with marks.
pub fn mark(wasm: &[u8], functions: usize) -> Outcome<Vec<u8>> {
    let mut module = Module::new();
    let mut marker = Marker {
        next: 0,
        functions: functions as u64,
    };
    marker.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}
