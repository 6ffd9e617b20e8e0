fn main() {
    use rowlock_engine::explore::*;
    let file = std::env::args().nth(1).unwrap();
    let text = std::fs::read_to_string(&file).unwrap();
    let scenario = rowlock_engine::scenario::read(&text).unwrap();
    for round in 0..2 {
        let sym = if std::env::args().nth(2).is_some() {
            Symmetry::Ignored
        } else {
            Symmetry::Used
        };
        let at = std::time::Instant::now();
        let mut explorer = Explorer::with(&scenario, Limits::default(), sym).unwrap();
        while explorer.advance(100_000).status == Status::Running {}
        let walked = at.elapsed();
        let report = explorer.report_of(0);
        println!(
            "{round} {:?} walk {:?} all {:?} states {} outcomes {} sizes {}",
            report.interleavings.to_string(),
            walked,
            at.elapsed(),
            report.states,
            report.outcomes.len(),
            explorer.sizes()
        );
        if round == 1 {
            for o in report.outcomes.iter().take(5) {
                println!(
                    "{} {} {:?} {} variants",
                    o.count, o.likely, o.verdict, o.variants
                );
            }
        }
    }
}
