//! Whatever the settings: nothing comes from nowhere, nothing is lost, slices make no difference, and everything ends.

use super::super::*;
use proptest::prelude::*;

/// 0 half of the time.
fn maybe(most: f64) -> BoxedStrategy<f64> {
    prop_oneof![Just(0.0), 0.0..most].boxed()
}

fn times() -> BoxedStrategy<Times> {
    prop_oneof![
        (0.01..1.0f64).prop_map(Times::Fixed),
        (0.01..1.0f64).prop_map(|mean| Times::Exponential { mean }),
        (0.01..1.0f64, 0.0..2.0f64)
            .prop_map(|(mean, variation)| Times::LogNormal { mean, variation }),
        prop::collection::vec(0.01..1.0f64, 1..4).prop_map(Times::Drawn),
    ]
    .boxed()
}

fn locking() -> BoxedStrategy<Locking> {
    (
        prop_oneof![Just(Order::AsDrawn), Just(Order::Sorted)],
        prop::option::of(maybe(2.0)),
        maybe(2.0),
        prop_oneof![Just(Scope::Rows), Just(Scope::All)],
        prop_oneof![Just(Readers::Snapshot), Just(Readers::Share)],
        prop_oneof![Just(Queue::FirstCome), Just(Queue::ReadersPass)],
    )
        .prop_map(
            |(order, timeout, deadlock_timeout, scope, readers, queue)| Locking {
                order,
                timeout,
                deadlock_timeout,
                scope,
                readers,
                queue,
            },
        )
        .boxed()
}

fn policy() -> BoxedStrategy<Policy> {
    prop_oneof![
        Just(Policy::None),
        maybe(3.0).prop_map(|skew| Policy::LastWriteWins { skew }),
        Just(Policy::Atomic),
        Just(Policy::Optimistic),
        locking().prop_map(Policy::Pessimistic),
        Just(Policy::Upsert),
        locking().prop_map(Policy::UpsertLock),
        Just(Policy::Snapshot),
    ]
    .boxed()
}

prop_compose! {
    fn settings()(
        rows in 1..12u32,
        each in 1..5u32,
        rate in 0.1..30.0f64,
        read_share in maybe(0.9),
        zipf in prop::option::of(0.0..3.0f64),
        times in times(),
        policy in policy(),
        keep in any::<bool>(),
        retries in prop::option::of(0..5u32),
        backoff in maybe(1.0),
        jitter in any::<bool>(),
        costs in (maybe(0.3), maybe(0.3), maybe(0.3), maybe(0.3)),
        connections in prop::option::of(1..6u32),
        faults in (maybe(0.3), maybe(0.3), maybe(0.3)),
        burst in prop::option::of((0.0..5.0f64, 1..200u32)),
        seed in any::<u64>(),
    ) -> Settings {
        Settings {
            rate: Rate::Total(rate),
            read_share,
            burst: burst.map(|(at, clients)| Burst { at, clients }),
            rows,
            choice: zipf.map_or(Choice::Uniform, Choice::Zipf),
            rows_each: each.min(rows),
            times,
            at_retry: if keep { AtRetry::Keep } else { AtRetry::Redraw },
            policy,
            on_conflict: OnConflict { retries, backoff, jitter },
            costs: Costs { lock_round_trip: costs.0, think: costs.1, retry: costs.2, commit: costs.3 },
            connections,
            faults: Faults { crash: faults.0, duplicate: faults.1, hang: faults.2, hang_time: 3.0 },
            seed,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_comes_from_nowhere_and_nothing_is_lost_on_the_way(settings in settings(), slices in prop::collection::vec(1..3000u64, 1..6)) {
        prop_assume!(settings.check() != Err(SettingsError::SpinsForEver));
        let mut simulation = Simulation::new(&settings).unwrap();
        let mut before = 0.0;
        for slice in &slices {
            let target = simulation.spent() + slice;
            simulation.run(*slice);
            prop_assert!(simulation.spent() >= target);
            prop_assert!(simulation.now() >= before);
            before = simulation.now();
            let flow = simulation.flow();
            prop_assert_eq!(flow.arrivals, flow.commits + flow.rejects + flow.in_flight);
            prop_assert!(flow.crashed + flow.turned_away <= flow.rejects);
            prop_assert!(simulation.is_consistent());
        }
        // Slices make no difference.
        let mut whole = Simulation::new(&settings).unwrap();
        whole.run(slices.iter().sum());
        // A slice may end an event or two later than it had to.
        whole.run(simulation.spent().saturating_sub(whole.spent()));
        let more = whole.spent().saturating_sub(simulation.spent());
        simulation.run(more);
        if whole.spent() == simulation.spent() {
            prop_assert_eq!(whole.flow(), simulation.flow());
            prop_assert_eq!(whole.now().to_bits(), simulation.now().to_bits());
            prop_assert_eq!(whole.value(), simulation.value());
        }
        let measures = simulation.measures();
        if !settings.policy.loses_updates() {
            prop_assert_eq!(measures.get(Quantity::Lost).value.max(0.0), 0.0);
        }
    }

    #[test]
    fn given_arrivals_all_end(settings in settings(), gaps in prop::collection::vec((0.0..0.5f64, any::<bool>()), 1..40)) {
        prop_assume!(settings.check() != Err(SettingsError::SpinsForEver));
        // Without a limit of retries a hopeless crowd may go on for ever.
        let mut settings = settings;
        settings.on_conflict.retries = settings.on_conflict.retries.or(Some(50));
        let mut at = 0.0;
        let given: Vec<Given> = gaps.iter().map(|(gap, writes)| {
            at += gap;
            Given { at, t: 0.1, writes: *writes, rows: (0..settings.rows_each).collect() }
        }).collect();
        let mut simulation = Simulation::on(&settings, given).unwrap();
        prop_assert_eq!(simulation.run(10_000_000), Slice::Over);
        let flow = simulation.flow();
        prop_assert_eq!((flow.arrivals, flow.in_flight), (gaps.len() as u64, 0));
        prop_assert_eq!(simulation.log().len(), gaps.len());
        prop_assert!(simulation.is_consistent());
        // A counter that loses nothing counts every commit of a writer.
        if !settings.policy.loses_updates() {
            let log = simulation.log().iter();
            let committed = log.filter(|it| it.end == End::Committed && gaps[it.number as usize].1).count();
            prop_assert_eq!(simulation.value(), committed as i64 * i64::from(settings.rows_each));
        }
    }
}
