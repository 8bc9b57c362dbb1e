package dev.wellhead.pool;

import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The long way to a connection and back: brings together who waits, what is idle, and what has to be opened, validated or
 * closed. Thread-safe where a method makes its own change of the books; the others are for those who are inside one.
 */
final class Dispatcher implements Chores.Connecting.Outcome {
    /*
     * A place is taken from the moment a connection is asked of the driver until the driver has closed it, so the driver
     * never sees more than maxSize: an attempt under way, a slot, or a connection being closed.
     *
     * Connections go to waiters strictly in order of arrival (but see HandOff): a newcomer queues behind those who wait,
     * and whatever comes free goes to the head of the queue, never to the one on whose behalf it was opened. A waiter who
     * leaves takes nothing along.
     */
    private final Slots slots;
    private final PoolSettings settings;
    private final Slots.Tools tools;
    private final Books books;
    private final WaitQueue queue;
    private final HandOff handOff;
    private final Chores chores;
    private final Shares shares;
    private final Demand demand = new Demand();
    private final Outage outage;
    private final Tally tally = new Tally();

    Dispatcher(Slots slots, PoolSettings settings, Slots.Tools tools, Books books, WaitQueue queue, HandOff handOff) {
        this.slots = slots;
        this.settings = settings;
        this.tools = tools;
        this.books = books;
        this.queue = queue;
        this.handOff = handOff;
        this.chores = new Chores(books, tools.workers());
        this.shares = new Shares(settings.shares());
        this.outage = new Outage(settings.parallelConnects());
    }

    WaitQueue queue() {
        return queue;
    }

    HandOff handOff() {
        return handOff;
    }

    Chores chores() {
        return chores;
    }

    Shares shares() {
        return shares;
    }

    Demand demand() {
        return demand;
    }

    Outage outage() {
        return outage;
    }

    Tally tally() {
        return tally;
    }

    /** Asks for a connection on behalf of the waiter: settled at once, or queued. */
    void request(Waiter waiter) {
        books.change(now -> request(waiter, now));
    }

    /** Asks for a connection on behalf of one who is told when he is settled, which is within this time. */
    void request(long timeoutNanos, Function<Long, Waiter> promised) {
        books.change(now -> {
            request(promised.apply(now + Math.min(timeoutNanos, Long.MAX_VALUE / 4)), now);
            books.afterwards(tools.wakeHousekeeper());
        });
    }

    private void request(Waiter waiter, long now) {
        if (slots.isBarred(Slots.SHUT)) {
            refuse(waiter, Refusal.CLOSED);
            return;
        }
        // One who came only because he saw no idle connection in passing must not have others see a queue.
        Slot free = slots.mayLendFresh() ? slots.takeIdle(Slot.FRESH, Slot.LENT) : null;
        if (free != null) {
            hand(waiter, free);
            books.afterwards(waiter::tell);
            return;
        }
        if (queue.isEmpty()) {
            demand.begins(now);
        }
        queue.add(waiter);
        settle(now);
        if (waiter.isSettled()) {
            return;
        }
        waiter.queued = true;
        if (queue.size() > settings.maxWaiters()) {
            queue.remove(waiter);
            tally.rejected++;
            books.afterwards(() -> tools.meters().rejected(1));
            refuse(waiter, Refusal.QUEUE_FULL);
        } else if (taken() >= slots.maxSize()) {
            waiter.holds = slots.reports().borrowedBy(waiter.owner(), now);
        }
    }

    void refuse(Waiter waiter, Refusal reason) {
        waiter.refuse(reason);
        books.afterwards(waiter::tell);
    }

    /** Takes the waiter out of the queue, unless it was settled just before. */
    void withdraw(Waiter waiter, Refusal reason) {
        books.change(now -> {
            if (!waiter.isSettled()) {
                queue.remove(waiter);
                waiter.refuse(reason);
                if (reason == Refusal.TIMEOUT) {
                    tally.timeouts++;
                }
                settle(now);
            }
        });
    }

    /** Called by a waiter who was granted a connection, when he has woken up. */
    void arrived(Waiter waiter) {
        if (waiter.onItsWay) {
            handOff.arrived();
        }
    }

    private @Nullable Waiter eligible() {
        return shares.isEmpty()
                ? queue.first()
                : queue.first(waiter -> shares.permit(waiter.share, slots.maxSize() - slots.lent()));
    }

    private void grant(Waiter waiter, Slot slot) {
        queue.remove(waiter);
        hand(waiter, slot);
        demand.served();
        books.afterwards(waiter::tell);
    }

    private void hand(Waiter waiter, Slot slot) {
        Share share = waiter.share;
        slot.share = share;
        if (share != null) {
            share.lent++;
        }
        waiter.grant(slot);
    }

