//! As much of a server as the stories need: transactions, a heap, and an index that is one page.

use crate::db::heap::{Heap, View};
use crate::db::ssi::{Access, Nesting, PageNo, Relation, Safety, SerialId, Ssi, Target};
use crate::db::xact::{Fate, Snapshot, Transactions};
use crate::db::{Row, SqlError, TableId, TupleId, Value, Xid};

const TABLE: TableId = TableId(0);
pub const HEAP: Relation = Relation::Heap(TABLE);
pub const INDEX: Relation = Relation::Index(TABLE, 0);
pub const HEAP_PAGE: PageNo = PageNo(0);
pub const INDEX_PAGE: PageNo = PageNo(1);

/// A transaction of a story.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Tx(usize);

#[derive(Debug)]
struct Open {
    access: Access,
    serial: Option<SerialId>,
    snapshot: Snapshot,
    xid: Option<Xid>,
    command: u32,
}

#[derive(Debug, Default)]
pub struct Server {
    pub ssi: Ssi,
    transactions: Transactions,
    xids: u32,
    heap: Heap,
    /// The index: the first version of each row. The entry of one that was rolled back goes when it is found out.
    roots: Vec<Option<TupleId>>,
    open: Vec<Open>,
}

impl Server {
    /// With so many rows.
    pub fn with_rows(count: usize) -> Self {
        let mut server = Self::default();
        let setup = server.next_xid();
        for _ in 0..count {
            let root = server.heap.insert(Row::from(vec![Value::Null]), setup, 0);
            server.roots.push(Some(root));
        }
        server.transactions.end(setup, Fate::Committed);
        server
    }

    fn next_xid(&mut self) -> Xid {
        self.xids += 1;
        self.transactions.begin()
    }

    fn xmin(&self) -> Xid {
        let all = (0..self.xids).map(Xid);
        let running = |xid: &Xid| self.transactions.fate(*xid) == Fate::InProgress;
        all.into_iter().find(running).unwrap_or(Xid(self.xids))
    }

    /// BEGIN ISOLATION LEVEL SERIALIZABLE, and a first statement that takes the snapshot.
    pub fn begin(&mut self) -> Tx {
        self.begin_as(Access::ReadWrite)
    }

    pub fn begin_as(&mut self, access: Access) -> Tx {
        let serial = self.ssi.register(self.xmin(), access);
        self.open(access, serial)
    }

    /// BEGIN ISOLATION LEVEL REPEATABLE READ: all that is known of it is its number.
    pub fn begin_untracked(&mut self) -> Tx {
        self.open(Access::ReadWrite, None)
    }

    fn open(&mut self, access: Access, serial: Option<SerialId>) -> Tx {
        self.open.push(Open {
            access,
            serial,
            snapshot: self.transactions.snapshot(),
            xid: None,
            command: 0,
        });
        Tx(self.open.len() - 1)
    }

    pub fn serial(&self, tx: Tx) -> Option<SerialId> {
        self.open[tx.0].serial
    }

    /// The id in stories where it is known that there is one.
    pub fn id(&self, tx: Tx) -> SerialId {
        self.serial(tx).expect("the transaction is tracked")
    }

    /// A DEFERRABLE transaction looks whether it may go on; with an unsafe snapshot it takes a new one at once.
    pub fn settle(&mut self, tx: Tx) -> Safety {
        let Some(serial) = self.serial(tx) else {
            return Safety::Safe;
        };
        let safety = self.ssi.settle(serial);
        match safety {
            Safety::Open => {}
            Safety::Safe => self.open[tx.0].serial = None,
            Safety::Unsafe => {
                let access = self.open[tx.0].access;
                self.open[tx.0].serial = self.ssi.register(self.xmin(), access);
                self.open[tx.0].snapshot = self.transactions.snapshot();
            }
        }
        safety
    }

    fn view(&self, tx: Tx) -> View {
        let open = &self.open[tx.0];
        View {
            snapshot: open.snapshot.clone(),
            xid: open.xid,
            reads: crate::db::heap::Reads::Committed,
            command: open.command,
        }
    }

    /// SELECT by a condition that no index helps with.
    pub fn scan(&mut self, tx: Tx) -> Result<(), SqlError> {
        self.open[tx.0].command += 1;
        let Some(serial) = self.serial(tx) else {
            return Ok(());
        };
        self.ssi.predicate_lock(serial, Target::Relation(HEAP));
        let view = self.view(tx);
        for (_, tuple) in self.heap.iter() {
            self.ssi
                .check_version(serial, tuple, &view, &self.transactions)?;
        }
        Ok(())
    }

