package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Invariant: each limit's law holds for what was not given back, whatever is given back and when. */
class RefundLawTest {
    private static final int RUNS = 3_000;
    private static final int STEPS = 60;

    /** One call; what it took, in the units of its limit, as far as it was not given back. */
    private static final class Call {
        final long at;
        final long cost;
        final State charged;
        long net;
        /** Of a bucket: what has not come back. */
        long unpaid;

        boolean refunded;

        Call(long at, long cost, long net, State charged) {
            this.at = at;
            this.cost = cost;
            this.net = net;
            this.unpaid = net;
            this.charged = charged;
        }
    }

    // The queue of what has to come back, kept whole: first in, first out.
    @Test
    void bucketIsLeftAsIfTheCallHadNotAskedForWhatIsGivenBack() {
        int givenBack = 0;
        int lessThanCould = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            long permits = 1 + random.nextInt(7);
            long per = 1 + random.nextInt(50);
            long burst = 1 + random.nextInt(8);
            TokenBucket bucket = TokenBucket.of(permits, per, burst);
            long unitsPerMicro = bucket.unitsPerMicro();
            long unitsPerPermit = per * unitsPerMicro / permits;
            long now = 1_792_000_001_234_567L;
            State state = null;
            List<Call> calls = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                long passed = random.nextInt(3) == 0 ? 0 : random.nextInt((int) (2 * per));
                now += passed;
                pay(calls, passed * unitsPerMicro);
                Call call = calls.isEmpty()
                        ? null
                        : calls.get(calls.size() - 1 - random.nextInt(Math.min(5, calls.size())));
                if (random.nextInt(3) == 0 && call != null && !call.refunded) {
                    call.refunded = true;
                    long before = debt(state, now, unitsPerMicro);
                    State left = state == null ? null : bucket.refund(state, now, call.cost, call.charged);
                    state = left == null ? state : left;
                    long given = before - debt(state, now, unitsPerMicro);

                    assertThat(given).isBetween(0L, call.unpaid);
                    boolean last = call == calls.get(calls.size() - 1);
                    if (last && calls.stream().noneMatch(other -> other != call && other.refunded)) {
                        assertThat(given)
                                .isEqualTo(
                                        call.unpaid == call.net ? call.net : call.unpaid - call.unpaid % unitsPerMicro);
                    }
                    givenBack += given > 0 ? 1 : 0;
                    lessThanCould += given + unitsPerMicro <= call.unpaid ? 1 : 0;
                    call.net -= given;
                    call.unpaid -= given;
                } else {
                    long cost = 1 + random.nextInt((int) burst);
                    Verdict verdict = bucket.decide(state, now, cost);
                    state = verdict.state(verdict.allowed());
                    if (verdict.allowed()) {
                        calls.add(new Call(now, cost, cost * unitsPerPermit, verdict.after()));
                    }
                }
                assertThat(debt(state, now, unitsPerMicro))
                        .as("seed %s, step %s", seed, step)
                        .isEqualTo(calls.stream().mapToLong(each -> each.unpaid).sum());
            }
            assertBucketLaw(calls, unitsPerMicro, burst * unitsPerPermit);
        }
        assertThat(givenBack).isGreaterThan(RUNS);
        // Places that are not kept make a difference now and then.
        assertThat(lessThanCould).isBetween(1, givenBack / 4);
    }

    // A fraction in units of other numbers is rounded up, which counts as taken by whoever rounds it.
    @Test
    void whatWasTakenByOtherNumbersIsGivenBackAtMost() {
        int givenBack = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            long permits = 1 + random.nextInt(7);
            long per = 1 + random.nextInt(50);
            long burst = 1 + random.nextInt(8);
            List<TokenBucket> buckets = List.of(
                    TokenBucket.of(permits, per, burst),
                    TokenBucket.of(2 * permits, per, 2 * burst),
                    TokenBucket.of(7 * permits, per, 7 * burst));
            // All permits of all of them are whole in it.
            long parts = 14 * permits;
            long now = 1_792_000_001_234_567L;
            State state = null;
            List<Call> calls = new ArrayList<>();
            List<TokenBucket> takers = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                long passed = random.nextInt(3) == 0 ? 0 : random.nextInt((int) (2 * per));
                now += passed;
                pay(calls, passed * parts);
                int which = calls.isEmpty() ? -1 : calls.size() - 1 - random.nextInt(Math.min(5, calls.size()));
                if (random.nextInt(3) == 0 && which >= 0 && !calls.get(which).refunded) {
                    Call call = calls.get(which);
                    call.refunded = true;
                    long before = parts(state, now, parts);
                    State left = state == null ? null : takers.get(which).refund(state, now, call.cost, call.charged);
                    state = left == null ? state : left;
                    long given = before - parts(state, now, parts);

                    assertThat(given).as("seed %s", seed).isLessThanOrEqualTo(Math.min(call.unpaid, call.net));
                    givenBack += given > 0 ? 1 : 0;
                    call.net -= Math.max(0, given);
                    call.unpaid -= given;
                } else {
                    TokenBucket bucket = buckets.get(random.nextInt(buckets.size()));
                    long cost = 1 + random.nextInt((int) bucket.burst());
                    Verdict verdict = bucket.decide(state, now, cost);
                    long before = parts(state, now, parts);
                    state = verdict.state(verdict.allowed());
                    if (verdict.allowed()) {
                        long worth = cost * burst * per * parts / permits / bucket.burst();
                        Call call = new Call(now, cost, worth, verdict.after());
                        call.unpaid = parts(state, now, parts) - before;
                        assertThat(call.unpaid).isBetween(worth, worth + parts - 1);
                        calls.add(call);
                        takers.add(bucket);
                    }
                }
            }
            assertBucketLaw(calls, parts, burst * per * parts / permits);
        }
        assertThat(givenBack).isGreaterThan(RUNS);
    }

    private static long parts(State state, long now, long parts) {
        if (state == null || state.hasPassed(now)) {
            return 0;
        }
        long fraction = state.units() == 0 ? 0 : state.units() * parts / state.more(0);
        return Math.max(0, (state.micros() - state.more(1) - now) * parts + fraction);
    }

    private static void pay(List<Call> calls, long units) {
        for (Call call : calls) {
            long paid = Math.min(units, call.unpaid);
            call.unpaid -= paid;
            units -= paid;
        }
    }

    private static long debt(State state, long now, long unitsPerMicro) {
        return state == null ? 0 : Math.max(0, (state.micros() - state.more(1) - now) * unitsPerMicro + state.units());
    }

    private static void assertBucketLaw(List<Call> calls, long unitsPerMicro, long capacity) {
        for (int from = 0; from < calls.size(); from++) {
            long net = 0;
            for (int to = from; to < calls.size(); to++) {
                net += calls.get(to).net;
                long length = calls.get(to).at - calls.get(from).at;
                assertThat(net).isLessThanOrEqualTo(capacity + length * unitsPerMicro);
            }
        }
    }

    @Test
    void windowsCountWhatWasNotGivenBack() {
        int givenBack = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            Random random = new Random(seed);
            long permits = 1 + random.nextInt(8);
            long length = 5 + random.nextInt(60);
            Windowed limit = switch (seed % 3) {
                case 0 -> FixedWindow.of(permits, length);
                case 1 -> SlidingCounter.of(permits, length);
                default -> SlidingLog.of(permits, length);
            };
            long now = 1_792_000_001_234_567L;
            State state = null;
            List<Call> calls = new ArrayList<>();
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(3) == 0 ? 0 : random.nextInt((int) length);
                Call call = calls.isEmpty()
                        ? null
                        : calls.get(calls.size() - 1 - random.nextInt(Math.min(5, calls.size())));
                if (random.nextInt(3) == 0 && call != null && !call.refunded) {
                    call.refunded = true;
                    State left = state == null ? null : limit.refund(state, now, call.cost, call.charged);
                    if (left != null) {
                        givenBack++;
                        call.net = 0;
                        state = left;
                    } else {
                        // What counts no more need not be given back.
                        assertThat(now - call.at).isGreaterThanOrEqualTo(limit instanceof FixedWindow ? 0 : length);
                    }
                } else {
                    long cost = 1 + random.nextInt((int) permits);
                    Verdict verdict = limit.decide(state, now, cost);
                    state = verdict.state(verdict.allowed());
                    if (verdict.allowed()) {
                        calls.add(new Call(now, cost, cost, verdict.after()));
                    }
                }
            }
            assertWindowLaw(limit, calls, permits, length);
        }
        assertThat(givenBack).isGreaterThan(RUNS);
    }

    private static void assertWindowLaw(Windowed limit, List<Call> calls, long permits, long length) {
        for (int from = 0; from < calls.size(); from++) {
            long net = 0;
            for (int to = from; to < calls.size(); to++) {
                net += calls.get(to).net;
                long passed = calls.get(to).at - calls.get(from).at;
                long bound = permits * (passed / length + 1);
                if (limit instanceof FixedWindow) {
                    bound = permits * (calls.get(to).at / length - calls.get(from).at / length + 1);
                } else if (limit instanceof SlidingCounter) {
                    bound = permits + permits * passed / length;
                }
                assertThat(net).as("%s over %s", limit, passed).isLessThanOrEqualTo(bound);
            }
        }
    }

    @Test
    void placeOfALostStateIsWorthNothing() {
        TokenBucket bucket = TokenBucket.of(1, Duration.ofSeconds(1).toNanos() / 1_000, 10);
        State charged = bucket.decide(null, 1_000, 10).after();
        State anew = bucket.decide(null, 2_000, 1).after();

        assertThat(bucket.refund(anew, 2_000, 10, charged)).isNull();
    }

    @Test
    void whatWasPaidOffBeforeItsTimeIsRememberedUntilThatTime() {
        // Two take ten seconds each, the first is given back: the second is paid off at ten, not at twenty.
        TokenBucket bucket = TokenBucket.of(1, 1_000_000, 20);
        State first = bucket.decide(null, 0, 10).after();
        State second = bucket.decide(first, 0, 10).after();
        State afterRefund = bucket.refund(second, 0, 10, first);
        State third = bucket.decide(afterRefund, 12_000_000, 20).after();

        assertThat(bucket.refund(third, 12_000_000, 10, second)).isNull();
        assertThat(bucket.decide(third, 12_000_000, 1).allowed()).isFalse();
    }
}
