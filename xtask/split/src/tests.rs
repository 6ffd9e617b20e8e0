//! A little program in two parts, read and checked as wasm; that it runs is for the page's own tests to show.

use crate::linked::{Linked, Refers};
use crate::program::Program;
use std::collections::{BTreeSet, HashSet};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, DataSymbolDefinition, ElementSection,
    Elements, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
    ImportSection, Instruction, LinkingSection, MemorySection, MemoryType, Module, NameMap,
    NameSection, RefType, SymbolTable, TableSection, TableType, TypeSection, ValType,
};

/// Functions: 0 `fetch` (imported), 1 `later_need`, 2 `start`, 3 `rare`, 4 `rarer`. `start` calls `rare`, which calls `rarer` and
/// `start`; `rarer` is called by nobody else. There are data at 2048, to which `start` refers, and at 3072, to which `rarer` does.
fn program() -> Vec<u8> {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32], [ValType::I32]);
    let mut imports = ImportSection::new();
    imports.import("js", "fetch", wasm_encoder::EntityType::Function(0));
    let mut functions = FunctionSection::new();
    for ty in [0, 0, 1, 1] {
        functions.function(ty);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 2,
        maximum: Some(2),
        table64: false,
        shared: false,
    });
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    let mut globals = GlobalSection::new();
    let stack = GlobalType {
        val_type: ValType::I32,
        mutable: true,
        shared: false,
    };
    globals.global(stack, &ConstExpr::i32_const(1024));
    let mut exports = ExportSection::new();
    exports.export("later_need", ExportKind::Func, 1);
    exports.export("start", ExportKind::Func, 2);
    let mut elements = ElementSection::new();
    let pointed = [3, 2];
    elements.active(
        None,
        &ConstExpr::i32_const(0),
        Elements::Functions(pointed.as_slice().into()),
    );
    let mut code = CodeSection::new();
    let bodies: [&[Instruction]; 4] = [
        &[Instruction::Call(0)],
        &[
            Instruction::I32Const(2048),
            Instruction::Call(3),
            Instruction::Drop,
        ],
        &[
            Instruction::Call(2),
            Instruction::LocalGet(0),
            Instruction::Call(4),
        ],
        &[Instruction::I32Const(3072)],
    ];
    for body in bodies {
        let mut function = Function::new([]);
        for instruction in body {
            function.instruction(instruction);
        }
        function.instruction(&Instruction::End);
        code.function(&function);
    }
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(2048), [1; 2048]);
    let mut names = NameMap::new();
    for (number, name) in [
        (1, "a[0123456789abcdef]::later_need"),
        (2, "a[0123456789abcdef]::start"),
        (3, "<a[0123456789abcdef]::T as b>::rare"),
        (4, "<[u8]>::rarer"),
    ] {
        names.append(number, name);
    }
    let mut section = NameSection::new();
    section.functions(&names);
    let mut module = Module::new();
    module
        .section(&types)
        .section(&imports)
        .section(&functions)
        .section(&tables)
        .section(&memories)
        .section(&globals)
        .section(&exports)
        .section(&elements)
        .section(&code)
        .section(&data)
        .section(&section);
    module.finish()
}

/// What the linker would say of it: pieces of 64 bytes. At 2560 there is what those at 2048 point to; what `start` called at 2624, in a
/// function that was copied into it; and at 2688 what is in nobody's code, as some constants are, but known to be `rare`'s.
fn linked() -> Linked {
    let mut linked = Linked::default();
    for start in [2048, 2560, 2624, 2688, 3072] {
        linked.data.push(start..start + 64);
    }
    linked.points_to = vec![BTreeSet::new(); linked.data.len()];
    linked.points_to[0].insert(1);
    for (name, data, calls) in [
        ("a::start", 0, "a::copied"),
        ("a::copied", 2, "<a::T as b>::rare"),
        ("<a::T as b>::rare", 3, "<[u8]>::rarer"),
        ("<[u8]>::rarer", 4, "a::start"),
    ] {
        let refers = Refers {
            data: BTreeSet::from([data]),
            functions: BTreeSet::from([calls.to_owned()]),
            bytes: 1000,
        };
        linked.functions.insert(name.to_owned(), refers);
    }
    linked
}

/// Where a part has data, and how many bytes there.
fn data_of(part: &[u8]) -> Vec<(u32, usize)> {
    let mut all = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(part) {
        if let wasmparser::Payload::DataSection(section) = payload.expect("it is sound") {
            for segment in section {
                let segment = segment.expect("it is sound");
                let address = crate::linked::address(&segment).expect("it has one");
                all.push((address, segment.data.len()));
            }
        }
    }
    all
}

#[test]
fn data_that_only_the_second_part_needs_come_with_it() {
    let wasm = program();
    let wanted = HashSet::from(["a::start"]);
    let (first, later) = split(&wasm, Some(&linked()), &wanted).expect("it can be split");
    assert_eq!(data_of(&later), [(2688, 64), (3072, 64)]);
    // Whose the rest is nobody knows.
    assert_eq!(data_of(&first), [(2048, 640), (2752, 320), (3136, 960)]);
    let (first, later) = split(&wasm, None, &wanted).expect("it can be split");
    assert_eq!(
        (data_of(&first), data_of(&later)),
        (vec![(2048, 2048)], vec![])
    );
}

