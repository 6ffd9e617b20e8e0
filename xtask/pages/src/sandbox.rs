//! The program in one classic script, which is its worker too.
//!
//! A frame with `sandbox="allow-scripts"` has no origin of its own, so modules and wasm are another's there, and browsers hand
//! them out only where a server says `Access-Control-Allow-Origin`. A classic script runs from anywhere. So here are both in
//! one: the glue that wasm-bindgen wrote, as a function, and the wasm, deflated (RFC 1951), as base64. It weighs about a fifth more than
//! the two files; nobody loads all three.
//!
//! Nor is a worker started from another's file; but from a `blob:` of the frame's own it is. So what the glue calls `Worker` here
//! starts one from the text of that function.

use miniz_oxide::deflate::compress_to_vec;
use std::path::Path;
use std::{fs, io};

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What stands for a worker in a frame without an origin.
const STAND_IN: &str = include_str!("stand_in.js");

/// Writes it; `effort` is how hard it is packed, from 1 to 9.
pub fn write(dist: &Path, effort: u8) -> io::Result<()> {
    let wasm = crate::find(dist, "rowlock-", "_bg.wasm")?;
    let glue = fs::read_to_string(dist.join(wasm.replace("_bg.wasm", ".js")))?;
    let all = body(&glue, &fs::read(dist.join(wasm))?, effort)?;
    fs::write(
        dist.join("rowlock-sandbox.js"),
        format!("(async function rowlock(){{\n{STAND_IN}{all}}})();\n"),
    )
}

/// The glue and what starts it, as the body of an asynchronous function.
fn body(glue: &str, wasm: &[u8], effort: u8) -> io::Result<String> {
    let body = match glue.rfind("export") {
        Some(end) => glue[..end]
            .replace("import.meta.url", "location.href")
            .replace("\nexport function ", "\nfunction "),
        None => glue.to_owned(),
    };
    let is_module = |line: &str| line.starts_with("import ") || line.starts_with("export ");
    if body.lines().any(is_module) || !body.contains("__wbg_init") {
        return Err(io::Error::other(
            "wasm-bindgen's glue is not as it was: it has parts that are not in one file",
        ));
    }
    let packed = base64(&compress_to_vec(wasm, effort));
    Ok(format!(
        "{body}\nconst packed=Uint8Array.from(atob('{packed}'),c=>c.charCodeAt(0));\n\
         const stream=new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));\n\
         await __wbg_init({{module_or_path:await new Response(stream).arrayBuffer()}});\n"
    ))
}

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |place: usize| u32::from(chunk.get(place).copied().unwrap_or_default());
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for letter in 0..4 {
            let value = (bits >> (18 - 6 * letter)) & 63;
            text.push(if letter > chunk.len() {
                '='
            } else {
                char::from(LETTERS[value as usize])
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (text, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn a_module_becomes_a_script_and_what_cannot_is_refused() {
        let glue = "let wasm;\nexport function listen() {}\nasync function __wbg_init(it) {\n  new URL('x', import.meta.url);\n}\n\nexport { initSync, __wbg_init as default };\n";
        let made = body(glue, b"wasm", 9).expect("it can");
        assert!(!made.contains("export") && !made.contains("import.meta"));
        let other = format!("import {{ x }} from './snippets/x.js';\n{glue}");
        assert!(body(&other, b"wasm", 9).is_err());
    }
}