    /** Takes back a connection whose loan has ended, the long way; see {@link Slots#takeBack}. */
    void takeBack(Slot slot, @Nullable String fault) {
        boolean occupied = slot.isOccupied();
        boolean suspicious = slot.fault() != null;
        books.change(now -> {
            if (slot.startedAt != 0) {
                handOff.held(tools.ticker().nanos() - slot.startedAt);
                slot.startedAt = 0;
            }
            if (slot.obey(Slot.REPORTED)) {
                long heldNanos = slot.heldNanos(now);
                books.afterwards(() -> tools.events().suspectReturned(heldNanos));
            }
            if (slot.isDemoted()) {
                leaveDemoted(slot);
            } else if (suspicious) {
                distrust(now);
            }
            slot.idleSince = now;
            if (occupied) {
                gone(slot, Objects.requireNonNullElse(fault, "closed while in use"), true);
                settle(now);
            } else {
                slot.forgetLoan();
                cameBack(slot, fault, now);
            }
        });
    }

    /** Puts a slot that has come back, without a loan and still in the pool, to where it is needed. */
    void cameBack(Slot slot, @Nullable String fault, long now) {
        unshare(slot);
        // Whoever is served now must find it among those that are free.
        slot.move(Slot.HELD);
        if (fault != null) {
            gone(slot, fault, false);
        } else {
            accept(slot, now);
        }
        settle(now);
    }

    private void accept(Slot slot, long now) {
        String end = end(slot, now);
        if (end != null) {
            gone(slot, end, false);
            return;
        }
        slot.obey(Slot.RECOUNT);
        if (slot.obey(Slot.SUSPECT)) {
            slot.move(Slot.STALE);
            return;
        }
        Waiter first = !slots.isBarred(Slots.SUSPENDED) ? eligible() : null;
        if (first == null || slots.mayOvertake()) {
            slot.move(Slot.FRESH);
        } else {
            slot.move(Slot.LENT);
            grant(first, slot);
        }
    }

    private static void unshare(Slot slot) {
        Share share = slot.share;
        if (share != null) {
            share.lent--;
            slot.share = null;
        }
    }

    private @Nullable String end(Slot slot, long now) {
        if (slots.isBarred(Slots.SHUT)) {
            return "pool closed";
        }
        if (slot.isExpired(now)) {
            return "max lifetime reached";
        }
        if (slot.isOrdered(Slot.RETIRE)) {
            return "evicted";
        }
        return surplus() > 0 ? "pool made smaller" : null;
    }

    /** Takes a slot out of the pool, which the caller owns, and has its connection closed. */
    void gone(Slot slot, String reason, boolean byForce) {
        slots.remove(slot);
        unshare(slot);
        tally.discarded++;
        books.afterwards(() -> tools.events().discarded(reason));
        PhysicalConnection connection = slot.physical();
        Runnable close = byForce ? () -> connection.kill(slot.open()) : connection::close;
        chores.close(close, this::settle);
        if (slots.size() < settings.minIdle()) {
            books.afterwards(tools.wakeHousekeeper());
        }
    }

    /**
     * Leaves a server that was demoted with every connection there is: it answers, so validation would not tell. The first
     * that comes back speaks for all; by then ordered to go, the others do not take the new ones along.
     */
    private void leaveDemoted(Slot slot) {
        if (!slot.isOrdered(Slot.RETIRE)) {
            retireAll("the server was demoted");
        }
    }

