package dev.wellhead.ratelimit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.wellhead.redis.Redis;
import io.lettuce.core.RedisURI;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One process of a fleet: 64 threads that ask for one key as fast as they can. */
final class FleetNode {
    private static final int THREADS = 64;

    private FleetNode() {}

    static Limit limit(boolean leased) {
        Limit limit = Limit.tokenBucket("fleet", 100, Duration.ofSeconds(1));
        return leased ? limit.leased(Duration.ofMillis(100)) : limit;
    }

    /** Runs it: Redis, namespace, whether permits are leased, how many processes, and how many seconds. */
    public static void main(String[] arguments) throws Exception {
        Limit limit = limit(Boolean.parseBoolean(arguments[2]));
        long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[4]));
        try (Redis redis = Redis.builder(RedisURI.create(arguments[0]))
                        .budget(Duration.ofSeconds(2))
                        .connectTimeout(Duration.ofSeconds(20))
                        .build();
                RateLimiter limiter = RateLimiter.redis(redis)
                        .namespace(arguments[1])
                        .onFailure(FailurePolicy.closed())
                        .build()) {
            limiter.peek(Ask.of(limit, "k"));
            byte[] met = (arguments[1] + ":met").getBytes(US_ASCII);
            redis.call(commands -> commands.incr(met));
            while (Integer.parseInt(new String(redis.call(commands -> commands.get(met)), US_ASCII))
                    < Integer.parseInt(arguments[3])) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<Long>> counts = new ArrayList<>();
            long began = System.nanoTime();
            for (int thread = 0; thread < THREADS; thread++) {
                counts.add(threads.submit(() -> {
                    long allowed = 0;
                    while (System.nanoTime() - began < nanos) {
                        allowed += limiter.tryAcquire(limit, "k").allowed() ? 1 : 0;
                    }
                    return allowed;
                }));
            }
            long allowed = 0;
            for (Future<Long> count : counts) {
                allowed += count.get();
            }
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, US_ASCII);
            out.println("allowed " + allowed + " " + began + " " + System.nanoTime() + " "
                    + limiter.stats().fallbacks());
            threads.shutdown();
        }
    }
}
