package dev.wellhead.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
        // Set while it is in a list.
        private @Nullable Tracked previous;
        private @Nullable Tracked next;

        /** Closes the driver's resource. */
        abstract void closeRaw() throws SQLException;

        /** Returns the driver's statement if this is one. */
        abstract @Nullable Statement rawStatement();
    }

    /*
     * The list is held for a few field accesses, and by one thread unless a borrower's threads share a connection. So it
     * is taken by one compare-and-set and released by one plain store; a ReentrantLock would cost each statement two full
     * fences more, which is a tenth of what all of the pool costs it.
     */
    private static final VarHandle TAKEN;
    private static final long PAUSE_NANOS = 1_000;

    static {
        try {
            TAKEN = MethodHandles.lookup().findVarHandle(OpenResources.class, "taken", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Reached by TAKEN only.
    @SuppressWarnings("UnusedVariable")
    private boolean taken;

    // Of whoever has taken the list. The first resource follows this one, which is always there.
    private final Tracked head = new Head();

    private static final class Head extends Tracked {
        @Override
        void closeRaw() {
            throw new AssertionError("the head is no resource");
        }

        @Override
        @Nullable Statement rawStatement() {
            return null;
        }
    }

    private void take() {
        while (!TAKEN.compareAndSet(this, false, true)) {
            // Whoever has it may have been preempted, and needs a processor.
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void release() {
        TAKEN.setRelease(this, false);
    }

    void add(Tracked resource) {
        take();
        try {
            Tracked first = head.next;
            resource.next = first;
            if (first != null) {
                first.previous = resource;
            }
            resource.previous = head;
            head.next = resource;
        } finally {
            release();
        }
    }

    /** Removes the resource if it is still there. */
    void remove(Tracked resource) {
        take();
        try {
            unlink(resource);
        } finally {
            release();
        }
    }

    private static void unlink(Tracked resource) {
        Tracked before = resource.previous;
        if (before == null) {
            return;
        }
        Tracked after = resource.next;
        before.next = after;
        if (after != null) {
            after.previous = before;
        }
        resource.previous = null;
        resource.next = null;
    }

    /**
     * Closes everything, newest first, until something fails; then the connection is of no use anyway. Called by the one
     * who ended the loan, when nobody can add to the list any more.
     */
    void closeAll() throws SQLException {
        if (head.next == null) {
            return;
        }
        for (Tracked each = takeFirst(); each != null; each = takeFirst()) {
            each.closeRaw();
        }
    }

    private @Nullable Tracked takeFirst() {
        take();
        try {
            Tracked first = head.next;
            if (first != null) {
                unlink(first);
            }
            return first;
        } finally {
            release();
        }
    }

    /** Returns the driver's statements that are open. */
    List<Statement> statements() {
        List<Statement> statements = new ArrayList<>();
        take();
        try {
            for (Tracked each = head.next; each != null; each = each.next) {
                Statement statement = each.rawStatement();
                if (statement != null) {
                    statements.add(statement);
                }
            }
        } finally {
            release();
        }
        return statements;
    }
}
