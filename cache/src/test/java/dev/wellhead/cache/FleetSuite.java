package dev.wellhead.cache;

import dev.wellhead.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the suites share that run a fleet on a server of their own, since it fails. */
abstract class FleetSuite {
    final Callers callers = new Callers();
    RedisServer server;
    private final String name;
    private final Duration budget;
    private final UnaryOperator<Cache.Builder<String, String>> defaults;
    private final List<Node> nodes = new ArrayList<>();

    FleetSuite(String name, Duration budget, UnaryOperator<Cache.Builder<String, String>> defaults) {
        this.name = name;
        this.budget = budget;
        this.defaults = defaults;
    }

    @BeforeEach
    void startServer() {
        server = RedisServer.builder().start();
    }

    @AfterEach
    void stopServer() {
        callers.close();
        // First: a client must not wait for a server that stands still.
        server.close();
        nodes.forEach(Node::close);
    }

    Node join(UnaryOperator<Cache.Builder<String, String>> options) {
        Node node = Node.join(server, budget, name, builder -> options.apply(defaults.apply(builder)));
        nodes.add(node);
        return node;
    }

    Node join() {
        return join(options -> options);
    }
}
