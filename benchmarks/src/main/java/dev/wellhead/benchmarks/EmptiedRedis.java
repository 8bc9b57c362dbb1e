package dev.wellhead.benchmarks;

import dev.wellhead.testkit.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The Redis of a set, in which no contender finds what another one left. Used by one thread, which closes it. */
final class EmptiedRedis implements AutoCloseable {
    private final RedisServer server;
    private final RedisClient client;
    private final RedisCommands<String, String> commands;

    private EmptiedRedis(RedisServer server) {
        this.server = server;
        client = RedisClient.create(server.uri());
        commands = client.connect().sync();
    }

    static EmptiedRedis start() {
        return new EmptiedRedis(RedisServer.builder().start());
    }

    String uri() {
        return server.uri();
    }

    /** Removes whatever is in it. */
    void empty() {
        commands.flushall();
    }

    /**
     * Returns the contenders of these names; before each is measured, Redis is emptied.
     *
     * @param measurement makes a contender's measurement of its name
     */
    List<Contender> contenders(List<String> first, List<String> others, Function<String, Measurement> measurement) {
        return Stream.concat(first.stream(), others.stream())
                .map(name -> emptied(name, measurement.apply(name)))
                .toList();
    }

    private Contender emptied(String name, Measurement measurement) {
        return new Contender(name, (jdk, effort) -> {
            empty();
            return measurement.measure(jdk, effort);
        });
    }

    @Override
    public void close() {
        client.shutdown();
        server.close();
    }
}
