package dev.wellhead.migrate.internal;

import org.jspecify.annotations.Nullable;

/**
 * What the name of a migration's file says.
 *
 * @param version the version as written, with dots between its parts
 * @param description the words after it
 * @param down whether the file takes the migration back
 */
public record FileName(String version, String description, boolean down) {
    private static final String SUFFIX = ".sql";
    private static final String UP = ".up";
    private static final String DOWN = ".down";

    /** What a name must look like, for messages. */
    public static final String SCHEMES =
            "001_name.sql with 001_name.down.sql, 001_name.up.sql with 001_name.down.sql, or V1__name.sql with U1__name.sql";

    /** Reads the name of a file without its folder; null if it follows none of the {@link #SCHEMES}. */
    public static @Nullable FileName parse(String name) {
        // By hand: with thousands of files, patterns are a good part of what a start costs.
        if (!name.endsWith(SUFFIX)) {
            return null;
        }
        String stem = name.substring(0, name.length() - SUFFIX.length());
        boolean lettered = stem.startsWith("V") || stem.startsWith("U");
        int from = lettered ? 1 : 0;
        int to = endOfVersion(stem, from, lettered);
        String divider = lettered ? "__" : "_";
        String words = stem.startsWith(divider, to) ? stem.substring(to + divider.length()) : "";
        if (to == from || words.isEmpty()) {
            return null;
        }
        if (lettered) {
            return new FileName(stem.substring(from, to).replace('_', '.'), words(words), stem.startsWith("U"));
        }
        return new FileName(
                stem.substring(0, to),
                words(hasMore(words, UP) ? without(UP, words) : without(DOWN, words)),
                hasMore(words, DOWN));
    }

    private static int endOfVersion(String stem, int from, boolean lettered) {
        int end = endOfDigits(stem, from);
        int next = end;
        while (next > from
                && next < stem.length()
                && (stem.charAt(next) == '.' || (lettered && stem.charAt(next) == '_'))) {
            next = endOfDigits(stem, next + 1);
            if (next == end + 1) {
                return end;
            }
            end = next;
        }
        return end;
    }

    private static int endOfDigits(String stem, int from) {
        int end = from;
        while (end < stem.length() && stem.charAt(end) >= '0' && stem.charAt(end) <= '9') {
            end++;
        }
        return end;
    }

    private static String without(String ending, String words) {
        return hasMore(words, ending) ? words.substring(0, words.length() - ending.length()) : words;
    }

    private static boolean hasMore(String words, String ending) {
        return words.length() > ending.length() && words.endsWith(ending);
    }

    private static String words(String name) {
        return name.replace('_', ' ').strip();
    }
}
