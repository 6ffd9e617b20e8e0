//! The simulation against theory: where a form is exact, what is measured lies within its interval; where it is a bound, on its
//! side; and a wrong formula is found out.

use super::super::*;

/// Runs until so many arrivals have come.
fn simulated(settings: &Settings, arrivals: u64) -> Simulation {
    let mut simulation = Simulation::new(settings).unwrap();
    while simulation.flow().arrivals < arrivals {
        simulation.run(100_000);
    }
    simulation
}

fn base() -> Settings {
    Settings {
        times: Times::Fixed(0.25),
        on_conflict: OnConflict::REJECT,
        ..Settings::default()
    }
}

/// Traffic for which forms are exact.
fn exact_cases() -> Vec<(String, Settings)> {
    let mut cases = Vec::new();
    let times = [
        Times::Fixed(0.25),
        Times::Exponential { mean: 0.25 },
        Times::LogNormal {
            mean: 0.25,
            variation: 0.8,
        },
        Times::Drawn(vec![0.1, 0.2, 0.45]),
    ];
    for (seed, rho) in [0.1, 0.5, 0.8, 1.7].into_iter().enumerate() {
        for times in &times {
            let settings = Settings {
                times: times.clone(),
                seed: 100 + seed as u64,
                ..base()
            }
            .with_lambda_t(rho);
            for policy in [
                Policy::None,
                Policy::Optimistic,
                Policy::Pessimistic(Locking::default()),
            ] {
                if policy.locking().is_some() && rho > 1.0 {
                    continue;
                }
                cases.push((
                    format!("{} at {rho}, t {}", policy.slug(), times.name()),
                    settings.with_policy(policy),
                ));
            }
        }
        if rho < 1.0 {
            let retry = Settings {
                on_conflict: OnConflict::RETRY,
                seed: 7 + seed as u64,
                ..base()
            };
            cases.push((format!("retry at {rho}"), retry.with_lambda_t(rho)));
            let mut twice = retry.with_lambda_t(rho);
            twice.on_conflict.retries = Some(2);
            cases.push((format!("two retries at {rho}"), twice));
        }
    }
    let many = |rows, choice, each, policy| {
        let settings = Settings {
            rows,
            choice,
            rows_each: each,
            policy,
            costs: Costs {
                think: 0.05,
                ..Costs::default()
            },
            seed: 42,
            ..base()
        };
        settings.with_lambda_t(0.4)
    };
    let locks = Policy::Pessimistic(Locking::default());
    for (name, settings) in [
        ("20 rows", many(20, Choice::Uniform, 1, Policy::None)),
        ("zipf, none", many(30, Choice::Zipf(0.8), 1, Policy::None)),
        (
            "zipf, optimistic",
            many(30, Choice::Zipf(0.8), 1, Policy::Optimistic),
        ),
        ("zipf, locks", many(6, Choice::Zipf(0.3), 1, locks)),
        (
            "three of 40 rows",
            many(40, Choice::Uniform, 3, Policy::None),
        ),
    ] {
        cases.push((name.to_owned(), settings));
    }
    let mut costly = many(1, Choice::Uniform, 1, locks);
    costly.costs.commit = 0.02;
    costly.costs.lock_round_trip = 0.04;
    cases.push(("locks with costs".to_owned(), costly));
    let mut atomic = many(1, Choice::Uniform, 1, Policy::Atomic);
    atomic.costs.commit = 0.3;
    cases.push(("atomic with a slow commit".to_owned(), atomic));
    cases
}

/// By how many half-widths of its 95 % interval a measure is off.
fn off(estimate: Estimate, value: f64) -> f64 {
    (estimate.value - value).abs() / estimate.half_width().max(1e-9 + 1e-7 * value.abs())
}

