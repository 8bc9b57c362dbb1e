package dev.wellhead.pool;

import dev.wellhead.core.Redaction;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Time;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.temporal.Temporal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The parameters of one prepared statement, as its borrower has set them last. For one thread at a time. */
final class Parameters {
    // PostgreSQL takes up to 65,535; nobody reads them all.
    private static final int MOST_KEPT = 1000;
    private static final int LONGEST_KEPT = 1000;
    private static final int SHOWN = 100;
    private static final int TYPE_OF_VALUE = Integer.MIN_VALUE;

    private final List<@Nullable Value> values = new ArrayList<>();

    /**
     * One parameter.
     *
     * @param replayable whether the value can be set again later: it is small, and cannot have changed since
     */
    private record Value(@Nullable Object value, int type, boolean replayable) {
        String shown() {
            String text = String.valueOf(value);
            return Redaction.printable(text.length() > SHOWN ? text.substring(0, SHOWN) + "..." : text);
        }
    }

    /**
     * The parameters at one moment, immutable.
     *
     * @param shown each as text, shortened
     * @param values null if not all of them can be set again
     */
    record Snapshot(List<String> shown, @Nullable List<Object> values) {
        int count() {
            return shown.size();
        }

        /** Sets them on another statement with the same places. */
        void bind(PreparedStatement statement) throws SQLException {
            int index = 1;
            for (Object each : values == null ? List.of() : values) {
                Value value = (Value) each;
                if (value.type == TYPE_OF_VALUE) {
                    statement.setObject(index, value.value);
                } else {
                    statement.setObject(index, value.value, value.type);
                }
                index++;
            }
        }
    }

    void set(int index, @Nullable Object value) {
        set(index, value, TYPE_OF_VALUE);
    }

    /**
     * Notes a value.
     *
     * @param type one of {@link Types}
     */
    void set(int index, @Nullable Object value, int type) {
        if (value instanceof Date date) {
            put(index, new Value(new Date(date.getTime()), type, true));
        } else if (value instanceof Time time) {
            put(index, new Value(new Time(time.getTime()), type, true));
        } else if (value instanceof Timestamp moment) {
            Timestamp copy = new Timestamp(moment.getTime());
            copy.setNanos(moment.getNanos());
            put(index, new Value(copy, type, true));
        } else if (value instanceof byte[] bytes) {
            omit(index, bytes.length + " bytes");
        } else if (value instanceof CharSequence text) {
            put(index, text(text, type));
        } else if (isImmutable(value)) {
            put(index, new Value(value, value == null && type == TYPE_OF_VALUE ? Types.NULL : type, true));
        } else {
            omit(index, value == null ? "null" : value.getClass().getName());
        }
    }

    /** Notes a value that is not to be looked at, but for what it is. */
    void omit(int index, String what) {
        put(index, new Value("(" + what + ")", TYPE_OF_VALUE, false));
    }

    private static Value text(CharSequence text, int type) {
        boolean complete = text.length() <= LONGEST_KEPT;
        return new Value(
                text.subSequence(0, Math.min(text.length(), LONGEST_KEPT)).toString(), type, complete);
    }

    private static boolean isImmutable(@Nullable Object value) {
        return value == null
                || value instanceof Boolean
                || value instanceof Character
                || value instanceof Byte
                || value instanceof Short
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Float
                || value instanceof Double
                || value instanceof BigDecimal
                || value instanceof BigInteger
                || value instanceof UUID
                || (value instanceof Temporal && value.getClass().getName().startsWith("java.time."));
    }

    private void put(int index, Value value) {
        if (index < 1 || index > MOST_KEPT) {
            return;
        }
        while (values.size() < index) {
            values.add(null);
        }
        values.set(index - 1, value);
    }

    void clear() {
        values.clear();
    }

    Snapshot snapshot() {
        List<String> shown = new ArrayList<>(values.size());
        List<Object> replayable = new ArrayList<>(values.size());
        for (Value value : values) {
            shown.add(value == null ? "(not set)" : value.shown());
            if (value != null && value.replayable) {
                replayable.add(value);
            }
        }
        return new Snapshot(
                List.copyOf(shown),
                replayable.size() == shown.size() ? Collections.unmodifiableList(replayable) : null);
    }

    /** Returns these values as if a statement had been given them. */
    static Snapshot of(Object... given) {
        Parameters parameters = new Parameters();
        List<Object> values = new ArrayList<>(given.length);
        for (@Nullable Object each : given) {
            // Whoever hands them over now may hand over what the driver understands and the pool does not.
            values.add(new Value(each, each == null ? Types.NULL : TYPE_OF_VALUE, true));
            parameters.set(values.size(), each);
        }
        return new Snapshot(parameters.snapshot().shown(), values);
    }
}