    /** Closes every connection, those lent when they come back, those being opened when they are there. */
    void retireAll(String reason) {
        chores.outdateConnecting();
        for (Slot slot : slots.all()) {
            slot.order(Slot.RETIRE);
            if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) {
                gone(slot, reason, false);
            }
        }
    }

    /** Makes every connection prove itself before its next loan: one was found dead, others may be as well. */
    private void distrust(long now) {
        outage.suspected();
        for (Slot slot : slots.all()) {
            slot.order(Slot.SUSPECT);
            if (slot.take(Slot.FRESH, Slot.HELD) || slot.take(Slot.STALE, Slot.HELD)) {
                validate(slot, now);
            }
        }
    }

    void validate(Slot slot, long now) {
        long limit = settings.validationNanos();
        int seconds = slots.validationSeconds();
        // What is ordered from now on comes after this validation and wants another one.
        slot.obey(Slot.SUSPECT);
        chores.start(new Chores.Validating(slot, now, limit, seconds, this::validated));
    }

    private void validated(Chores.Validating chore, Slot slot, @Nullable String fault) {
        books.change(now -> {
            chores.ended(chore);
            if (fault == null) {
                slot.validatedAt = now;
                accept(slot, now);
            } else {
                distrust(now);
                gone(slot, fault, false);
            }
            settle(now);
        });
    }

    @Override
    public void connected(Chores.Connecting attempt, PhysicalConnection connection) {
        books.change(now -> {
            chores.ended(attempt);
            tally.created++;
            books.afterwards(() -> tools.events().created());
            long tookNanos = Math.max(1, now - attempt.startedAt());
            demand.connected(tookNanos);
            books.afterwards(() -> tools.meters().connected(tookNanos));
            long outageNanos = outage.durationNanos(now);
            if (outage.succeeded()) {
                books.afterwards(() -> tools.events().back(outageNanos));
            }
            long lifetime = connection.lifetimeNanos();
            Slot slot = new Slot(slots, connection, now, lifetime == Long.MAX_VALUE ? lifetime : now + lifetime);
            if (attempt.isOutdated()) {
                slot.order(Slot.RETIRE);
            }
            slots.add(slot);
            accept(slot, now);
            settle(now);
        });
    }

    @Override
    public void connectFailed(Chores.Connecting attempt, SQLException failure) {
        books.change(now -> {
            chores.ended(attempt);
            if (!attempt.isOverdue()) {
                noteFailure(now, failure, attempt.startedAt());
            }
            settle(now);
        });
    }

    void noteFailure(long now, SQLException failure, long startedAt) {
        tally.connectFailures++;
        books.afterwards(() -> tools.events().connectFailed(failure));
        if (outage.failed(now, failure, startedAt)) {
            books.afterwards(() -> tools.events().down(failure));
        }
        books.afterwards(tools.wakeHousekeeper());
    }

    void settle(long now) {
        settle(now, 0);
    }

    /** Brings connections and waiters together and starts what is missing. */
    void settle(long now, int wantedIdle) {
        books.changed();
        if (slots.isBarred(Slots.SHUT)) {
            return;
        }
        serve(now);
        int room = slots.maxSize() - taken();
        int connecting = chores.inTime(true);
        if (room > 0 && (!queue.isEmpty() || wantedIdle > 0)) {
            int missing = demand.missing(now, queue.size(), connecting + chores.inTime(false), slots.lent());
            missing = Math.max(missing, Math.min(wantedIdle, settings.minIdle() - slots.idle() - connecting));
            for (; missing > 0 && room > 0 && outage.permits(now, connecting); missing--, room--, connecting++) {
                connect(now);
            }
        }
        if (outage.isFailing() && room > 0 && outage.permits(now, connecting)) {
            // The prober goes on even if nobody waits, so that the pool finds out by itself.
            connect(now);
        }
        if (slots.size() == 0 && outage.isKnownDown(now, chores.connecting())) {
            int refused = queue.size();
            tally.rejected += refused;
            books.afterwards(() -> tools.meters().rejected(refused));
            queue.drain(waiter -> refuse(waiter, Refusal.DOWN));
        }
        slots.maintenance().settled();
    }

    void serve(long now) {
        boolean overtaking = slots.mayOvertake();
        if (overtaking) {
            send();
        }
        serve(now, overtaking);
    }

    /** Hands one idle connection on, unless somebody is on his way already; the rest is left to those who may overtake. */
    private void send() {
        Waiter first = queue.first();
        if (first == null || handOff.isUnderWay()) {
            return;
        }
        Slot slot = slots.takeIdle(Slot.FRESH, Slot.LENT);
        if (slot != null) {
            handOff.sent();
            first.onItsWay = true;
            grant(first, slot);
        }
    }

    /**
     * Hands out what is idle.
     *
     * @param overtaking whether fresh connections are left to those who come
     */
    void serve(long now, boolean overtaking) {
        if (slots.isBarred(Slots.SUSPENDED)) {
            return;
        }
        for (Waiter first = eligible(); first != null; first = eligible()) {
            Slot slot = overtaking ? null : slots.takeIdle(Slot.FRESH, Slot.LENT);
            if (slot != null) {
                grant(first, slot);
                continue;
            }
            boolean wanted = chores.inTime(false) < queue.size() && !(overtaking && slots.anyFresh());
            slot = wanted ? slots.takeIdle(Slot.STALE, Slot.HELD) : null;
            if (slot == null) {
                return;
            }
            validate(slot, now);
        }
    }

    private void connect(long now) {
        outage.attempted(now, chores.connecting());
        chores.start(new Chores.Connecting(tools.opener(), now, settings.connectNanos(), this));
    }

    /** Returns how many places are taken. */
    int taken() {
        return slots.size() + chores.connecting() + chores.closing();
    }

    /** Returns how many places are taken beyond the bound, but for those that are about to be free. */
    int surplus() {
        return taken() - chores.closing() - slots.maxSize();
    }
}
