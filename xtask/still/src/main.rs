//! Prints what the page shows before its program has come: the page's own rooms around the first story, as HTML. Nothing in it
//! works yet; the program puts itself in its place.

use std::process::ExitCode;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("The still cannot be drawn: {error}");
            return ExitCode::FAILURE;
        }
    };
    let still = yew::ServerRenderer::<rowlock::still::Still>::new().hydratable(false);
    print!("{}", runtime.block_on(still.render()));
    ExitCode::SUCCESS
}
