package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wellhead.ratelimit.Decision.Source;
import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ManualTicker;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Invariant: over every interval of length t the fleet spends at most {@code burst + permits * t / per}, whatever nodes take
 * ahead, however long their answers are on the way, and whichever of them die; also while the numbers change, when a
 * permit counts for the time in which it flows back by the numbers of the call that spends it.
 */
class LeasesTest {
    private static final int RUNS = 2_000;
    private static final int STEPS = 150;

    private record Spend(long nanos, Limit limit) {}

    /** An answer on its way: what its node may spend. */
    private record Reply(Leases node, Ask ask, long sentNanos, long granted, long needed) {}

    @Test
    void fleetObeysTheLawWithLeases() {
        long leased = 0;
        for (int seed = 0; seed < RUNS; seed++) {
            leased += play(new Random(seed));
        }
        assertThat(leased).isGreaterThan(RUNS);
    }

    /** Returns how many calls were served by leases. */
    private static long play(Random random) {
        long permits = 1 + random.nextInt(20);
        long perMicros = 100 * (1 + random.nextInt(20));
        Duration per = Duration.ofNanos(perMicros * 1_000);
        Duration lease = Duration.ofMillis(1 + random.nextInt(5));
        long flow = (permits * lease.toNanos() + per.toNanos() - 1) / per.toNanos();
        long burst = flow + 1 + random.nextInt(10);
        List<Limit> numbers = new ArrayList<>();
        for (int factor = 1; factor <= 3; factor++) {
            long flowBack = (factor * permits * lease.toNanos() + per.toNanos() - 1) / per.toNanos();
            numbers.add(Limit.tokenBucket("limit", factor * permits, per)
                    .burst(factor * (burst - flow) + flowBack)
                    .leased(lease));
        }
        // In every other run some calls come by older or newer numbers.
        int changes = random.nextBoolean() ? numbers.size() : 1;
        ManualTicker ticker = new ManualTicker();
        long start = ticker.nanos();
        List<Leases> nodes = new ArrayList<>();
        for (int node = 0; node < 3; node++) {
            nodes.add(new Leases(10, ticker));
        }
        List<Reply> onTheWay = new ArrayList<>();
        List<Spend> spends = new ArrayList<>();
        State state = null;
        long leased = 0;
        for (int step = 0; step < STEPS; step++) {
            ticker.advance(Duration.ofNanos(random.nextInt(3) * random.nextInt(400) * 1_000L));
            long nanos = ticker.nanos() - start;
            int which = random.nextInt(nodes.size());
            if (random.nextInt(40) == 0) {
                // It dies, and what it had with it.
                Leases dead = nodes.set(which, new Leases(10, ticker));
                onTheWay.removeIf(reply -> reply.node() == dead);
                continue;
            }
            Leases node = nodes.get(which);
            Limit limit = numbers.get(random.nextInt(3) > 0 ? 0 : random.nextInt(changes));
            Ask ask = Ask.of(limit, "k");
            if (node.take(ask) != null) {
                leased++;
                spends.add(new Spend(nanos, limit));
                continue;
            }
            // One call, and what is wished for with it.
            long now = 1_792_000_001_000_000L + nanos / 1_000;
            Verdict verdict = limit.algorithm().decide(state, now, 1);
            state = verdict.state(verdict.allowed());
            long granted = 0;
            long wish = 1L << random.nextInt(5);
            for (long cost = wish; verdict.allowed() && cost > 0; cost /= 2) {
                Verdict more = limit.algorithm().decide(state, now, Math.min(cost, limit.burst()));
                granted += more.allowed() ? Math.min(cost, limit.burst()) : 0;
                state = more.state(more.allowed());
            }
            onTheWay.add(new Reply(node, ask, ticker.nanos(), granted, 1));
            while (!onTheWay.isEmpty() && random.nextInt(3) > 0) {
                Reply reply = onTheWay.remove(random.nextInt(onTheWay.size()));
                reply.node().grant(reply.ask().charges().get(0), reply.sentNanos(), reply.granted(), reply.needed(), 0);
            }
            if (verdict.allowed()) {
                spends.add(new Spend(nanos, limit));
            }
        }
        // The numbers of permits divide it.
        long parts = 6 * permits;
        for (int from = 0; from < spends.size(); from++) {
            long sum = 0;
            for (int to = from; to < spends.size(); to++) {
                sum += parts / spends.get(to).limit().permits() * per.toNanos();
                // A microsecond more, which is what the bucket's clock is rounded to.
                long length = spends.get(to).nanos() - spends.get(from).nanos() + 1_000;
                assertThat(sum)
                        .as("%s, interval of %s ns", numbers, length)
                        .isLessThanOrEqualTo((burst - flow) * per.toNanos() * 6 + (lease.toNanos() + length) * parts);
            }
        }
        return leased;
    }

