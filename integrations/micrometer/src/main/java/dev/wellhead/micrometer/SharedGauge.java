package dev.wellhead.micrometer;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/**
 * A gauge that several components may have registered under one name, of which it shows the one that came last: a pool that
 * takes over from another one of its name is registered before that one is closed. Thread-safe.
 */
final class SharedGauge {
    /*
     * Whether there has to be a meter follows from the values. Threads that add and remove may meet, so whoever has changed
     * the values brings the registry into line with them, and does so again if they have changed meanwhile: the last one to
     * change them is the last one to look.
     */
    private final List<Value> values = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    private final Runnable show;
    private final Runnable hide;

    /** By identity: a supplier may be registered twice. */
    private static final class Value {
        private final DoubleSupplier supplier;

        Value(DoubleSupplier supplier) {
            this.supplier = supplier;
        }
    }

    /**
     * @param show puts the gauge into the registry, where it may be already
     * @param hide takes it out, if it is there
     */
    SharedGauge(Runnable show, Runnable hide) {
        this.show = show;
        this.hide = hide;
    }

    /** Adds a value; returns what takes it away again, which may run more than once. */
    Runnable add(DoubleSupplier supplier) {
        Value value = new Value(supplier);
        values.add(value);
        changed();
        return () -> {
            if (values.remove(value)) {
                changed();
            }
        };
    }

    int size() {
        return values.size();
    }

    void clear() {
        values.clear();
        changed();
    }

    /** Returns the value that was registered last, NaN if there is none. */
    double read() {
        Value newest = null;
        // Not by index: the list may shrink meanwhile.
        for (Value value : values) {
            newest = value;
        }
        return newest == null ? Double.NaN : newest.supplier.getAsDouble();
    }

    private void changed() {
        changes.incrementAndGet();
        int seen;
        do {
            seen = changes.get();
            if (values.isEmpty()) {
                hide.run();
            } else {
                show.run();
            }
        } while (changes.get() != seen);
    }
}
