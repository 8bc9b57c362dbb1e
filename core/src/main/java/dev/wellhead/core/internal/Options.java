package dev.wellhead.core.internal;

import dev.wellhead.core.Redaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks of builder options. A setter checks its own value with the static methods, which throw at once and name option,
 * bound and value; {@code build()} collects the broken relations between options in an instance and throws them all
 * together. Values are refused, never corrected.
 */
public final class Options {
    private static final int LONGEST_NAME = 63;

    private final String owner;
    private final List<String> faults = new ArrayList<>();

    private Options(String owner) {
        this.owner = owner;
    }

    /** Starts a collection of faults for the component of this name. */
    public static Options of(String owner) {
        return new Options(owner);
    }

    /** Notes the fault unless the relation holds. */
    public Options require(boolean holds, String fault) {
        if (!holds) {
            faults.add(fault);
        }
        return this;
    }

    /**
     * Throws if a fault was noted.
     *
     * @throws IllegalArgumentException naming every fault
     */
    public void check() {
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(owner + ": " + String.join("; ", faults));
        }
    }

    /** Returns the value if it is at least {@code min}. */
    public static int atLeast(String option, int min, int value) {
        if (value < min) {
            throw new IllegalArgumentException(option + " must be >= " + min + ", was " + value);
        }
        return value;
    }

    /** Returns the value if it is at least {@code min}. */
    public static long atLeast(String option, long min, long value) {
        if (value < min) {
            throw new IllegalArgumentException(option + " must be >= " + min + ", was " + value);
        }
        return value;
    }

    /** Returns the duration in nanoseconds if it is above zero and at most 292 years. */
    public static long positiveNanos(String option, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(option + " must be > 0, was " + value);
        }
        return nanos(option, value);
    }

    /** Returns the duration in nanoseconds if it is zero or more and at most 292 years. */
    public static long nonNegativeNanos(String option, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(option + " must be >= 0, was " + value);
        }
        return nanos(option, value);
    }

    private static long nanos(String option, Duration value) {
        try {
            return value.toNanos();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(option + " must be at most 292 years, was " + value, e);
        }
    }

    /** Returns the name if it is fit for thread names, metric tags and Redis keys. */
    public static String name(String option, String value) {
        if (!isName(value)) {
            throw new IllegalArgumentException(option
                    + " must be 1 to 63 of the characters A-Z a-z 0-9 . _ - and start with a letter or digit, was '"
                    + Redaction.printable(value) + "'");
        }
        return value;
    }

    // By hand: every module checks its name when a service starts, and there regular expressions are slow to load.
    private static boolean isName(String value) {
        if (value.isEmpty() || value.length() > LONGEST_NAME || !isLetterOrDigit(value.charAt(0))) {
            return false;
        }
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}
