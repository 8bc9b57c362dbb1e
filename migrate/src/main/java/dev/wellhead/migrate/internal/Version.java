package dev.wellhead.migrate.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A version as numbers, compared part by part: 1.2 is older than 1.10. Leading zeros of a part and trailing parts that
 * are zero mean nothing, so {@code 001}, {@code 1} and {@code 1.0} are one version. Any number of digits will do, for
 * those who number by time stamps. Behind all numbers come the names of repeatable migrations, {@code R__name}, in the
 * order of their characters.
 */
public final class Version implements Comparable<Version> {
    /** What the name of a repeatable migration begins with. */
    public static final String REPEATABLE = "R__";

    // Digits without leading zeros, so that longer means greater; no trailing zero parts.
    private final List<String> parts;
    private final @Nullable String name;

    private Version(List<String> parts, @Nullable String name) {
        this.parts = parts;
        this.name = name;
    }

    /**
     * Reads digits in parts between dots or underscores, or the name of a repeatable migration.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Version parse(String text) {
        return isName(text) ? new Version(List.of(), text) : parseNumber(text);
    }

    /**
     * Reads digits in parts between dots or underscores.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static Version parseNumber(String text) {
        // By hand, as is the division: with thousands of files, patterns are a good part of what a start costs.
        if (!isNumber(text)) {
            throw new IllegalArgumentException(
                    "a version must be numbers between dots or underscores, as 7, 007 or 1.2, was '" + text + "'");
        }
        if (text.indexOf('.') < 0 && text.indexOf('_') < 0) {
            String digits = withoutLeadingZeros(text);
            return new Version(digits.isEmpty() ? List.of() : List.of(digits), null);
        }
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == '.' || text.charAt(i) == '_') {
                parts.add(withoutLeadingZeros(text.substring(start, i)));
                start = i + 1;
            }
        }
        while (!parts.isEmpty() && parts.get(parts.size() - 1).isEmpty()) {
            parts.remove(parts.size() - 1);
        }
        return new Version(List.copyOf(parts), null);
    }

    /** Returns whether {@link #parse} takes this. */
    public static boolean isOne(String text) {
        return isName(text) || isNumber(text);
    }

    private static boolean isName(String text) {
        return text.length() > REPEATABLE.length() && text.startsWith(REPEATABLE);
    }

    private static boolean isNumber(String text) {
        boolean digit = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean divides = c == '.' || c == '_';
            if (divides ? !digit : c < '0' || c > '9') {
                return false;
            }
            digit = !divides;
        }
        return digit;
    }

    private static String withoutLeadingZeros(String digits) {
        int first = 0;
        while (first < digits.length() && digits.charAt(first) == '0') {
            first++;
        }
        return digits.substring(first);
    }

    /** Returns whether this is version 0, older than every other. */
    public boolean isZero() {
        return parts.isEmpty() && name == null;
    }

    /** Returns whether this is the name of a repeatable migration. */
    public boolean isRepeatable() {
        return name != null;
    }

    @Override
    public int compareTo(Version other) {
        if (name != null || other.name != null) {
            return name == null ? -1 : other.name == null ? 1 : name.compareTo(other.name);
        }
        int common = Math.min(parts.size(), other.parts.size());
        for (int i = 0; i < common; i++) {
            String mine = parts.get(i);
            String theirs = other.parts.get(i);
            int order = mine.length() != theirs.length()
                    ? Integer.compare(mine.length(), theirs.length())
                    : mine.compareTo(theirs);
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(parts.size(), other.parts.size());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Version version && parts.equals(version.parts) && Objects.equals(name, version.name);
    }

    @Override
    public int hashCode() {
        return Objects.hash(parts, name);
    }

    /** Returns the parts between dots, {@code 0} for a part of zeros; or the name. */
    @Override
    public String toString() {
        if (name != null) {
            return name;
        }
        if (parts.isEmpty()) {
            return "0";
        }
        StringBuilder text = new StringBuilder();
        for (String part : parts) {
            text.append(text.isEmpty() ? "" : ".").append(part.isEmpty() ? "0" : part);
        }
        return text.toString();
    }
}
