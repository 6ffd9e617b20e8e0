//! In which orders the steps of a spec are played (`run_testspec` of `isolationtester.c`).

use super::spec::{Permutation, Placed, Spec, StepId};

/// Calls `play` with each permutation: those given, or else all interleavings that keep each session's order. The
/// interleavings come as the driver has them, depth first, with the sessions tried in the order of the spec. Their number
/// is multinomial, so they are made one by one.
///
/// # Errors
/// The first that `play` returns, after which it is not called again.
pub fn each_permutation<E>(
    spec: &Spec,
    play: &mut dyn FnMut(&Permutation) -> Result<(), E>,
) -> Result<(), E> {
    if !spec.permutations.is_empty() {
        return spec.permutations.iter().try_for_each(play);
    }
    let mut piles = vec![0; spec.sessions.len()];
    let mut permutation = Permutation { steps: Vec::new() };
    deal(spec, &mut piles, &mut permutation, play)
}

/// Goes on with a permutation in each way that is left; `piles` says how many steps of each session are in it already.
fn deal<E>(
    spec: &Spec,
    piles: &mut [usize],
    permutation: &mut Permutation,
    play: &mut dyn FnMut(&Permutation) -> Result<(), E>,
) -> Result<(), E> {
    let mut complete = true;
    for session in 0..piles.len() {
        let step = piles[session];
        if step == spec.sessions[session].steps.len() {
            continue;
        }
        complete = false;
        piles[session] += 1;
        permutation.steps.push(Placed {
            step: StepId { session, step },
            markers: Vec::new(),
        });
        deal(spec, piles, permutation, play)?;
        permutation.steps.pop();
        piles[session] -= 1;
    }
    if complete { play(permutation) } else { Ok(()) }
}
