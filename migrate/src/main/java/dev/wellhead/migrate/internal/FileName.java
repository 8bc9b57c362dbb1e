package dev.wellhead.migrate.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a migration's file says.
 *
 * @param version the version as written, with dots between its parts
 * @param description the words after it
 * @param down whether the file takes the migration back
 */
public record FileName(String version, String description, boolean down) {
    private static final Pattern NUMBERED =
            Pattern.compile("([0-9]+(?:\\.[0-9]+)*)_(.+?)(\\.up|\\.down)?\\.sql", Pattern.DOTALL);
    private static final Pattern LETTERED =
            Pattern.compile("([VU])([0-9]+(?:[._][0-9]+)*)__(.+)\\.sql", Pattern.DOTALL);

    /** What a name must look like, for messages. */
    public static final String SCHEMES =
            "001_name.sql with 001_name.down.sql, 001_name.up.sql with 001_name.down.sql, or V1__name.sql with U1__name.sql";

    /** Reads the name of a file without its folder; null if it follows none of the {@link #SCHEMES}. */
    public static @Nullable FileName parse(String name) {
        Matcher numbered = NUMBERED.matcher(name);
        if (numbered.matches()) {
            return new FileName(numbered.group(1), words(numbered.group(2)), ".down".equals(numbered.group(3)));
        }
        Matcher lettered = LETTERED.matcher(name);
        if (lettered.matches()) {
            return new FileName(
                    lettered.group(2).replace('_', '.'),
                    words(lettered.group(3)),
                    lettered.group(1).equals("U"));
        }
        return null;
    }

    private static String words(String name) {
        return name.replace('_', ' ').strip();
    }
}
