//! Prints a line for each file that it is given: its bytes, and its bytes in brotli at quality 11.

use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    for file in env::args_os().skip(1) {
        match fs::read(&file).and_then(|bytes| Ok((bytes.len(), brotli(&bytes)?))) {
            Ok((raw, brotli)) => println!("{raw} {brotli}"),
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return ExitCode::FAILURE;
            }
        }
    }
    ExitCode::SUCCESS
}

fn brotli(bytes: &[u8]) -> io::Result<usize> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: 11,
        size_hint: bytes.len(),
        ..Default::default()
    };
    brotli::BrotliCompress(&mut io::Cursor::new(bytes), &mut io::sink(), &params)
}
