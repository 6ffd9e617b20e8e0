//! In how many ways parts can be given to those who are the same.

use super::sort_few;

/// One way of giving things to the members of groups.
#[derive(Clone)]
pub(super) struct Share {
    /// What each gets, the groups one after the other.
    pub gets: Vec<u32>,
    /// How many ways are this one, the members of a group in any order.
    pub ways: u64,
}

/// All ways of giving these things to groups of these sizes, one each; those that differ only in the order within a group
/// are one. `None`: they are too many to be counted.
pub(super) fn shares(things: &[u32], sizes: &[usize]) -> Option<Vec<Share>> {
    let mut kinds = Kinds::new();
    let sorted = in_order(things);
    for thing in sorted {
        match kinds.last_mut() {
            Some((last, count)) if *last == thing => *count += 1,
            _ => kinds.push((thing, 1)),
        }
    }
    let mut all = Vec::new();
    let begin = Share {
        gets: Vec::with_capacity(things.len()),
        ways: 1,
    };
    give(&mut kinds, sizes, begin, &mut all)?;
    Some(all)
}

/// Things, and how many there are of each.
type Kinds = Vec<(u32, usize)>;

fn give(kinds: &mut Kinds, sizes: &[usize], so_far: Share, all: &mut Vec<Share>) -> Option<()> {
    let Some((size, rest)) = sizes.split_first() else {
        all.push(so_far);
        return Some(());
    };
    fill(kinds, 0, *size, so_far, &mut |kinds, share| {
        give(kinds, rest, share, all)
    })
}

/// Fills what is left of a group with things from the kind at a place on.
fn fill(
    kinds: &mut Kinds,
    at: usize,
    left: usize,
    so_far: Share,
    then: &mut dyn FnMut(&mut Kinds, Share) -> Option<()>,
) -> Option<()> {
    if left == 0 {
        return then(kinds, so_far);
    }
    let Some((thing, there)) = kinds.get(at).copied() else {
        return Some(());
    };
    let after: usize = kinds[at + 1..].iter().map(|(_, count)| count).sum();
    for count in left.saturating_sub(after)..=there.min(left) {
        let mut share = so_far.clone();
        share.gets.extend(std::iter::repeat_n(thing, count));
        share.ways = share.ways.checked_mul(choose(left, count)?)?;
        kinds[at].1 -= count;
        let filled = fill(kinds, at + 1, left - count, share, then);
        kinds[at].1 += count;
        filled?;
    }
    Some(())
}

fn in_order(things: &[u32]) -> Vec<u32> {
    let mut things = things.to_vec();
    sort_few(&mut things);
    things
}

/// In how many ways so many can be chosen.
pub(super) fn choose(from: usize, count: usize) -> Option<u64> {
    let mut ways: u64 = 1;
    for number in 1..=count as u64 {
        ways = ways.checked_mul(from as u64 + 1 - number)? / number;
    }
    Some(ways)
}

/// In how many orders things can stand, of which some are the same.
pub(super) fn orders(things: &[u32]) -> Option<u64> {
    let sorted = in_order(things);
    let mut ways: u64 = 1;
    let mut run = 0;
    for at in 0..sorted.len() {
        run = if at > 0 && sorted[at] == sorted[at - 1] {
            run + 1
        } else {
            1
        };
        ways = ways.checked_mul(at as u64 + 1)? / run;
    }
    Some(ways)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_all_orders() {
        for (things, sizes) in [
            (vec![0, 0, 5], vec![2, 1]),
            (vec![0, 7, 5, 5], vec![1, 3]),
            (vec![0, 0, 0, 1, 2, 2], vec![2, 1, 3]),
        ] {
            let all = shares(&things, &sizes).unwrap_or_default();
            let ways: u64 = all.iter().map(|share| share.ways).sum();
            assert_eq!(Some(ways), orders(&things), "{things:?} {sizes:?}");
            for share in all {
                let mut gets = share.gets;
                gets.sort_unstable();
                let mut things = things.clone();
                things.sort_unstable();
                assert_eq!(gets, things);
            }
        }
    }

    #[test]
    fn choices_are_binomials() {
        assert_eq!(choose(6, 2), Some(15));
        assert_eq!(choose(50, 0), Some(1));
        assert_eq!(choose(200, 100), None);
        assert_eq!(orders(&[1, 1, 2, 3]), Some(12));
    }
}
