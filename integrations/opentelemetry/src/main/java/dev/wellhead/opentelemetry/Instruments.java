package dev.wellhead.opentelemetry;

import dev.wellhead.core.internal.MetricCatalogue;
import dev.wellhead.core.internal.MetricCatalogue.Entry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Map;
import java.util.Objects;

/** Which instrument and attributes each of the modules' metrics has: by the conventions where they name one. Immutable. */
final class Instruments {
    private static final AttributeKey<String> POOL = AttributeKey.stringKey("db.client.connection.pool.name");
    private static final AttributeKey<String> STATE = AttributeKey.stringKey("db.client.connection.state");
    private static final String CONNECTION = "{connection}";
    private static final String OPERATION = "db.client.operation.duration";

    private static final String COUNT = "db.client.connection.count";
    private static final String CONNECTIONS = "Connections that are in this state";

    private static final Map<String, Spec> POOLS = Map.ofEntries(
            sum("active", COUNT, CONNECTION, CONNECTIONS, Attributes.of(STATE, "used")),
            sum("idle", COUNT, CONNECTION, CONNECTIONS, Attributes.of(STATE, "idle")),
            sum("max", "db.client.connection.max", CONNECTION, "Most connections that may be open"),
            sum("min", "db.client.connection.idle.min", CONNECTION, "Idle connections that are held ready"),
            sum("waiting", "db.client.connection.pending_requests", "{request}", "Callers that wait for a connection"),
            other("timeouts", "db.client.connection.timeouts", "{timeout}", "Callers without a connection in time"),
            other("connect", "db.client.connection.create_time", "s", "Time that opening a connection took"),
            other("wait", "db.client.connection.wait_time", "s", "Time until callers got a connection or none"),
            other("usage", "db.client.connection.use_time", "s", "Time that connections were on loan"));

    private static final Spec OPERATIONS =
            new Spec(OPERATION, "s", "Time that database operations took", false, Attributes.empty());

    private final Map<String, DatabaseIdentity> databases;
    private final DatabaseIdentity database;
    private final Map<String, DatabaseIdentity> redis;
    private final boolean operations;

    /**
     * An instrument and what is always said of it.
     *
     * @param upDown whether a gauge is a sum that goes up and down
     */
    private record Spec(String name, String unit, String description, boolean upDown, Attributes attributes) {}

    /** One series of an instrument. */
    record Series(String name, String unit, String description, boolean upDown, Attributes attributes) {}

    /**
     * @param databases by the names of pools; of the others it is {@code database}
     * @param redis by the names of clients
     * @param operations whether single operations are told by the conventions
     */
    Instruments(
            Map<String, DatabaseIdentity> databases,
            DatabaseIdentity database,
            Map<String, DatabaseIdentity> redis,
            boolean operations) {
        this.databases = Map.copyOf(databases);
        this.database = database;
        this.redis = Map.copyOf(redis);
        this.operations = operations;
    }

    private static Map.Entry<String, Spec> sum(
            String metric, String name, String unit, String description, Attributes attributes) {
        return Map.entry("wellhead.pool." + metric, new Spec(name, unit, description, true, attributes));
    }

    private static Map.Entry<String, Spec> sum(String metric, String name, String unit, String description) {
        return sum(metric, name, unit, description, Attributes.empty());
    }

    private static Map.Entry<String, Spec> other(String metric, String name, String unit, String description) {
        return Map.entry("wellhead.pool." + metric, new Spec(name, unit, description, false, Attributes.empty()));
    }

    /**
     * Returns what this metric is called.
     *
     * @param tags alternating keys and values
     */
    Series of(String metric, String... tags) {
        if (tags.length % 2 != 0) {
            throw new IllegalArgumentException("tags of " + metric + " must be pairs of key and value, were "
                    + tags.length + ": " + String.join(", ", tags));
        }
        Spec spec = POOLS.get(metric);
        boolean operation =
                operations && (metric.equals("wellhead.pool.statement") || metric.equals("wellhead.redis.latency"));
        AttributesBuilder attributes = Attributes.builder();
        if (operation) {
            spec = OPERATIONS;
            DatabaseIdentity identity = metric.startsWith("wellhead.redis.")
                    ? redis.getOrDefault(value("redis", tags), DatabaseIdentity.of("redis"))
                    : databases.getOrDefault(value("pool", tags), database);
            attributes.putAll(identity.attributes());
        }
        if (spec == null) {
            spec = neutral(metric);
        }
        attributes.putAll(spec.attributes());
        for (int i = 0; i < tags.length; i += 2) {
            if (!operation || !tags[i].equals("outcome")) {
                attributes.put(key(tags[i]), tags[i + 1]);
            } else if (!tags[i + 1].equals("ok")) {
                // What kind of error it was is not known here; this is what the conventions have for that.
                attributes.put(Spans.ERROR_TYPE, Spans.OTHER_ERROR);
            }
        }
        return new Series(spec.name(), spec.unit(), spec.description(), spec.upDown(), attributes.build());
    }

    private static Spec neutral(String metric) {
        Entry entry = MetricCatalogue.find(metric);
        return entry == null
                ? new Spec(metric, "", "", false, Attributes.empty())
                : new Spec(metric, entry.unit(), entry.description(), false, Attributes.empty());
    }

    // The conventions want attributes of one's own under one's own name.
    private static AttributeKey<String> key(String tag) {
        return tag.equals("pool") ? POOL : AttributeKey.stringKey("wellhead." + tag);
    }

    private static String value(String key, String... tags) {
        for (int i = 0; i < tags.length; i += 2) {
            if (tags[i].equals(key)) {
                return Objects.requireNonNull(tags[i + 1], key);
            }
        }
        return "";
    }
}
