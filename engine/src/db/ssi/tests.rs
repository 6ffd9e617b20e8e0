//! Stories of serializable transactions on one small table, told against real snapshots and versions of rows.
//!
//! The table has an index on its key. All rows are on one page, and so are all entries of the index, as they are in
//! PostgreSQL. What each story expects is what PostgreSQL 15 does.

mod recorded;
mod server;

use super::*;
use crate::db::{SqlError, SqlState, TupleId};
use server::{HEAP, HEAP_PAGE, INDEX, INDEX_PAGE, Server};

const AT_WRITE: &str = "identification as a pivot, during write.";
const AT_COMMIT: &str = "identification as a pivot, during commit attempt.";
const DOOMED_AT_WRITE: &str = "identification as a pivot, during conflict in checking.";
const DOOMED_AT_READ: &str = "identification as a pivot, during conflict out checking.";

/// The reason for which something failed.
fn reason<T>(result: Result<T, SqlError>) -> String {
    let error = result.err().expect("it is refused");
    assert_eq!(error.state, SqlState::SERIALIZATION_FAILURE);
    assert_eq!(
        error.message,
        "could not serialize access due to read/write dependencies among transactions"
    );
    assert_eq!(
        error.hint.as_deref(),
        Some("The transaction might succeed if retried.")
    );
    let detail = error.detail.clone().unwrap_or_default();
    detail.replace("Reason code: Canceled on ", "")
}

fn locks_of(server: &Server, id: SerialId) -> Vec<Target> {
    let locks = server.ssi.locks().filter(|lock| lock.holder == id);
    locks.map(|lock| lock.target).collect()
}

fn tuple(id: usize) -> Target {
    Target::Tuple(HEAP, HEAP_PAGE, TupleId(id))
}

type Told = Result<(), SqlError>;

// ---- write skew ----

#[test]
fn of_two_that_read_both_rows_and_change_one_each_the_second_to_commit_fails() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.scan(a)?;
    server.scan(b)?;
    server.update(a, 0)?;
    server.update(b, 1)?;
    server.commit(a)?;
    assert_eq!(reason(server.commit(b)), AT_COMMIT);
    Ok(())
}

#[test]
fn the_one_that_is_doomed_fails_at_its_next_read_if_that_comes_before_its_commit() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.scan(a)?;
    server.scan(b)?;
    server.update(a, 0)?;
    server.update(b, 1)?;
    server.commit(a)?;
    assert_eq!(reason(server.scan(b)), DOOMED_AT_READ);
    Ok(())
}

#[test]
fn the_one_that_is_doomed_fails_at_its_next_write_if_that_comes_first() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.scan(a)?;
    server.scan(b)?;
    server.update(a, 0)?;
    server.update(b, 1)?;
    server.commit(a)?;
    assert_eq!(reason(server.insert(b)), DOOMED_AT_WRITE);
    Ok(())
}

#[test]
fn a_row_that_one_deletes_and_the_other_adds_are_changes_like_any_other() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.scan(a)?;
    server.scan(b)?;
    server.delete(a, 0)?;
    server.insert(b)?;
    server.commit(b)?;
    assert_eq!(reason(server.commit(a)), AT_COMMIT);
    Ok(())
}

#[test]
fn a_write_that_closes_the_circle_after_the_other_has_committed_fails_at_once() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.read(a, 1)?;
    server.read(b, 0)?;
    server.update(a, 0)?;
    server.commit(a)?;
    assert_eq!(reason(server.update(b, 1)), AT_WRITE);
    Ok(())
}

#[test]
fn after_a_rollback_the_other_commits() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.scan(a)?;
    server.scan(b)?;
    server.update(a, 0)?;
    server.update(b, 1)?;
    server.rollback(a);
    assert_eq!(server.ssi.conflicts().count(), 0);
    server.commit(b).map(drop)
}

