package dev.wellhead.migrate.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a migration's file says.
 *
 * @param version the version as written, with dots between its parts
 * @param description the words after it
 * @param convention whose the name is; null for {@code 001_name.down.sql}, which two of them have
 * @param down whether the file takes the migration back
 */
public record FileName(
        String version, String description, @Nullable Convention convention, boolean down) {
    private static final Pattern NUMBERED =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)*)_([^/]+?)(\\.up|\\.down)?\\.sql", Pattern.DOTALL);
    private static final Pattern LETTERED =
            Pattern.compile("([VU])([0-9]+(?:[._][0-9]+)*)__([^/]+)\\.sql", Pattern.DOTALL);
    private static final Pattern FOLDER =
            Pattern.compile("([0-9]+(?:[.-][0-9]+)*)_([^/]+)/(up|down)\\.sql", Pattern.DOTALL);

    /** What a name must look like, for messages. */
    public static final String SCHEMES = "001_name.sql with 001_name.down.sql, 001_name.up.sql with 001_name.down.sql,"
            + " V1__name.sql with U1__name.sql, or 001_name/up.sql with 001_name/down.sql";

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
        {"R__.*", "there are no repeatable migrations"},
        {"B[0-9].*", "baselines are not files; history().baseline(...) begins a history"},
        {"(before|after)[A-Z].*", "callbacks are not files"},
        {"[0-9.]+\\.sql", "behind the version stand an underscore and a description"},
        {"[0-9]+.*", "an underscore stands between version and description"},
    };

    /** A family of names, of which one folder has one. */
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
        GOOSE("-- +goose Up");

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
        Matcher folder = FOLDER.matcher(name);
        if (folder.matches()) {
            // A dash only parts the digits of a date.
            return new FileName(
                    folder.group(1).replace("-", ""),
                    words(folder.group(2)),
                    Convention.FOLDERS,
                    folder.group(3).equals("down"));
        }
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches() && hint(0, name) == null) {
            String ending = numbered.group(3);
            boolean down = ".down".equals(ending);
            Convention convention = ending == null ? Convention.NUMBERED : down ? null : Convention.PAIRED;
            return new FileName(numbered.group(1), words(numbered.group(2)), convention, down);
        }
        Matcher lettered = LETTERED.matcher(name);
        if (lettered.matches()) {
            return new FileName(
                    lettered.group(2).replace('_', '.'),
                    words(lettered.group(3)),
                    Convention.LETTERED,
                    lettered.group(1).equals("U"));
        }
        return null;
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
