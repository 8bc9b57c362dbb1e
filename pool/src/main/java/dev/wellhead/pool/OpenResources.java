package dev.wellhead.pool;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a loan has opened and not closed yet, to be closed when the connection comes back. Linked through the proxies
 * themselves, so that opening and closing a statement allocates nothing here. Thread-safe: a borrower's threads may share
 * a connection, and the pool cancels what runs from a thread of its own.
 */
final class OpenResources {
    /** Something with a resource of the driver's. */
    abstract static class Tracked {
        // Guarded by the lock of the list that it is in.
        private @Nullable Tracked previous;
        private @Nullable Tracked next;
        private boolean linked;

        /** Closes the driver's resource. */
        abstract void closeRaw() throws SQLException;

        /** Returns the driver's statement if this is one. */
        abstract @Nullable Statement rawStatement();
    }

    private final ReentrantLock lock = new ReentrantLock();
    // Guarded by lock. Read without it only to see that there is nothing, by the one who closed the gate.
    private @Nullable Tracked first;

    void add(Tracked resource) {
        lock.lock();
        try {
            Tracked head = first;
            resource.next = head;
            if (head != null) {
                head.previous = resource;
            }
            resource.linked = true;
            first = resource;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the resource if it is still there. */
    void remove(Tracked resource) {
        lock.lock();
        try {
            if (!resource.linked) {
                return;
            }
            Tracked before = resource.previous;
            Tracked after = resource.next;
            if (before == null) {
                first = after;
            } else {
                before.next = after;
            }
            if (after != null) {
                after.previous = before;
            }
            resource.previous = null;
            resource.next = null;
            resource.linked = false;
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Closes everything, newest first, until something fails; the list is empty afterwards in any case. */
    void closeAll() throws SQLException {
        for (Tracked each : drain()) {
            each.closeRaw();
        }
    }

    /** Returns the driver's statements that are open. */
    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        lock.lock();
        try {
            for (Tracked each = first; each != null; each = each.next) {
                Statement statement = each.rawStatement();
                if (statement != null) {
                    statements.add(statement);
                }
            }
        } finally {
            lock.unlock();
        }
        return statements;
    }

    private List<Tracked> drain() {
        List<Tracked> all = new ArrayList<>();
        lock.lock();
        try {
            for (Tracked each = first; each != null; ) {
                Tracked next = each.next;
                each.previous = null;
                each.next = null;
                each.linked = false;
                all.add(each);
                each = next;
            }
            first = null;
        } finally {
            lock.unlock();
        }
        return all;
    }
}