#[test]
fn one_edge_alone_harms_nobody() -> Told {
    let mut server = Server::with_rows(2);
    let (reader, writer) = (server.begin(), server.begin());
    server.scan(reader)?;
    server.update(writer, 0)?;
    let edge = Conflict {
        reader: server.id(reader),
        writer: server.id(writer),
    };
    assert_eq!(server.ssi.conflicts().collect::<Vec<_>>(), [edge]);
    server.commit(writer)?;
    server.commit(reader).map(drop)
}

#[test]
fn one_that_overlaps_nobody_does_as_it_likes() -> Told {
    let mut server = Server::with_rows(2);
    for _ in 0..3 {
        let only = server.begin();
        server.scan(only)?;
        server.update(only, 0)?;
        server.read(only, 1)?;
        server.insert(only)?;
        server.commit(only)?;
        assert_eq!(server.ssi.transactions().count(), 0);
        assert_eq!(server.ssi.locks().count(), 0);
    }
    Ok(())
}

// ---- three transactions ----

/// `first ---rw--> pivot ---rw--> last`, each a change of the row that the one before read.
#[test]
fn at_the_commit_of_the_last_the_pivot_is_doomed() -> Told {
    let mut server = Server::with_rows(3);
    let (first, pivot, last) = (server.begin(), server.begin(), server.begin());
    server.read(first, 0)?;
    server.read(pivot, 1)?;
    server.update(first, 2)?;
    server.update(pivot, 0)?;
    server.update(last, 1)?;
    server.commit(last)?;
    server.commit(first)?;
    assert_eq!(reason(server.commit(pivot)), AT_COMMIT);
    Ok(())
}

#[test]
fn if_the_first_commits_first_nothing_is_wrong() -> Told {
    let mut server = Server::with_rows(3);
    let (first, pivot, last) = (server.begin(), server.begin(), server.begin());
    server.read(first, 0)?;
    server.read(pivot, 1)?;
    server.update(first, 2)?;
    server.update(pivot, 0)?;
    server.update(last, 1)?;
    server.commit(first)?;
    server.commit(last)?;
    server.commit(pivot).map(drop)
}

#[test]
fn if_the_pivot_has_committed_the_one_that_reads_around_it_fails() -> Told {
    let mut server = Server::with_rows(3);
    let (first, pivot, last) = (server.begin(), server.begin(), server.begin());
    server.read(pivot, 1)?;
    server.update(last, 1)?;
    server.commit(last)?;
    server.update(pivot, 0)?;
    server.commit(pivot)?;
    assert_eq!(
        reason(server.read(first, 0)),
        "conflict out to pivot 2, during read."
    );
    Ok(())
}

// ---- transactions that only read ----

/// The read-only anomaly of Fekete, O'Neil and O'Neil: a report sees a deposit that came later in the serial order.
#[test]
fn a_report_that_sees_the_deposit_makes_the_withdrawal_fail() -> Told {
    let mut server = Server::with_rows(2);
    let (withdrawal, deposit) = (server.begin(), server.begin());
    server.read(withdrawal, 0)?;
    server.read(withdrawal, 1)?;
    server.update(deposit, 1)?;
    server.commit(deposit)?;
    let report = server.begin_as(Access::ReadOnly);
    server.read(report, 0)?;
    server.read(report, 1)?;
    server.commit(report)?;
    assert_eq!(reason(server.update(withdrawal, 0)), AT_WRITE);
    Ok(())
}

#[test]
fn a_report_from_before_the_deposit_does_not() -> Told {
    let mut server = Server::with_rows(2);
    let (withdrawal, deposit) = (server.begin(), server.begin());
    let report = server.begin_as(Access::ReadOnly);
    server.read(withdrawal, 0)?;
    server.read(withdrawal, 1)?;
    server.update(deposit, 1)?;
    server.commit(deposit)?;
    server.read(report, 0)?;
    server.read(report, 1)?;
    server.commit(report)?;
    server.update(withdrawal, 0)?;
    server.commit(withdrawal).map(drop)
}

