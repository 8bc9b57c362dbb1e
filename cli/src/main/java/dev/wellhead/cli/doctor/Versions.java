package dev.wellhead.cli.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version as numbers. Immutable.
 *
 * @param parts the numbers between the dots
 */
record Versions(List<Integer> parts) implements Comparable<Versions> {
    private static final Pattern NUMBER = Pattern.compile("\\G\\.?(\\d{1,9})");

    /** Copies the list. */
    Versions {
        parts = List.copyOf(parts);
    }

    /** Reads {@code 42.7.11} out of {@code 42.7.11.jre7} and the like; without any number it is empty. */
    static Versions of(String text) {
        List<Integer> parts = new ArrayList<>();
        Matcher numbers = NUMBER.matcher(text);
        while (numbers.find()) {
            parts.add(Integer.parseInt(numbers.group(1)));
        }
        return new Versions(parts);
    }

    @Override
    public int compareTo(Versions other) {
        for (int i = 0; i < Math.max(parts.size(), other.parts.size()); i++) {
            int difference = Integer.compare(part(i), other.part(i));
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    /**
     * Returns whether a fault is in this version.
     *
     * @param mended the first version without it, of each line of releases that got it; the last one is the first of all that
     *     come behind
     */
    boolean isBehind(List<Versions> mended) {
        if (compareTo(mended.get(mended.size() - 1)) >= 0) {
            return false;
        }
        return mended.stream().noneMatch(fixed -> isOfTheSameLine(fixed) && compareTo(fixed) >= 0);
    }

    /** Returns them for people. */
    static String list(List<Versions> versions) {
        return String.join(", ", versions.stream().map(Versions::toString).toList());
    }

    private boolean isOfTheSameLine(Versions other) {
        return part(0) == other.part(0) && part(1) == other.part(1);
    }

    private int part(int at) {
        return at < parts.size() ? parts.get(at) : 0;
    }

    @Override
    public String toString() {
        return String.join(".", parts.stream().map(String::valueOf).toList());
    }
}
