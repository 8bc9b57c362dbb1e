package dev.wellhead.ratelimit;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of a token bucket, and the only place in Java that decides one. A state is the moment at which the bucket
 * is full again, or would be if nothing had been given back; then how many parts of a microsecond its fraction counts,
 * how many microseconds sooner it is, and the first moment that was given back; what says nothing is left out.
 *
 * <p>Everything is an integer. A permit flows back in {@code per / permits} microseconds, which need not be whole, so time
 * is counted in <i>units</i> of {@code 1 / unitsPerMicro} microseconds, of which a permit takes {@code unitsPerPermit}:
 * both are whole, and nothing is ever rounded. The <i>debt</i> of a bucket is how many units are missing until it is full.
 *
 * <p>The law: over every closed interval of length t at most {@code burst + permits * t / per} permits are given.
 *
 * <p>The rate may change: buckets that take the same time to fill read each other's states, and the same share of them
 * stays spent. A fraction in units of another bucket is rounded up to a whole microsecond, so never in favour of the
 * caller. Of what was given, each permit weighed by the time in which it flows back under its own numbers, there is
 * over every interval of length t at most the time to fill, plus t. If that time differed, each would take what the
 * other left for the work of a clock that went back.
 *
 * <p>What was taken comes back in the order in which it was taken, so a call has its place: the moment at which the last of
 * what it took is back. What it took may be given back as far as that has not come back by itself. Then those behind it
 * come back sooner, by what was given back; and since nobody keeps a list of places, one that lies behind any place that was
 * given back is taken for sooner by all that was. So at times less is given back than could be, and never more. Giving back
 * leaves the bucket as if the call had never asked for that part, so the law holds for what was not given back.
 */
final class TokenBucket implements Algorithm {
    static final int NUMBER = 0;
    // The script computes in doubles, exact below 2^53: now is 1.8e15 microseconds in 2026, and until 2155 below
    // 5.8e15, where this leaves room.
    static final long MAX_REFILL_MICROS = 100L * 365 * 24 * 3600 * 1_000_000;
    // The script adds two fractions, each below this.
    private static final long MAX_UNITS_PER_MICRO = 1L << 52;
    // Debt and need are added in a long.
    private static final long MAX_CAPACITY = 1L << 61;

    private final long unitsPerMicro;
    private final long unitsPerPermit;
    private final long capacity;
    // How far a call may bring the debt: the capacity, unless the caller has less patience.
    private final long room;
    // How far a debt can reach: the capacity, unless a share makes the dearest call cost more than that.
    private final long maxDebt;
    // The same in whole microseconds and units: divisions are what a decision takes longest for.
    private final long maxMicros;
    private final long maxUnits;
    // What one permit takes, and the room, in whole microseconds and units as well.
    private final long permitMicros;
    private final long permitUnits;
    private final long roomMicros;
    private final long roomUnits;
    // What a state with a fraction says of its units: one for all of them.
    private final long[] parts;

    private TokenBucket(long unitsPerMicro, long unitsPerPermit, long capacity, long room, long maxDebt) {
        this.unitsPerMicro = unitsPerMicro;
        this.unitsPerPermit = unitsPerPermit;
        this.capacity = capacity;
        this.room = room;
        this.maxDebt = maxDebt;
        this.maxMicros = maxDebt / unitsPerMicro;
        this.maxUnits = maxDebt % unitsPerMicro;
        this.permitMicros = unitsPerPermit / unitsPerMicro;
        this.permitUnits = unitsPerPermit % unitsPerMicro;
        this.roomMicros = room / unitsPerMicro;
        this.roomUnits = room % unitsPerMicro;
        this.parts = new long[] {unitsPerMicro};
    }

    /**
     * Returns the bucket that holds {@code burst} permits and gets back {@code permits} every {@code perMicros}.
     *
     * @throws IllegalArgumentException if it cannot be kept exact, with the reason
     */
    static TokenBucket of(long permits, long perMicros, long burst) {
        long divisor =
                BigInteger.valueOf(permits).gcd(BigInteger.valueOf(perMicros)).longValueExact();
        long unitsPerMicro = permits / divisor;
        long unitsPerPermit = perMicros / divisor;
        BigInteger capacity = BigInteger.valueOf(unitsPerPermit).multiply(BigInteger.valueOf(burst));
        BigInteger refillMicros = capacity.divide(BigInteger.valueOf(unitsPerMicro));
        if (refillMicros.compareTo(BigInteger.valueOf(MAX_REFILL_MICROS)) > 0) {
            throw new IllegalArgumentException(
                    "an empty bucket takes " + refillMicros.divide(BigInteger.valueOf(1_000_000))
                            + " s to fill, and times beyond 100 years do not stay exact below 2^53 microseconds; lower the burst");
        }
        if (unitsPerMicro >= MAX_UNITS_PER_MICRO || capacity.compareTo(BigInteger.valueOf(MAX_CAPACITY)) > 0) {
            throw new IllegalArgumentException("a permit flows back in " + unitsPerPermit + "/" + unitsPerMicro
                    + " microseconds, a fraction too fine to stay exact up to the burst; lower the burst, or choose"
                    + " permits that divide the period");
        }
        long units = capacity.longValueExact();
        return new TokenBucket(unitsPerMicro, unitsPerPermit, units, units, units);
    }