#[test]
fn where_a_form_is_exact_the_simulation_meets_it() {
    let (mut checked, mut outside) = (0, 0);
    let mut account = String::new();
    for (name, settings) in exact_cases() {
        let measures = simulated(&settings, 60_000).measures();
        let predictions = predictions(&settings);
        let exact = predictions
            .iter()
            .filter(|it| it.standing == Standing::Exact);
        for prediction in exact {
            let estimate = measures.get(prediction.quantity);
            let off = off(estimate, prediction.value);
            account += &format!(
                "{name}: {} {} = {} measured {} +- {} ({off:.2})\n",
                prediction.form.id,
                prediction.quantity.id(),
                prediction.value,
                estimate.value,
                estimate.half_width(),
            );
            // The intervals are narrow enough to tell a model from another.
            assert!(
                estimate.half_width() < 0.2 * estimate.value.abs().max(0.05),
                "{account}"
            );
            checked += 1;
            outside += u32::from(off > 1.0);
            assert!(off < 2.0, "{account}");
        }
    }
    // Of 95 % intervals a few may miss; twice the share that should is too many.
    assert!(
        checked > 60 && f64::from(outside) < 0.1 * f64::from(checked),
        "{outside} of {checked}\n{account}"
    );
}

#[test]
fn a_wrong_formula_is_found_out() {
    // Each of these is right for another strategy or another t, and near enough to be believed.
    let fixed = base().with_lambda_t(0.5);
    let exponential = Settings {
        times: Times::Exponential { mean: 0.25 },
        ..fixed.clone()
    };
    let retry = Settings {
        on_conflict: OnConflict::RETRY,
        ..fixed.clone()
    };
    let locks = Policy::Pessimistic(Locking::default());
    let famous = forms::famous(0.5);
    for (settings, quantity, wrong) in [
        (
            fixed.with_policy(Policy::Optimistic),
            Quantity::Conflict,
            famous,
        ),
        (fixed.with_policy(locks), Quantity::Conflict, famous),
        (retry, Quantity::Conflict, famous),
        (
            exponential.with_policy(Policy::None),
            Quantity::Conflict,
            famous,
        ),
        (
            exponential.with_policy(Policy::Optimistic),
            Quantity::Conflict,
            1.0 / 3.0,
        ),
        (exponential.with_policy(locks), Quantity::Latency, 0.375),
        (fixed.with_policy(locks), Quantity::Latency, 0.5),
        (fixed.with_policy(Policy::None), Quantity::Lost, famous),
    ] {
        let estimate = simulated(&settings, 60_000).measures().get(quantity);
        let off = off(estimate, wrong);
        assert!(
            off > 2.0,
            "{} {}: {wrong} is only {off} off",
            settings.policy.slug(),
            quantity.id()
        );
    }
}

#[test]
fn where_a_form_is_a_bound_the_simulation_is_on_its_side() {
    let mut checked = 0;
    for (name, settings) in exact_cases() {
        let measures = simulated(&settings, 20_000).measures();
        for prediction in predictions(&settings) {
            let estimate = measures.get(prediction.quantity);
            let holds = match prediction.standing {
                Standing::UpperBound => estimate.low <= prediction.value,
                Standing::LowerBound => estimate.high >= prediction.value,
                Standing::Exact | Standing::Approximate => continue,
            };
            checked += 1;
            assert!(
                holds,
                "{name}: {} {} {estimate:?}",
                prediction.form.id, prediction.value
            );
        }
    }
    assert!(checked > 20, "{checked}");
}

#[test]
fn deadlocks_are_as_frequent_as_the_better_estimate_says_and_a_common_order_has_none() {
    let traffic = |order| Settings {
        rate: Rate::Total(8.0),
        times: Times::Fixed(0.25),
        rows: 60,
        rows_each: 3,
        policy: Policy::Pessimistic(Locking {
            order,
            ..Locking::default()
        }),
        on_conflict: OnConflict::RETRY,
        ..Settings::default()
    };
    let drawn = traffic(Order::AsDrawn);
    let measured = simulated(&drawn, 150_000)
        .measures()
        .get(Quantity::Deadlocks);
    let said = |id| {
        let all = predictions(&drawn);
        let one = all.iter().find(|it| it.form.id == id).map(|it| it.value);
        one.unwrap() / measured.value
    };
    assert!((0.7..1.15).contains(&said("even-steps")), "{measured:?}");
    assert!((1.2..2.5).contains(&said("thomasian-ryu")), "{measured:?}");
    assert!((3.0..8.0).contains(&said("gray")), "{measured:?}");
    let sorted = simulated(&traffic(Order::Sorted), 150_000).measures();
    assert_eq!(sorted.deadlocks, 0);
    assert!(sorted.get(Quantity::Waits).value > 0.05, "they do meet");
}