#[test]
fn what_the_linker_knew_is_read() {
    // A function that refers to data, which refer to other data and to the function.
    let mut types = TypeSection::new();
    types.ty().function([], []);
    let mut functions = FunctionSection::new();
    functions.function(0);
    let mut code = CodeSection::new();
    let mut function = Function::new([]);
    function.raw([0x41, 0x80, 0x90, 0x80, 0x80, 0]);
    function.instruction(&Instruction::Drop);
    function.instruction(&Instruction::End);
    code.function(&function);
    let mut data = DataSection::new();
    data.active(0, &ConstExpr::i32_const(2048), [0; 16]);
    let mut symbols = SymbolTable::new();
    symbols.function(0, 0, Some("_RNvC1a5start"));
    for (offset, name) in [(0, "one"), (8, "other")] {
        let definition = DataSymbolDefinition {
            index: 0,
            offset,
            size: 8,
        };
        symbols.data(0, name, Some(definition));
    }
    let mut linking = LinkingSection::new();
    linking.symbol_table(&symbols);
    // Section, how many, and of each: its kind, its place there, the symbol, and what is added to it.
    let of_code = CustomSection {
        name: "reloc.CODE".into(),
        data: (&[2u8, 1, 4, 4, 1, 0][..]).into(),
    };
    let of_data = CustomSection {
        name: "reloc.DATA".into(),
        data: (&[3u8, 2, 5, 7, 2, 0, 1, 11, 0][..]).into(),
    };
    let mut module = Module::new();
    module
        .section(&types)
        .section(&functions)
        .section(&code)
        .section(&data)
        .section(&linking)
        .section(&of_code)
        .section(&of_data);
    let linked = Linked::read(&module.finish()).expect("it is sound");
    assert_eq!(linked.data, [2048..2056, 2056..2064]);
    assert_eq!(linked.points_to, [BTreeSet::from([1]), BTreeSet::new()]);
    assert_eq!(linked.functions["a::start"].data, BTreeSet::from([0]));
    assert!(Linked::read(&program()).is_err(), "nothing is said there");
}

/// Both parts, when these functions are wanted in the first.
fn split(
    wasm: &[u8],
    linked: Option<&Linked>,
    wanted: &HashSet<&str>,
) -> crate::Outcome<(Vec<u8>, Vec<u8>)> {
    crate::split(wasm, &Program::read(wasm)?, linked, wanted)
}

/// What a part exports or imports from the other, as names, and how many functions it has of its own.
fn seen(part: &[u8]) -> (Vec<String>, Vec<String>, usize) {
    let (mut exports, mut imports, mut bodies) = (Vec::new(), Vec::new(), 0);
    for payload in wasmparser::Parser::new(0).parse_all(part) {
        match payload.expect("it is sound") {
            wasmparser::Payload::ExportSection(section) => {
                exports.extend(
                    section
                        .into_iter()
                        .map(|it| it.expect("sound").name.to_owned()),
                );
            }
            wasmparser::Payload::ImportSection(section) => {
                imports.extend(
                    section
                        .into_imports()
                        .map(|it| it.expect("sound").name.to_owned()),
                );
            }
            wasmparser::Payload::CodeSectionEntry(_) => bodies += 1,
            _ => {}
        }
    }
    (exports, imports, bodies)
}

#[test]
fn names_lose_the_hashes_of_crates_and_nothing_else() {
    let wasm = program();
    let program = Program::read(&wasm).expect("it can be read");
    assert_eq!(
        program.names,
        [
            "a::later_need",
            "a::start",
            "<a::T as b>::rare",
            "<[u8]>::rarer"
        ]
    );
}

#[test]
fn what_a_first_visit_does_not_run_is_behind_a_gate() {
    let wasm = program();
    let (first, later) = split(&wasm, None, &HashSet::from(["a::start"])).expect("it can be split");
    let (exports, _, bodies) = seen(&first);
    // later_need, start, the gate of `rare`, and what gates call. `rarer` is behind no gate: only `rare` calls it.
    assert_eq!(bodies, 4);
    assert_eq!(
        exports,
        ["later_need", "start", "f0", "t0", "g0", "g1", "m0"]
    );
    let (_, imports, bodies) = seen(&later);
    assert_eq!(imports, ["f0", "t0", "m0", "g0", "g1"]);
    // rare, rarer, and what says that they are there.
    assert_eq!(bodies, 3);
}

#[test]
fn what_is_imported_is_a_number_in_the_wasm_and_in_the_glue() {
    let wasm = program();
    let (first, _) = split(&wasm, None, &HashSet::new()).expect("it can be split");
    assert_eq!(seen(&first).1, ["i0"]);
    let imports = Program::read(&wasm).expect("it can be read").imports;
    let glue = "const import0 = {\n        fetch: function(arg0) {\n            fetch(arg0);\n        },\n";
    let short = crate::glue::shortened(glue, &imports).expect("it is as it was");
    assert_eq!(short, glue.replacen("fetch: ", "i0: ", 1));
    assert!(crate::glue::shortened("const fetch = 1;", &imports).is_err());
}

#[test]
fn what_loads_the_second_part_is_in_the_first_though_nobody_names_it() {
    let wasm = program();
    let (first, _) = split(&wasm, None, &HashSet::new()).expect("it can be split");
    // later_need itself, gates of start and rare, and what gates call.
    assert_eq!(seen(&first).2, 4);
}

#[test]
fn marks_and_stripping_leave_a_sound_wasm() {
    let wasm = program();
    let marked = crate::mark::mark(&wasm, 4).expect("it can be marked");
    wasmparser::Validator::new()
        .validate_all(&marked)
        .expect("the marked wasm is sound");
    assert_eq!(seen(&marked).0, ["later_need", "start", "marks"]);
    let stripped = crate::strip::strip(&wasm).expect("it can be stripped");
    assert!(stripped.len() < wasm.len());
    wasmparser::Validator::new()
        .validate_all(&stripped)
        .expect("the stripped wasm is sound");
}
