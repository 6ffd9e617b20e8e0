//! The glue between the first part and the browser, which wasm-bindgen wrote.
//!
//! What the program imports has names of thirty letters, half of them a hash, once in the wasm and once in the glue: 6 kB of brotli. In
//! both they are numbers instead.

use crate::Outcome;
use crate::first::name;

/// What the import of this number is called.
pub fn short(number: u32) -> String {
    name('i', number)
}

/// The glue, with the short names of what is imported.
pub fn shortened(glue: &str, imports: &[&str]) -> Outcome<String> {
    let mut short_glue = glue.to_owned();
    for (number, import) in (0u32..).zip(imports) {
        // A line of the object that the wasm is given.
        let line = format!("\n        {import}: ");
        if glue.matches(&line).count() != 1 {
            return Err(format!("the glue does not give {import} as it did").into());
        }
        short_glue = short_glue.replace(&line, &format!("\n        {}: ", short(number)));
    }
    Ok(short_glue)
}
