package dev.wellhead.pool;

import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The callers that wait for a connection, in order of arrival. Linked through the waiters themselves, so that one who
 * leaves from the middle of thousands costs no search. Guarded by the lock of {@link Books}, but for {@link #size()}.
 */
final class WaitQueue {
    private final Books books;
    private @Nullable Waiter first;
    private @Nullable Waiter last;
    private int count;
    // The count, for a returning borrower who asks without the lock; see Slots.
    private volatile int size;

    WaitQueue(Books books) {
        this.books = books;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Waiter waiter) {
        assert books.isMine();
        waiter.previous = last;
        if (last == null) {
            first = waiter;
        } else {
            last.next = waiter;
        }
        last = waiter;
        size = ++count;
    }

    /** Takes the waiter out. It must be in the queue. */
    void remove(Waiter waiter) {
        assert books.isMine();
        Waiter before = waiter.previous;
        Waiter after = waiter.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        waiter.previous = null;
        waiter.next = null;
        size = --count;
    }

    @Nullable Waiter first() {
        assert books.isMine();
        return first;
    }

    /** Returns the first that this is true of; it stays in the queue. */
    @Nullable Waiter first(Predicate<Waiter> wanted) {
        assert books.isMine();
        for (Waiter each = first; each != null; each = each.next) {
            if (wanted.test(each)) {
                return each;
            }
        }
        return null;
    }

    /** Returns the earliest of the deadlines that the pool has to see to, {@link Long#MAX_VALUE} if there is none. */
    long nextDeadline() {
        assert books.isMine();
        long next = Long.MAX_VALUE;
        for (Waiter each = first; each != null; each = each.next) {
            next = Math.min(next, each.deadline());
        }
        return next;
    }

    /** Empties the queue into the consumer, in order. */
    void drain(Consumer<Waiter> consumer) {
        assert books.isMine();
        for (Waiter each = first; each != null; each = first) {
            remove(each);
            consumer.accept(each);
        }
    }
}
