package dev.wellhead.examples.prediction;

import dev.wellhead.core.Health;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the service is, put together from its parts: down if a part is down without which no request is answered, degraded if
 * anything else is not as it should be. Thread-safe.
 */
final class HealthReport {
    private static final Logger LOG = LoggerFactory.getLogger(HealthReport.class);

    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private volatile Phase phase = Phase.STARTING;

    /** Where the service is in its life. */
    enum Phase {
        STARTING,
        SERVING,
        STOPPING
    }

    private enum Weight {
        REQUIRED,
        OPTIONAL,
        ASIDE
    }

    private record Part(String name, Weight weight, Supplier<Health> health) {
        /** Returns what the part means to the service as a whole. */
        Health weighed() {
            Health own = health.get();
            return weight == Weight.REQUIRED || own.status() != Health.Status.DOWN
                    ? own
                    : Health.degraded(own.detail());
        }
    }

    /** Adds a part without which the service does not work; it knows its state without asking anybody. */
    void required(String name, Supplier<Health> health) {
        parts.add(new Part(name, Weight.REQUIRED, health));
    }

    /** Adds a part without which the service goes on; it knows its state without asking anybody. */
    void optional(String name, Supplier<Health> health) {
        parts.add(new Part(name, Weight.OPTIONAL, health));
    }

    /** Adds a part that no request needs, and that may have to look, as at a disk, to know how it is. */
    void aside(String name, Supplier<Health> health) {
        parts.add(new Part(name, Weight.ASIDE, health));
    }

    void enter(Phase next) {
        LOG.info("{}", next == Phase.SERVING ? "ready" : next.name().toLowerCase(Locale.ROOT));
        phase = next;
    }

    /** Returns how each part is, by name, in the order in which they were added. */
    Map<String, Health> parts() {
        Map<String, Health> all = new LinkedHashMap<>();
        parts.forEach(part -> all.put(part.name, part.health.get()));
        return all;
    }

    /** Returns how the service is as a whole. */
    Health overall() {
        return worst(parts);
    }

    /** Returns whether it can be sent requests, and how well it does. Asks nobody, so it is quick whatever is away. */
    Health ready() {
        return worst(parts.stream().filter(part -> part.weight != Weight.ASIDE).toList());
    }

    private Health worst(List<Part> of) {
        if (phase != Phase.SERVING) {
            return Health.down(phase == Phase.STARTING ? "starting" : "stopping");
        }
        Health worst = Health.up("");
        for (Part part : of) {
            worst = worst.worse(part.weighed());
        }
        return worst;
    }
}