#[test]
fn a_read_only_transaction_that_overlaps_no_writer_is_not_tracked() {
    let mut server = Server::with_rows(1);
    let report = server.begin_as(Access::ReadOnly);
    assert_eq!(server.serial(report), None);
    let another = server.begin_as(Access::ReadOnlyDeferrable);
    assert_eq!(server.serial(another), None);
}

#[test]
fn when_the_writers_have_ended_without_harm_it_lets_go_of_its_locks() -> Told {
    let mut server = Server::with_rows(2);
    let writer = server.begin();
    let report = server.begin_as(Access::ReadOnly);
    let id = server.id(report);
    server.scan(report)?;
    assert_eq!(locks_of(&server, id), [Target::Relation(HEAP)]);
    server.update(writer, 0)?;
    server.commit(writer)?;
    let safety = server.ssi.get(id).map(SerialTransaction::safety);
    assert_eq!(safety, Some(Safety::Safe));
    server.scan(report)?;
    assert_eq!(server.ssi.get(id), None);
    assert_eq!(server.ssi, {
        let mut forgotten = Server::default().ssi;
        forgotten.next_id = server.ssi.next_id;
        forgotten.last_commit = server.ssi.last_commit;
        forgotten.can_clear_through = server.ssi.can_clear_through;
        forgotten.cleared_through = server.ssi.cleared_through;
        forgotten
    });
    Ok(())
}

#[test]
fn a_deferrable_one_waits_for_the_writers_and_goes_on_when_its_snapshot_is_safe() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.update(a, 0)?;
    let report = server.begin_as(Access::ReadOnlyDeferrable);
    let id = server.id(report);
    let blockers: Vec<_> = server.ssi.waits_for(id).collect();
    assert_eq!(blockers, [server.id(a), server.id(b)]);
    assert_eq!(server.commit(a)?, []);
    assert_eq!(server.settle(report), Safety::Open);
    assert_eq!(server.rollback(b), [id]);
    assert_eq!(server.settle(report), Safety::Safe);
    assert_eq!(server.serial(report), None);
    Ok(())
}

#[test]
fn with_an_unsafe_snapshot_it_takes_another() -> Told {
    let mut server = Server::with_rows(2);
    let (withdrawal, deposit) = (server.begin(), server.begin());
    server.read(withdrawal, 1)?;
    server.update(deposit, 1)?;
    server.commit(deposit)?;
    let report = server.begin_as(Access::ReadOnlyDeferrable);
    let id = server.id(report);
    server.update(withdrawal, 0)?;
    assert_eq!(server.commit(withdrawal)?, [id]);
    assert_eq!(server.settle(report), Safety::Unsafe);
    assert_eq!(server.serial(report), None, "nobody runs any more");
    Ok(())
}

#[test]
fn one_that_has_only_read_when_it_commits_counts_as_read_only() -> Told {
    let mut server = Server::with_rows(2);
    let (reader, writer) = (server.begin(), server.begin());
    server.scan(reader)?;
    server.update(writer, 0)?;
    server.commit(reader)?;
    let id = server.id(reader);
    let read_only = server.ssi.get(id).map(SerialTransaction::is_read_only);
    assert_eq!(read_only, Some(true));
    Ok(())
}

// ---- locks ----

#[test]
fn a_search_by_key_locks_the_page_of_the_index_and_the_version() -> Told {
    let mut server = Server::with_rows(2);
    let reader = server.begin();
    server.read(reader, 1)?;
    let expected = [Target::Page(INDEX, INDEX_PAGE), tuple(1)];
    assert_eq!(locks_of(&server, server.id(reader)), expected);
    Ok(())
}

#[test]
fn what_is_written_needs_no_lock_any_more() -> Told {
    let mut server = Server::with_rows(2);
    let writer = server.begin();
    server.update(writer, 0)?;
    server.read(writer, 0)?;
    let expected = [Target::Page(INDEX, INDEX_PAGE)];
    assert_eq!(locks_of(&server, server.id(writer)), expected);
    Ok(())
}

