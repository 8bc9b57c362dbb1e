package dev.wellhead.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What limits of one bucket may have given, over every interval, by numbers that may differ from call to call: each
 * permit counts for the time in which it flows back by the numbers that it was given by.
 */
final class AdmissionLaw {
    /** What was given: when, by which numbers, and when its turn is. */
    record Admission(Limit limit, long micros, long cost, long turn) {}

    private AdmissionLaw() {}

    /** @param all at least one, by time */
    static void holds(List<Admission> all) {
        Limit limit = all.get(0).limit();
        long length = micros(limit);
        if (limit.algorithm() instanceof FixedWindow) {
            assertCounts(all, (one, last) -> one.micros() / length == last.micros() / length);
        } else if (limit.algorithm() instanceof SlidingLog) {
            assertCounts(all, (one, last) -> one.micros() > last.micros() - length);
        } else if (limit.algorithm() instanceof SlidingCounter) {
            assertCounter(all);
        } else {
            assertBucket(all);
            if (limit.isQueue()) {
                assertTurns(all);
            }
        }
    }

    private static long micros(Limit limit) {
        return limit.per().toNanos() / 1_000;
    }

    /** The time in which so many permits flow back, in microseconds times a scale that its permits divide. */
    private static BigInteger worth(Limit limit, long permits, BigInteger scale) {
        return BigInteger.valueOf(micros(limit))
                .multiply(BigInteger.valueOf(permits))
                .multiply(scale)
                .divide(BigInteger.valueOf(limit.permits()));
    }

    /** Every closed interval between two admissions holds at most what a full bucket is worth, and its length. */
    private static void assertBucket(List<Admission> all) {
        Limit limit = all.get(0).limit();
        BigInteger scale = all.stream()
                .map(each -> BigInteger.valueOf(each.limit().permits()))
                .distinct()
                .reduce(BigInteger.ONE, BigInteger::multiply);
        BigInteger full = worth(limit, limit.burst(), scale);
        for (int from = 0; from < all.size(); from++) {
            BigInteger given = BigInteger.ZERO;
            for (int to = from; to < all.size(); to++) {
                given = given.add(worth(all.get(to).limit(), all.get(to).cost(), scale));
                long length = all.get(to).micros() - all.get(from).micros();
                assertThat(given)
                        .as("%s over %s us", limit, length)
                        .isLessThanOrEqualTo(full.add(BigInteger.valueOf(length).multiply(scale)));
            }
        }
    }

    /** Over every interval as a bucket of the greatest number of those that were asked by. */
    private static void assertCounter(List<Admission> all) {
        for (int from = 0; from < all.size(); from++) {
            BigInteger given = BigInteger.ZERO;
            long most = 0;
            for (int to = from; to < all.size(); to++) {
                Limit limit = all.get(to).limit();
                most = Math.max(most, limit.permits());
                given = given.add(BigInteger.valueOf(all.get(to).cost()));
                long length = all.get(to).micros() - all.get(from).micros();
                assertThat(given.multiply(BigInteger.valueOf(micros(limit))))
                        .as("%s over %s us", limit, length)
                        .isLessThanOrEqualTo(
                                BigInteger.valueOf(most).multiply(BigInteger.valueOf(micros(limit) + length)));
            }
        }
    }

    /** Whoever is given some finds no more taken of what counts for him, with his own, than his numbers say. */
    private static void assertCounts(List<Admission> all, BiPredicate<Admission, Admission> counts) {
        for (int i = 0; i < all.size(); i++) {
            Admission last = all.get(i);
            long given = all.subList(0, i + 1).stream()
                    .filter(one -> counts.test(one, last))
                    .mapToLong(Admission::cost)
                    .sum();
            assertThat(given)
                    .as("%s", last.limit())
                    .isLessThanOrEqualTo(last.limit().permits());
        }
    }

    /** In a queue, each turn is as far behind the one before as that one's cost takes; a microsecond is rounded up. */
    private static void assertTurns(List<Admission> all) {
        for (int i = 1; i < all.size(); i++) {
            Admission before = all.get(i - 1);
            BigInteger scale = BigInteger.valueOf(before.limit().permits());
            BigInteger served =
                    BigInteger.valueOf(all.get(i).turn() - before.turn() + 1).multiply(scale);
            assertThat(served).as("%s", before.limit()).isGreaterThan(worth(before.limit(), before.cost(), scale));
        }
    }
}