    @Test
    void leaseIsSpentWithinItsTimeOrNever() {
        Limit limit = Limit.tokenBucket("limit", 100, Duration.ofSeconds(1))
                .burst(100)
                .leased(Duration.ofMillis(100));
        Ask ask = Ask.of(limit, "k");
        ManualTicker ticker = new ManualTicker();
        Leases leases = new Leases(10, ticker);
        long sent = ticker.nanos();
        ticker.advance(Duration.ofMillis(50));
        leases.grant(ask.charges().get(0), sent, 3, 1, 0);

        assertThat(leases.take(Ask.of(limit, "k", 4))).isNull();
        assertThat(leases.take(ask)).extracting(Decision::source).isEqualTo(Source.LEASE);
        assertThat(leases.take(ask)).extracting(Decision::remaining).isEqualTo(1L);
        ticker.advance(Duration.ofMillis(50));
        assertThat(leases.take(ask)).isNull();
    }

    @Test
    void wishFollowsTheRateAndIsBounded() {
        Limit limit = Limit.tokenBucket("limit", 1_000, Duration.ofSeconds(1))
                .burst(5_000)
                .leased(Duration.ofMillis(100));
        Ask.Charge charge = Ask.of(limit, "k").charges().get(0);
        ManualTicker ticker = new ManualTicker();
        Leases leases = new Leases(10, ticker);
        assertThat(leases.wish(charge, 1)).isZero();

        leases.grant(charge, ticker.nanos(), 0, 5, 0);
        ticker.advance(Duration.ofMillis(50));
        assertThat(leases.wish(charge, 1)).isEqualTo(9);
        leases.grant(charge, ticker.nanos(), 0, 500, 0);
        ticker.advance(Duration.ofMillis(10));
        assertThat(leases.wish(charge, 1)).isEqualTo(100);
        ticker.advance(Duration.ofSeconds(10));
        assertThat(leases.wish(charge, 1)).isZero();
    }

    @Test
    void refusedLeasesNameTheCure() {
        Limit bucket = Limit.tokenBucket("limit", 100, Duration.ofSeconds(1)).burst(10);

        assertThatThrownBy(() -> bucket.leased(Duration.ofMillis(100)))
                .hasMessage("limit 'limit' with burst 10 cannot be leased for PT0.1S, in which 10 permits flow back;"
                        + " raise the burst to 11 or more, or shorten the lease");
        assertThatThrownBy(() -> bucket.leased(Duration.ofNanos(1))).hasMessageContaining("was PT0.000000001S");
        assertThatThrownBy(() -> bucket.leased(Duration.ofMillis(50)).leased(Duration.ofMillis(50)))
                .hasMessageContaining("leased already");
        assertThatThrownBy(() -> bucket.leased(Duration.ofMillis(50)).burst(7))
                .hasMessageContaining("set the burst first");
        assertThatThrownBy(() ->
                        Limit.fixedWindow("window", 5, Duration.ofSeconds(1)).leased(Duration.ofMillis(50)))
                .hasMessageContaining("cannot be leased");
        assertThat(bucket.leased(Duration.ofMillis(50)).burst()).isEqualTo(5);
    }

    @Test
    void hotKeyCostsFewTripsAndStaysWithinTheLaw() {
        Limit limit = Limit.tokenBucket("limit", 20_000, Duration.ofSeconds(1))
                .burst(10_000)
                .leased(Duration.ofMillis(100));
        try (Redis redis = Redis.builder(RedisURI.create(RedisServer.shared().uri()))
                        .budget(Duration.ofSeconds(10))
                        .build();
                RateLimiter limiter = RateLimiter.redis(redis)
                        .namespace("leases" + UUID.randomUUID())
                        .build()) {
            long begin = System.nanoTime();
            long allowed = 0;
            long calls = 0;
            for (; System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(1); calls++) {
                allowed += limiter.tryAcquire(limit, "k").allowed() ? 1 : 0;
            }
            double bound = 10_000 + 20_000 * (System.nanoTime() - begin) / 1e9;

            assertThat(allowed / bound).isLessThanOrEqualTo(1);
            assertThat(limiter.stats().decisions(Source.LEASE)).isPositive();
            assertThat(limiter.stats().redisTrips()).isLessThan(calls / 2);
        }
    }
}