#[test]
fn within_a_savepoint_it_keeps_its_lock() -> Told {
    let mut ssi = Ssi::default();
    let id = ssi.register(Xid(0), Access::ReadWrite);
    let id = id.expect("it may write");
    ssi.add_xid(id, Xid(0));
    ssi.add_xid(id, Xid(1));
    ssi.predicate_lock(id, tuple(0));
    ssi.conflict_in(id, tuple(0), Nesting::Subtransaction)?;
    assert_eq!(ssi.locks().count(), 1);
    ssi.conflict_in(id, tuple(0), Nesting::Top)?;
    assert_eq!(ssi.locks().count(), 0);
    Ok(())
}

#[test]
fn locks_outlive_the_commit_until_all_that_overlapped_have_ended() -> Told {
    let mut server = Server::with_rows(2);
    let (reader, other) = (server.begin(), server.begin());
    server.read(reader, 0)?;
    server.update(reader, 1)?;
    server.commit(reader)?;
    assert!(!locks_of(&server, server.id(reader)).is_empty());
    server.commit(other)?;
    assert_eq!(server.ssi.locks().count(), 0);
    assert_eq!(server.ssi.transactions().count(), 0);
    Ok(())
}

#[test]
fn the_lock_of_one_that_committed_before_the_writer_began_is_no_concern_of_the_writer() -> Told {
    let mut server = Server::with_rows(2);
    let (_keeps_it, reader) = (server.begin(), server.begin());
    server.read(reader, 0)?;
    server.update(reader, 1)?;
    server.commit(reader)?;
    let writer = server.begin();
    server.update(writer, 0)?;
    assert!(!locks_of(&server, server.id(reader)).is_empty());
    assert_eq!(server.ssi.conflicts().count(), 0);
    Ok(())
}

/// Rows that differ, but entries on one page of the index: a false alarm that PostgreSQL gives too.
#[test]
fn two_that_read_a_row_by_key_and_insert_another_are_in_each_others_way() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.read(a, 0)?;
    server.read(b, 1)?;
    server.insert(a)?;
    server.insert(b)?;
    server.commit(a)?;
    assert_eq!(reason(server.commit(b)), AT_COMMIT);
    Ok(())
}

#[test]
fn two_that_read_and_change_their_own_rows_are_not() -> Told {
    let mut server = Server::with_rows(2);
    let (a, b) = (server.begin(), server.begin());
    server.update(a, 0)?;
    server.update(b, 1)?;
    server.commit(a)?;
    server.commit(b).map(drop)
}

#[test]
fn dropping_a_table_conflicts_with_whoever_has_read_in_it() -> Told {
    let mut server = Server::with_rows(2);
    let (reader, dropper) = (server.begin(), server.begin());
    server.read(reader, 0)?;
    let Relation::Heap(table) = HEAP else {
        return Ok(());
    };
    let id = server.id(dropper);
    server.ssi.conflict_in_table(id, table)?;
    let edges: Vec<_> = server.ssi.conflicts().collect();
    let reader = server.id(reader);
    assert_eq!(edges, [Conflict { reader, writer: id }]);
    Ok(())
}

#[test]
fn a_page_that_is_split_after_a_search_still_meets_the_insert() -> Told {
    let mut ssi = Ssi::default();
    let begin = |ssi: &mut Ssi| {
        ssi.register(Xid(0), Access::ReadWrite)
            .expect("it may write")
    };
    let (reader, writer) = (begin(&mut ssi), begin(&mut ssi));
    ssi.predicate_lock(reader, Target::Page(INDEX, PageNo(1)));
    ssi.split_page(INDEX, PageNo(1), PageNo(2));
    ssi.conflict_in(writer, Target::Page(INDEX, PageNo(2)), Nesting::Top)?;
    assert_eq!(ssi.conflicts().count(), 1);
    Ok(())
}
