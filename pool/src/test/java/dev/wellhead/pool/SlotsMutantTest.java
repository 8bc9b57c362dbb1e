package dev.wellhead.pool;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.testkit.Mutant;
import dev.wellhead.testkit.Mutation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Proves that the model finds the faults that pools are known to have: each of these is put in, and must be found. */
class SlotsMutantTest {
    private static final Mutation MUTATION = Mutation.of(SlotsMutantTest.class);

    static List<Mutant> mutants() {
        return List.of(
                new Mutant(
                        "nobody looks for an idle connection after he has queued",
                        "Dispatcher",
                        "queue.add(waiter); settle(now);",
                        "queue.add(waiter);"),
                new Mutant(
                        "the newest waiter is served first",
                        "WaitQueue",
                        "@Nullable Waiter first() { assert books.isMine(); return first; }",
                        "@Nullable Waiter first() { return last; }"),
                new Mutant(
                        "one who is refused for a full queue stays in it",
                        "Dispatcher",
                        "queue.remove(waiter); tally.rejected++;",
                        "tally.rejected++;"),
                new Mutant(
                        "one who leaves stays in the queue",
                        "Dispatcher",
                        "queue.remove(waiter); waiter.refuse(reason);",
                        "waiter.refuse(reason);"),
                new Mutant(
                        "one who was granted a connection may still be refused",
                        "Dispatcher",
                        "if (!waiter.isSettled()) { queue.remove(waiter);",
                        "if (waiter.refusal() == null) { queue.remove(waiter);"),
                new Mutant(
                        "a future whose time is over waits on",
                        "Maintenance",
                        "while (queue.nextDeadline() <= now) {",
                        "while (queue.nextDeadline() < 0) {"),
                new Mutant(
                        "a future that was cancelled keeps its connection",
                        "Acquisition",
                        "if (!future.complete(connection)) { connection.close(); }",
                        "future.complete(connection);"),
                new Mutant(
                        "the interrupt flag is lost",
                        "Waiter",
                        "if (thread.isInterrupted()) {",
                        "if (Thread.interrupted()) {"),
                new Mutant(
                        "a second return is a return",
                        "Slot",
                        "int end(long loan) { long now = word; while (isOn(now, loan)) {",
                        "int end(long loan) { long now = word; while (now >= 0) {"),
                new Mutant("a late return ends the next loan", "Slot", "loan(now) != loan || dirty != 0", "dirty != 0"),
                new Mutant(
                        "a late statement runs for the next borrower",
                        "Slot",
                        "boolean tryEnter(long loan) { long now = word; while (isOn(now, loan)) {",
                        "boolean tryEnter(long loan) { long now = word; while (now >= 0) {"),
                new Mutant(
                        "what is taken away stays with its borrower",
                        "Slot",
                        "WORD.compareAndSet(this, now, now | SHUT)",
                        "WORD.compareAndSet(this, now, now)"),
                new Mutant(
                        "a loan in use is taken away",
                        "LeakWatch",
                        "slot.inactiveNanos(now) >= settings.reclaimNanos()",
                        "slot.heldNanos(now) >= settings.reclaimNanos()"),
                new Mutant("a transaction is left open", "PhysicalConnection", "defaults.rollback(raw, changed);", ""),
                new Mutant("properties are left changed", "PhysicalConnection", "defaults.restore(raw, changed);", ""),
                new Mutant(
                        "an exception that no driver should throw passes through",
                        "PhysicalConnection",
                        "catch (Exception | LinkageError e) { LOG.debug(\"connection could not be restored\", e);",
                        "catch (SQLException e) { LOG.debug(\"connection could not be restored\", e);"),
                new Mutant(
                        "a connection that its borrower saw broken is lent again",
                        "Lease",
                        "String fault = slot.fault(); if (fault != null) { return fault; }",
                        ""),
                new Mutant(
                        "a connection in use by another thread is lent again",
                        "Lease",
                        "if (inside > 0) {",
                        "if (inside > 99) {"),
                new Mutant("a closed connection keeps its place", "Chores", "closing--;", ""),
                new Mutant(
                        "a connection that is gone stays in the pool",
                        "Dispatcher",
                        "slots.remove(slot); unshare(slot);",
                        "unshare(slot);"),
                new Mutant(
                        "a share keeps the count of what was taken away",
                        "Dispatcher",
                        "slots.remove(slot); unshare(slot);",
                        "slots.remove(slot);"),
                new Mutant(
                        "one place too many",
                        "Dispatcher",
                        "int room = slots.maxSize() - taken();",
                        "int room = slots.maxSize() + 1 - taken();"),
                new Mutant(
                        "an attempt to connect takes no place",
                        "Dispatcher",
                        "slots.size() + chores.connecting() + chores.closing()",
                        "slots.size() + chores.closing()"),
                new Mutant(
                        "a suspect connection is lent",
                        "Dispatcher",
                        "if (slot.obey(Slot.SUSPECT)) {",
                        "if (slot.obey(Slot.SUSPECT) && slot.borrows < 0) {"),
                new Mutant(
                        "a connection that lay idle for long is lent unseen",
                        "Maintenance",
                        "slot.take(Slot.FRESH, Slot.STALE);",
                        ""),
                new Mutant(
                        "a connection that was found dead is lent",
                        "Dispatcher",
                        "distrust(now); gone(slot, fault, false);",
                        "distrust(now); accept(slot, now);"),
                new Mutant(
                        "an eviction forgets what is idle",
                        "Dispatcher",
                        "if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) { gone(slot, reason, false); }",
                        ""),
                new Mutant("an eviction forgets what is being opened", "Dispatcher", "chores.outdateConnecting();", ""),
                new Mutant(
                        "a smaller pool keeps what comes back",
                        "Dispatcher",
                        "return surplus() > 0 ? \"pool made smaller\" : null;",
                        "return null;"),
                new Mutant(
                        "a smaller pool keeps what is idle",
                        "PoolControl",
                        "if (dispatcher.surplus() > 0 && (",
                        "if (dispatcher.surplus() < 0 && ("),
                new Mutant(
                        "a suspension does not end",
                        "PoolControl",
                        "if (untilResumedNanos(now) <= 0) {",
                        "if (untilResumedNanos(now) == Long.MIN_VALUE) {"),
                new Mutant(
                        "a suspended pool lends what comes back",
                        "Dispatcher",
                        "!slots.isBarred(Slots.SUSPENDED) ? eligible() : null",
                        "eligible()"),
                new Mutant("a closed pool lends", "PoolControl", "slots.bar(Slots.SHUT);", ""),
                new Mutant(
                        "a closed pool lets them wait",
                        "PoolControl",
                        "dispatcher.queue().drain(waiter -> dispatcher.refuse(waiter, Refusal.CLOSED));",
                        ""),
                new Mutant(
                        "an attempt that failed keeps its place",
                        "Dispatcher",
                        "chores.ended(attempt); if (!attempt.isOverdue()) {",
                        "if (!attempt.isOverdue()) {"),
                new Mutant(
                        "an outage lets all attempts through",
                        "Outage",
                        "isFailing() ? underWay == 0 && pauseLeftNanos(now) <= 0 : underWay < window",
                        "underWay < window"),
                new Mutant(
                        "what is known of an outage never grows old",
                        "Outage",
                        "isDown() && !doubted && (underWay > 0 || !isOld(now))",
                        "isDown()"),
                new Mutant(
                        "an outage makes no pauses",
                        "Outage",
                        "underWay == 0 && pauseLeftNanos(now) <= 0",
                        "underWay == 0"),
                new Mutant(
                        "nobody finds out that the database is back",
                        "Dispatcher",
                        "if (outage.isFailing() && room > 0 && outage.permits(now, connecting)) {",
                        "if (outage.isFailing() && room < 0) {"),
                new Mutant(
                        "an attempt that is overdue fails twice",
                        "Dispatcher",
                        "if (!attempt.isOverdue()) {",
                        "if (attempt.startedAt() >= 0) {"),
                new Mutant(
                        "a clock that goes back makes everything older",
                        "Books",
                        "if (passed > 0) { steadyNanos += passed;",
                        "if (passed != 0) { steadyNanos += Math.abs(passed);"),
                new Mutant(
                        "the driver is called under the lock",
                        "Dispatcher",
                        "chores.close(close, this::settle);",
                        "close.run(); chores.close(() -> {}, this::settle);"),
                new Mutant(
                        "whoever gives back is counted as a borrower while others are served",
                        "Dispatcher",
                        "slot.move(Slot.HELD); if (fault != null) {",
                        "if (fault != null) {"));
    }

    @Test
    void modelFindsNothingInThePoolAsItIs() {
        assertThatCode(() -> MUTATION.runUnchanged(ModelTrials.class)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @MethodSource("mutants")
    void modelFindsThat(Mutant mutant) {
        assertThatThrownBy(() -> MUTATION.run(mutant, ModelTrials.class)).isInstanceOf(AssertionError.class);
    }
}