#[test]
fn readers_that_pass_starve_a_writer() {
    let traffic = |queue| Settings {
        rate: Rate::PerRow(0.4),
        read_share: 0.95,
        times: Times::Exponential { mean: 0.25 },
        policy: Policy::Pessimistic(Locking {
            readers: Readers::Share,
            queue,
            ..Locking::default()
        }),
        ..Settings::default()
    };
    let fair = simulated(&traffic(Queue::FirstCome), 60_000).measures();
    let unfair = simulated(&traffic(Queue::ReadersPass), 60_000).measures();
    let writers = |measures: &Measures| measures.get(Quantity::LatencyP95);
    assert!(writers(&fair).is_below(&writers(&unfair)));
    assert!(unfair.get(Quantity::Longest).value > 2.0 * fair.get(Quantity::Longest).value);
    let readers = |measures: &Measures| measures.get(Quantity::ReadLatency);
    assert!(readers(&unfair).is_below(&readers(&fair)));
}

#[test]
fn two_seeds_put_together_know_more_than_one() {
    let settings = base().with_lambda_t(0.5).with_policy(Policy::None);
    let one = simulated(&settings, 30_000);
    let other = simulated(
        &Settings {
            seed: 9,
            ..settings
        },
        30_000,
    );
    let mut tally = one.tally().clone();
    tally.merge(other.tally());
    let both = Measures::of(&tally, one.events() + other.events(), false);
    let conflicts = both.get(Quantity::Conflict);
    assert!(conflicts.half_width() < one.conflicts().half_width());
    assert!(off(conflicts, forms::famous(0.5)) < 2.0);
    assert_eq!(
        both.attempts,
        one.measures().attempts + other.measures().attempts
    );
}

#[test]
fn a_limit_of_connections_and_thinking_turn_the_result() {
    // The user thinks for most of the time; whoever locks keeps the connection meanwhile.
    let traffic = |policy| Settings {
        rate: Rate::PerRow(0.02),
        rows: 50,
        times: Times::Fixed(0.1),
        costs: Costs {
            think: 3.0,
            ..Costs::default()
        },
        connections: Some(4),
        on_conflict: OnConflict::RETRY,
        policy,
        ..Settings::default()
    };
    let optimistic = simulated(&traffic(Policy::Optimistic), 30_000).measures();
    let pessimistic =
        simulated(&traffic(Policy::Pessimistic(Locking::default())), 30_000).measures();
    let latency = |measures: &Measures| measures.get(Quantity::Latency);
    assert!(latency(&optimistic).is_below(&latency(&pessimistic)));
    assert!(
        pessimistic.get(Quantity::PoolWait).value > 10.0 * optimistic.get(Quantity::PoolWait).value
    );
}

#[test]
fn victims_that_begin_again_at_once_do_not_stop_the_clock() {
    // Statements that lock three rows at one moment: T holds x and waits for m, W holds w and m and wants x. Whoever is the victim
    // has its first row again before the other goes on, and without a pause they would take turns for ever.
    let settings = Settings {
        rate: Rate::Total(20.0),
        rows: 5,
        rows_each: 3,
        policy: Policy::Atomic,
        costs: Costs {
            commit: 0.1,
            ..Costs::default()
        },
        on_conflict: OnConflict::RETRY,
        ..Settings::default()
    };
    let simulation = simulated(&settings, 2_000);
    assert!(simulation.flow().commits > 500 && simulation.measures().deadlocks > 0);
}

#[test]
fn a_seed_gives_the_same_everywhere() {
    // `tests/load.rs` expects the same of wasm.
    let settings = Settings {
        times: Times::LogNormal {
            mean: 0.25,
            variation: 1.0,
        },
        rows: 40,
        choice: Choice::Zipf(1.0),
        rows_each: 2,
        read_share: 0.3,
        ..Settings::default()
    };
    let mut simulation = Simulation::new(&settings).unwrap();
    simulation.run(100_000);
    assert_eq!(simulation.now().to_bits(), 0x4050_35ba_4502_56ef);
}
