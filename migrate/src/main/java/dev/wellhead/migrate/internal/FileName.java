package dev.wellhead.migrate.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a migration's file says.
 *
 * @param version the version as written, with dots between its parts; of a repeatable migration the name without its ending
 * @param description the words after it
 * @param convention whose the name is; null for {@code 001_name.down.sql}, which two of them have
 * @param down whether the file takes the migration back
 */
public record FileName(
        String version, String description, @Nullable Convention convention, boolean down) {
    private static final String SUFFIX = ".sql";
    private static final String UP = ".up";
    private static final String DOWN = ".down";

    /** What a name must look like, for messages. */
    public static final String SCHEMES = "001_name.sql with 001_name.down.sql, 001_name.up.sql with 001_name.down.sql,"
            + " V1__name.sql with U1__name.sql, or 001_name/up.sql with 001_name/down.sql; and R__name.sql beside any of them";

    // What people write instead, the likelier first.
    private static final String[][] NEAR = {
        {"(?i)[0-9][^/]*\\.(u+p+s?|pu|d[own]{2,5})\\.sql", "the ending is .up.sql or .down.sql, in small letters"},
        {"[^/]*/(up|down)\\.sql", "the name of the folder is a version, an underscore and a description"},
        {"[^/]*/.*", "the files of a version's folder are up.sql and down.sql"},
        {".*\\.(?i:sql)(?<!\\.sql)", "the ending is .sql, in small letters"},
        {"[vu][0-9].*", "V and U are capitals"},
        {"[VU][0-9]+([._][0-9]+)*_[^_].*", "two underscores stand behind the version"},
        {"[VU][^0-9].*", "V and U are followed by the version"},
        {"[VU].*", "behind the version stand two underscores and a description"},
        {"R__.+\\.down\\.sql", "repeatable migrations are not taken back"},
        {"[rR]_.*", "R is a capital, and two underscores and a name stand behind it"},
        {"B[0-9].*", "baselines are not files; history().baseline(...) begins a history"},
        {"(before|after)[A-Z].*", "callbacks are not files"},
        {"[0-9.]+\\.sql", "behind the version stand an underscore and a description"},
        {"[0-9]+.*", "an underscore stands between version and description"},
    };

    /** A family of names, of which one folder has one, repeatable migrations aside. */
    public enum Convention {
        /** One file, another one to take it back. */
        NUMBERED("001_name.sql"),
        /** Two files alike, as of golang-migrate. */
        PAIRED("001_name.up.sql"),
        /** As of Flyway. */
        LETTERED("V1__name.sql"),
        /** A folder for each version, as of diesel. */
        FOLDERS("001_name/up.sql"),
        /** One file with both directions, as of dbmate. */
        DBMATE("-- migrate:up"),
        /** One file with both directions, as of goose. */
        GOOSE("-- +goose Up"),
        /** To be run whenever it has changed, beside any of the others. */
        REPEATABLE("R__name.sql");

        private final String example;

        Convention(String example) {
            this.example = example;
        }

        /** Returns what it looks like. */
        @Override
        public String toString() {
            return example;
        }
    }

    /** Reads the name of a file, with the folder of its version if it is in one; null if it is none of {@link #SCHEMES}. */
    public static @Nullable FileName parse(String name) {
        if (name.indexOf('/') >= 0) {
            return inFolder(name);
        }
        // By hand: with thousands of files, patterns are a good part of what a start costs.
        if (!name.endsWith(SUFFIX)) {
            return null;
        }
        String stem = name.substring(0, name.length() - SUFFIX.length());
        if (stem.startsWith(Version.REPEATABLE)) {
            return repeatable(stem);
        }
        boolean lettered = stem.startsWith("V") || stem.startsWith("U");
        int from = lettered ? 1 : 0;
        int to = endOfVersion(stem, from, lettered);
        String divider = lettered ? "__" : "_";
        String words = stem.startsWith(divider, to) ? stem.substring(to + divider.length()) : "";
        if (to == from || words.isEmpty()) {
            return null;
        }
        String version = stem.substring(from, to);
        if (lettered) {
            return new FileName(version.replace('_', '.'), words(words), Convention.LETTERED, stem.startsWith("U"));
        }
        // A misspelt ending has a dot before it.
        return words.indexOf('.') >= 0 && hint(0, name) != null ? null : numbered(version, words);
    }

    private static @Nullable FileName repeatable(String stem) {
        String words = words(stem.substring(Version.REPEATABLE.length()));
        return words.isEmpty() || stem.endsWith(DOWN) ? null : new FileName(stem, words, Convention.REPEATABLE, false);
    }

    private static FileName numbered(String version, String words) {
        if (hasMore(words, DOWN)) {
            return new FileName(version, words(without(DOWN, words)), null, true);
        }
        return hasMore(words, UP)
                ? new FileName(version, words(without(UP, words)), Convention.PAIRED, false)
                : new FileName(version, words(words), Convention.NUMBERED, false);
    }

    private static @Nullable FileName inFolder(String name) {
        Matcher folder = Folder.NAME.matcher(name);
        if (!folder.matches()) {
            return null;
        }
        // A dash only parts the digits of a date.
        return new FileName(
                folder.group(1).replace("-", ""),
                words(folder.group(2)),
                Convention.FOLDERS,
                folder.group(3).equals("down"));
    }

    /** Compiled only where there are such folders. */
    private static final class Folder {
        static final Pattern NAME = Pattern.compile("([0-9]+(?:[.-][0-9]+)*)_([^/]+)/(up|down)\\.sql", Pattern.DOTALL);
    }

    private static int endOfVersion(String stem, int from, boolean lettered) {
        int end = endOfDigits(stem, from);
        while (end > from
                && end < stem.length()
                && (stem.charAt(end) == '.' || (lettered && stem.charAt(end) == '_'))) {
            int next = endOfDigits(stem, end + 1);
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
        return words.substring(0, words.length() - ending.length());
    }

    private static boolean hasMore(String words, String ending) {
        return words.length() > ending.length() && words.endsWith(ending);
    }

    /** Returns what is wrong with a name that {@link #parse} does not know; empty if it is like none. */
    public static String hint(String name) {
        for (int i = 0; i < NEAR.length; i++) {
            String hint = hint(i, name);
            if (hint != null) {
                return hint;
            }
        }
        return "";
    }

    private static @Nullable String hint(int index, String name) {
        boolean exact = index == 0 && (name.endsWith(".up.sql") || name.endsWith(".down.sql"));
        return !exact && name.matches("(?s)" + NEAR[index][0]) ? NEAR[index][1] : null;
    }

    private static String words(String name) {
        return name.replace('_', ' ').strip();
    }
}
