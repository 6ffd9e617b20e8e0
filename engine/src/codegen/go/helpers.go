var (
	errConflict = errors.New("conflict: somebody else was faster")
	errDone     = errors.New("carried out before")
	errRollback = errors.New("rolled back as drawn")
)

// inTx runs work in a transaction, and commits unless it fails.
func inTx(ctx context.Context, db *sql.DB, options *sql.TxOptions, work func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after Commit it does nothing
	if err := work(tx); errors.Is(err, errDone) || errors.Is(err, errRollback) {
		return nil
	} else if err != nil {
		return err
	}
	return tx.Commit()
}

// retry tries again on a conflict, each time with fresh reads.
func retry(ctx context.Context, attempts int, pause time.Duration, work func() error) error {
	for attempt := 1; ; attempt++ {
		err := work()
		if err == nil || attempt >= attempts || !isConflict(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(pause << (attempt - 1))): // full jitter
		}
	}
}

// isConflict tells the errors that another transaction caused: serialization failure, deadlock, lock not available.
func isConflict(err error) bool {
	if errors.Is(err, errConflict) {
		return true
	}
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Code {
	case "40001", "40P01", "55P03":
		return true
	}
	return false
}

type execer interface {
	ExecContext(context.Context, string, ...any) (sql.Result, error)
}

// exec sends a statement and tells how many rows it touched.
func exec(ctx context.Context, on execer, query string, arguments ...any) (int64, error) {
	result, err := on.ExecContext(ctx, query, arguments...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