    /// SELECT by the key.
    pub fn read(&mut self, tx: Tx, row: usize) -> Result<(), SqlError> {
        self.open[tx.0].command += 1;
        self.find(tx, row).map(drop)
    }

    fn find(&mut self, tx: Tx, row: usize) -> Result<Option<TupleId>, SqlError> {
        let view = self.view(tx);
        let serial = self.serial(tx);
        if let Some(serial) = serial {
            let page = Target::Page(INDEX, INDEX_PAGE);
            self.ssi.predicate_lock(serial, page);
        }
        let mut at = self.roots.get(row).copied().flatten();
        while let Some(id) = at {
            let tuple = &self.heap[id];
            if let Some(serial) = serial {
                self.ssi
                    .check_version(serial, tuple, &view, &self.transactions)?;
            }
            if tuple.is_visible(&view, &self.transactions) {
                if let Some(serial) = serial {
                    self.ssi
                        .predicate_lock_tuple(serial, TABLE, (HEAP_PAGE, id), tuple.xmin);
                }
                return Ok(Some(id));
            }
            let is_root = self.roots[row] == Some(id);
            if is_root && self.transactions.fate(tuple.xmin) == Fate::Aborted {
                self.roots[row] = None;
            }
            at = tuple.updater.and_then(|updater| updater.next);
        }
        Ok(None)
    }

    fn xid(&mut self, tx: Tx) -> Xid {
        if let Some(xid) = self.open[tx.0].xid {
            return xid;
        }
        let xid = self.next_xid();
        if let Some(serial) = self.serial(tx) {
            self.ssi.add_xid(serial, xid);
        }
        self.open[tx.0].xid = Some(xid);
        xid
    }

    fn write(&mut self, tx: Tx, target: Target) -> Result<(), SqlError> {
        match self.serial(tx) {
            Some(serial) => self.ssi.conflict_in(serial, target, Nesting::Top),
            None => Ok(()),
        }
    }

    /// UPDATE by the key, of another column.
    pub fn update(&mut self, tx: Tx, row: usize) -> Result<(), SqlError> {
        self.open[tx.0].command += 1;
        let Some(old) = self.find(tx, row)? else {
            return Ok(());
        };
        let xid = self.xid(tx);
        self.write(tx, Target::Tuple(HEAP, HEAP_PAGE, old))?;
        let (values, command) = (self.heap[old].values.clone(), self.open[tx.0].command);
        let strength = crate::sql::ast::RowLock::NoKeyUpdate;
        self.heap.replace(
            old,
            values,
            (xid, command),
            strength,
            true,
            &self.transactions,
        );
        Ok(())
    }

    /// DELETE by the key.
    pub fn delete(&mut self, tx: Tx, row: usize) -> Result<(), SqlError> {
        self.open[tx.0].command += 1;
        let Some(old) = self.find(tx, row)? else {
            return Ok(());
        };
        let xid = self.xid(tx);
        self.write(tx, Target::Tuple(HEAP, HEAP_PAGE, old))?;
        self.heap.delete(old, xid, self.open[tx.0].command);
        Ok(())
    }

    /// INSERT of a key that is new.
    pub fn insert(&mut self, tx: Tx) -> Result<(), SqlError> {
        self.open[tx.0].command += 1;
        let xid = self.xid(tx);
        self.write(tx, Target::Relation(HEAP))?;
        let row = Row::from(vec![Value::Null]);
        let root = self.heap.insert(row, xid, self.open[tx.0].command);
        self.write(tx, Target::Page(INDEX, INDEX_PAGE))?;
        self.roots.push(Some(root));
        Ok(())
    }

    /// COMMIT. Returns who was woken.
    pub fn commit(&mut self, tx: Tx) -> Result<Vec<SerialId>, SqlError> {
        if let Some(serial) = self.serial(tx)
            && let Err(error) = self.ssi.pre_commit(serial)
        {
            self.rollback(tx);
            return Err(error);
        }
        if let Some(xid) = self.open[tx.0].xid {
            self.transactions.end(xid, Fate::Committed);
        }
        let next = Xid(self.xids);
        Ok(self
            .serial(tx)
            .map_or(Vec::new(), |serial| self.ssi.commit(serial, next)))
    }

    /// ROLLBACK, also after an error. Returns who was woken.
    pub fn rollback(&mut self, tx: Tx) -> Vec<SerialId> {
        if let Some(xid) = self.open[tx.0].xid {
            self.transactions.end(xid, Fate::Aborted);
        }
        self.serial(tx)
            .map_or(Vec::new(), |serial| self.ssi.abort(serial))
    }
}
