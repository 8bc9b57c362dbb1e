package dev.wellhead.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gauges behind one instrument. Of several with the same attributes the one that came last is shown: a pool that takes
 * over from another one of its name is registered before that one is closed. Thread-safe.
 */
final class Observed {
    private static final Logger LOG = LoggerFactory.getLogger(OpenTelemetrySink.class);

    private final String name;
    private final Map<Attributes, List<Value>> series = new ConcurrentHashMap<>();

    /** By identity: a supplier may be registered twice. */
    private static final class Value {
        private final DoubleSupplier supplier;
        private volatile boolean complained;

        Value(DoubleSupplier supplier) {
            this.supplier = supplier;
        }
    }

    /** Hears of each series that has a value. */
    @FunctionalInterface
    interface Visitor {
        void visit(double value, Attributes attributes);
    }

    Observed(String name) {
        this.name = name;
    }

    /** Adds a gauge; returns what takes it away again, which may run more than once. */
    Runnable add(DoubleSupplier supplier, Attributes attributes) {
        Value value = new Value(supplier);
        // Lists stay, so that who comes meanwhile does not add to one that is gone.
        List<Value> values = series.computeIfAbsent(attributes, key -> new CopyOnWriteArrayList<>());
        values.add(value);
        if (values.size() > 1) {
            LOG.warn(
                    "gauge {}{} was registered again while another one of that name is still there; the newest is shown;"
                            + " give each pool, cache, limiter and client a name of its own",
                    name,
                    attributes);
        }
        return () -> values.remove(value);
    }

    void clear() {
        series.values().forEach(List::clear);
    }

    void visit(Visitor visitor) {
        series.forEach((attributes, values) -> {
            Value newest = null;
            // Not by index: the list may shrink meanwhile.
            for (Value value : values) {
                newest = value;
            }
            if (newest != null) {
                visit(newest, attributes, visitor);
            }
        });
    }

    private void visit(Value value, Attributes attributes, Visitor visitor) {
        double read;
        try {
            read = value.supplier.getAsDouble();
        } catch (RuntimeException e) {
            if (!value.complained) {
                value.complained = true;
                LOG.warn("gauge {}{} threw; it is left out for as long as it does", name, attributes, e);
            }
            return;
        }
        // Not known yet; the SDK has no place for it.
        if (!Double.isNaN(read)) {
            visitor.visit(read, attributes);
        }
    }
}
