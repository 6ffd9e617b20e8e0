//! Draws the run of a scenario as an SVG picture, on standard output.
//!
//! ```text
//! diagram FILE.rowlock [WIDTH] [light|dark] [STRATEGY] [ISOLATION]
//! ```

use rowlock_engine::diagram::svg;
use rowlock_engine::export::{Export, Look, Subject};
use rowlock_engine::{run, scenario, strategy, verdict};

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |place: usize| arguments.get(place).map(String::as_str);
    let file = argument(0).ok_or("which file?")?;
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let mut scenario = scenario::read(&text).map_err(|errors| format!("{errors:?}"))?;
    if let Some(strategy) = argument(3) {
        scenario.strategy = strategy
            .parse()
            .map_err(|error| format!("strategy: {error}"))?;
    }
    if let Some(isolation) = argument(4) {
        scenario.isolation = Some(
            isolation
                .parse()
                .map_err(|error| format!("isolation: {error}"))?,
        );
    }
    let plan = strategy::plan(&scenario);
    let run = run::execute(&plan).map_err(|failure| failure.error.to_string())?;
    let verdict = verdict::judge(&scenario, &plan, &run);
    let width = argument(1).and_then(|width| width.parse().ok());
    let look = Look {
        width: width.unwrap_or(900),
        theme: if argument(2) == Some("dark") {
            svg::DARK
        } else {
            svg::LIGHT
        },
    };
    let subject = Subject {
        scenario: &scenario,
        plan: &plan,
        run: &run,
        verdict: &verdict,
        look,
        address: "",
    };
    let files = Export::Svg
        .files(&subject)
        .map_err(|unfit| unfit.to_string())?;
    for file in files {
        println!("{}", file.text);
    }
    Ok(())
}