    @Override
    public TokenBucket share(double share) {
        // Nanoseconds are fine enough, unless a debt would leave the range of a long.
        BigDecimal refill =
                BigDecimal.valueOf(capacity).divide(BigDecimal.valueOf(unitsPerMicro), 3, RoundingMode.DOWN);
        BigDecimal longestDebt = refill.divide(BigDecimal.valueOf(share), 0, RoundingMode.UP);
        long parts = longestDebt.compareTo(BigDecimal.valueOf(MAX_CAPACITY / 2_000)) < 0 ? 1_000 : 1;
        long permit = BigDecimal.valueOf(unitsPerPermit)
                .multiply(BigDecimal.valueOf(parts))
                .divide(BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(unitsPerMicro)), 0, RoundingMode.UP)
                .longValueExact();
        long units = refill.multiply(BigDecimal.valueOf(parts)).longValue();
        return new TokenBucket(parts, permit, units, units, Math.max(units, Math.multiplyExact(burst(), permit)));
    }

    /** Returns the bucket for a call that is not to be allowed if the debt before it takes longer to be paid off. */
    TokenBucket indebtedFor(long micros, long cost) {
        long price = Math.min(capacity, cost * unitsPerPermit);
        long debt = micros > (capacity - price) / unitsPerMicro ? capacity - price : micros * unitsPerMicro;
        return new TokenBucket(unitsPerMicro, unitsPerPermit, capacity, debt + price, maxDebt);
    }

    /** Returns how long the debt before a call takes to be paid off, given the state after it. */
    long debtMicrosBefore(@Nullable State charged, long nowMicros, long cost) {
        return ceilDiv(Math.max(0, debt(charged, nowMicros) - cost * unitsPerPermit), unitsPerMicro);
    }

    @Override
    public Verdict decide(@Nullable State state, long nowMicros, long cost) {
        if (cost == 1) {
            if (state == null || state.hasPassed(nowMicros)) {
                return decideOne(state, nowMicros, 0, nowMicros);
            }
            if (isPlain(state, nowMicros)) {
                return decideOne(state, state.micros(), state.units(), nowMicros);
            }
        }
        return decideAny(state, nowMicros, cost);
    }

    /** Returns whether it says no more than how far ahead it is, and believably. */
    private boolean isPlain(State state, long nowMicros) {
        return state.size() <= 1 && !isForeign(state) && !isTooFar(state, nowMicros);
    }

    /** The same as {@link #decideAny} of a call for one permit, which most are: without a division. */
    private Verdict decideOne(@Nullable State before, long fullAtMicros, long fullAtUnits, long nowMicros) {
        long micros = fullAtMicros + permitMicros;
        long units = fullAtUnits + permitUnits;
        if (units >= unitsPerMicro) {
            units -= unitsPerMicro;
            micros++;
        }
        long ahead = micros - nowMicros;
        boolean fits = ahead < roomMicros || (ahead == roomMicros && units <= roomUnits);
        // A permit dearer than the whole bucket, as a share has it, asks for a full one.
        boolean full = fullAtMicros == nowMicros && fullAtUnits == 0;
        return new Verdict(fits || full, before, state(micros, units), false);
    }

    private Verdict decideAny(@Nullable State state, long nowMicros, long cost) {
        long debt = debt(state, nowMicros);
        GivenBack givenBack = GivenBack.of(state == null ? null : own(state), nowMicros);
        // The clock went back since. Read as empty, else the bucket would stay shut until the clock is there again.
        boolean mended = state != null && isTooFar(state, nowMicros);
        State before = mended ? at(nowMicros, debt, givenBack) : state;
        return new Verdict(
                excess(debt, cost) <= 0, before, at(nowMicros, debt + cost * unitsPerPermit, givenBack), mended);
    }

    @Override
    public long remaining(@Nullable State state, long nowMicros) {
        return Math.max(0, capacity - debt(state, nowMicros)) / unitsPerPermit;
    }

    @Override
    public long retryAfterMicros(@Nullable State state, long nowMicros, long cost) {
        return ceilDiv(Math.max(0, excess(debt(state, nowMicros), cost)), unitsPerMicro);
    }

    @Override
    public long resetAfterMicros(@Nullable State state, long nowMicros) {
        return ceilDiv(debt(state, nowMicros), unitsPerMicro);
    }

    @Override
    public long burst() {
        return capacity / unitsPerPermit;
    }

    @Override
    public long refillMicros() {
        return ceilDiv(capacity, unitsPerMicro);
    }

    @Override
    public @Nullable State refund(State left, long nowMicros, long cost, State charged) {
        State state = own(left);
        GivenBack givenBack = GivenBack.of(state, nowMicros);
        // Behind the state there is no place: it was lost since, and began anew.
        if (state.hasPassed(nowMicros) || isBehind(charged, state)) {
            return null;
        }
        long sooner = givenBack.micros() > 0 && charged.micros() >= givenBack.first() ? givenBack.micros() : 0;
        long debt = debt(state, nowMicros);
        long give = cost * unitsPerPermit;
        give = atMost(give, units(charged.micros() - sooner - nowMicros, charged.units()));
        give = atMost(give, debt);
        if (give <= 0) {
            return null;
        }
        GivenBack now =
                isBehind(state, charged) ? givenBack.and(ceilDiv(give, unitsPerMicro), charged.micros()) : givenBack;
        return at(nowMicros, debt - give, now);
    }

    // A part is given back in whole microseconds.
    private long atMost(long give, long bound) {
        return give <= bound ? give : bound - Math.floorMod(bound, unitsPerMicro);
    }

    /** Returns whether the first place lies behind the other. */
    private static boolean isBehind(State first, State other) {
        return first.micros() > other.micros() || (first.micros() == other.micros() && first.units() > other.units());
    }

    @Override
    public State uncharged(State charged, long cost) {
        State need = at(0, cost * unitsPerPermit);
        long units = charged.units() - need.units();
        long borrowed = units < 0 ? 1 : 0;
        return state(charged.micros() - need.micros() - borrowed, units + borrowed * unitsPerMicro);
    }

    @Override
    public State merge(State one, State other, long nowMicros) {
        State left = own(one);
        State right = own(other);
        boolean oneIsLater =
                fullAt(left) > fullAt(right) || (fullAt(left) == fullAt(right) && left.units() >= right.units());
        return oneIsLater ? one : other;
    }

    // A share counts in other units.
    @Override
    public State moved(State state, long offsetMicros) {
        return new State(fullAt(state) + (state.units() == 0 ? 0 : 1) + offsetMicros, 0);
    }

    @Override
    public long[] arguments(long cost) {
        State need = at(0, cost * unitsPerPermit);
        State full = capacity();
        return new long[] {NUMBER, need.micros(), need.units(), full.micros(), full.units(), unitsPerMicro};
    }

    /** Returns how far a call may bring the debt, as a state at the start of a clock. */
    State room() {
        return at(0, room);
    }

    long unitsPerMicro() {
        return unitsPerMicro;
    }

    /** Returns the length of time that a full bucket is worth, as a state at the start of a clock. */
    State capacity() {
        return at(0, capacity);
    }

    @Override
    public String words() {
        return "token bucket, burst " + burst();
    }

    @Override
    public String fingerprint() {
        long divisor = BigInteger.valueOf(capacity)
                .gcd(BigInteger.valueOf(unitsPerMicro))
                .longValueExact();
        return "token-bucket " + capacity / divisor + "/" + unitsPerMicro / divisor;
    }

    // At or below zero: allowed. A call dearer than the whole bucket, as a share has it, asks for a full one.
    private long excess(long debt, long cost) {
        return Math.min(debt, debt + cost * unitsPerPermit - room);
    }

    private long debt(@Nullable State state, long nowMicros) {
        if (state == null || state.hasPassed(nowMicros)) {
            return 0;
        }
        State own = own(state);
        return units(fullAt(own) - nowMicros, own.units());
    }

    private boolean isForeign(State state) {
        return state.units() > 0 && state.more(0) != unitsPerMicro;
    }

    /** Returns the state in units of this bucket; a fraction in others is rounded up to a whole microsecond. */
    State own(State state) {
        if (!isForeign(state)) {
            return state;
        }
        long micros = state.micros() + 1;
        return state.more(1) == 0
                ? new State(micros, 0)
                : new State(micros, 0, unitsPerMicro, state.more(1), state.more(2));
    }

    /** Returns whether it is farther ahead than any debt of this bucket, but for what it was rounded up by. */
    private boolean isTooFar(State state, long nowMicros) {
        State own = own(state);
        long micros = fullAt(own) - nowMicros;
        long most = isForeign(state) && maxUnits > 0 ? maxMicros + 1 : maxMicros;
        return micros > most || (micros == most && own.units() > maxUnits);
    }

    // Of a time that is still to come; 0 of one that has passed, and not more than any debt.
    private long units(long micros, long units) {
        if (micros < 0) {
            return 0;
        }
        return micros > maxMicros ? maxDebt : Math.min(maxDebt, micros * unitsPerMicro + units);
    }

    private static long fullAt(State state) {
        return state.micros() - state.more(1);
    }

    private State at(long nowMicros, long debt) {
        return at(nowMicros, debt, GivenBack.NONE);
    }

    private State at(long nowMicros, long debt, GivenBack givenBack) {
        long micros = nowMicros + debt / unitsPerMicro;
        long units = debt % unitsPerMicro;
        return givenBack.micros() == 0
                ? state(micros, units)
                : new State(micros + givenBack.micros(), units, unitsPerMicro, givenBack.micros(), givenBack.first());
    }

    private State state(long micros, long units) {
        return units == 0 ? new State(micros, 0) : new State(micros, units, parts);
    }

    private static long ceilDiv(long dividend, long divisor) {
        return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
    }
}
