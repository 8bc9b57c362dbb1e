package dev.wellhead.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wellhead.redis.Redis;
import dev.wellhead.testkit.ChildJvm;
import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisURI;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What becomes of a lease whose process dies. */
class LeaseHolderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Loads for ever. */
    static final class Loading {
        private Loading() {}

        public static void main(String[] arguments) {
            Redis redis = Redis.builder(RedisURI.create(arguments[0]))
                    .budget(Duration.ofSeconds(1))
                    .connectTimeout(Duration.ofSeconds(30))
                    .build();
            Cache<String, String> cache = Cache.<String, String>builder(
                            arguments[1], redis, KeyCodec.ofString(), Codec.string())
                    .expireAfterWrite(Duration.ofMinutes(1))
                    .build();
            cache.get("k", key -> {
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)
                        .println("loading");
                while (true) {
                    LockSupport.park();
                }
            });
        }
    }

    @Test
    void waiterTakesOverWhenTheHolderIsKilledAndNothingStays() throws Exception {
        String name = "killed-" + UUID.randomUUID();
        RedisServer server = RedisServer.shared();
        try (ChildJvm child = ChildJvm.start(Loading.class, server.uri(), name);
                Callers callers = new Callers();
                Node node = Node.join(server, Duration.ofSeconds(1), name, options -> options)) {
            child.awaitLine("loading", PATIENCE);
            Future<String> call = callers.start(() -> node.get("k", "taken over"));
            await().until(() -> node.cache.stats().fleetWaits() >= 1);

            child.kill();

            // The lease lasts 2 s; the bound is for machines that are busy.
            assertThat(Callers.result(call)).isEqualTo("taken over");
            assertThat(node.redis.<List<byte[]>>call(commands -> commands.keys("wh:cache1:l:*" + name + ":*")))
                    .isEmpty();
        }
    }
}
