package dev.wellhead.examples.labs.debugging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.examples.labs.Lab;
import dev.wellhead.examples.labs.Mending;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StampedeLabTest {
    private static final Lab LAB = new StampedeLab();
    private static final String FILE = "Prices.java";
    private static final String ONCE_IN_THE_FLEET = "for the whole fleet the database was asked once";

    @TempDir
    private Path work;

    @Test
    void sharingLoadsInOneProcessStopsNobodyInAnother() throws Exception {
        Mending mending = Mending.ofStart(LAB, work).with(FILE, """
                import dev.wellhead.examples.labs.debugging.PriceCache;
                import io.lettuce.core.RedisClient;
                import io.lettuce.core.SetArgs;
                import io.lettuce.core.api.sync.RedisCommands;
                import java.sql.SQLException;
                import java.time.Duration;
                import java.util.concurrent.ConcurrentHashMap;
                import java.util.concurrent.ExecutionException;
                import java.util.concurrent.FutureTask;

                public class Prices implements PriceCache {
                    private final ConcurrentHashMap<String, FutureTask<String>> loads = new ConcurrentHashMap<>();
                    private RedisClient client;
                    private RedisCommands<String, String> redis;
                    private Duration life;
                    private Loader database;

                    @Override
                    public void open(String redisUri, Duration life, Loader database) {
                        this.client = RedisClient.create(redisUri);
                        this.redis = client.connect().sync();
                        this.life = life;
                        this.database = database;
                    }

                    @Override
                    public String get(String product) throws SQLException {
                        FutureTask<String> load = loads.computeIfAbsent(product, key -> new FutureTask<>(() -> fetch(key)));
                        load.run();
                        try {
                            return load.get();
                        } catch (ExecutionException e) {
                            throw (SQLException) e.getCause();
                        } catch (InterruptedException e) {
                            throw new SQLException(e);
                        } finally {
                            loads.remove(product, load);
                        }
                    }

                    private String fetch(String product) throws SQLException {
                        String price = redis.get(product);
                        if (price == null) {
                            price = database.load(product);
                            redis.set(product, price, SetArgs.Builder.px(life));
                        }
                        return price;
                    }

                    @Override
                    public void close() {
                        client.shutdown();
                    }
                }
                """);

        mending.play().misses(ONCE_IN_THE_FLEET);
    }

    @Test
    void sharedLoadThatIsNeverForgottenKeepsOldPricesAndFailures() throws Exception {
        Mending mending = Mending.ofStart(LAB, work).with(FILE, """
                import dev.wellhead.examples.labs.debugging.PriceCache;
                import java.sql.SQLException;
                import java.time.Duration;
                import java.util.concurrent.ConcurrentHashMap;
                import java.util.concurrent.ExecutionException;
                import java.util.concurrent.FutureTask;

                public class Prices implements PriceCache {
                    private final ConcurrentHashMap<String, FutureTask<String>> loads = new ConcurrentHashMap<>();
                    private Loader database;

                    @Override
                    public void open(String redisUri, Duration life, Loader database) {
                        this.database = database;
                    }

                    @Override
                    public String get(String product) throws SQLException {
                        FutureTask<String> load =
                                loads.computeIfAbsent(product, key -> new FutureTask<>(() -> database.load(key)));
                        load.run();
                        try {
                            return load.get();
                        } catch (ExecutionException e) {
                            throw (SQLException) e.getCause();
                        } catch (InterruptedException e) {
                            throw new SQLException(e);
                        }
                    }

                    @Override
                    public void close() {}
                }
                """);

        assertThat(mending.play().unmet())
                .anyMatch(goal -> goal.startsWith("all callers on both nodes got the new price"))
                .anyMatch(goal -> goal.startsWith("once the database is well again"));
    }

    @Test
    void cacheInOneProcessStopsNobodyInAnother() throws Exception {
        Mending mending = Mending.ofSolution(LAB, work)
                .with(
                        FILE,
                        "Cache.builder(\"prices\", redis, KeyCodec.ofString(), Codec.string())",
                        "Cache.<String, String>local(\"prices\")");

        mending.play().misses(ONCE_IN_THE_FLEET);
    }
}
