
/** What is the same for all. */
final class Conflicts {
    static final class Conflict extends RuntimeException {
        Conflict(String message) {
            super(message);
        }
    }

    /** The request has been carried out before. */
    static final class AlreadyDone extends RuntimeException {
    }

    interface Work {
        void run() throws Exception;
    }

    /** Tries again on a conflict, each time with fresh reads, after a pause drawn from a time that doubles (full jitter). */
    static void retry(int attempts, long pause, Work work) throws Exception {
        for (int attempt = 1; ; attempt++) {
            try {
                work.run();
                return;
            } catch (AlreadyDone done) {
                return;
            } catch (Exception failure) {
                if (attempt >= attempts || !isConflict(failure)) {
                    throw failure;
                }
                Thread.sleep(ThreadLocalRandom.current().nextLong(1 + (pause << (attempt - 1))));
            }
        }
    }

    /** Whether another transaction caused it: a stale version, a serialization failure, a deadlock, a lock not available. */
    static boolean isConflict(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Conflict || cause.getClass().getSimpleName().contains("OptimisticLock")) {
                return true;
            }
            if (cause instanceof SQLException sql) {
                return List.of("40001", "40P01", "55P03").contains(sql.getSQLState());
            }
        }
        return false;
    }
}
