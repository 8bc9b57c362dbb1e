package dev.wellhead.migrate;

import dev.wellhead.migrate.internal.Placeholders;
import dev.wellhead.migrate.internal.Version;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One step of a schema: a version, the SQL or Java code that takes the schema there, and what takes it back, if there is
 * any. Or a repeatable migration: SQL that runs behind all versions whenever it has changed. Immutable and thread-safe.
 */
public final class Migration {
    private final Version number;
    private final String version;
    private final String description;
    private final SqlText up;
    private final @Nullable SqlText down;
    private final String origin;
    private final String downOrigin;
    private final Placeholders placeholders;

    private Migration(
            String version,
            String description,
            SqlText up,
            @Nullable SqlText down,
            String origin,
            String downOrigin,
            Placeholders placeholders) {
        this.number = Version.parse(version);
        this.version = version;
        this.description = Objects.requireNonNull(description, "description");
        this.up = up;
        this.down = down;
        this.origin = origin;
        this.downOrigin = downOrigin;
        this.placeholders = placeholders;
    }

    /**
     * Returns a migration that cannot be taken back.
     *
     * @param version numbers between dots: {@code 7}, {@code 007} or {@code 1.2}
     * @param up SQL statements, divided by semicolons
     * @throws IllegalArgumentException if the version is anything else
     */
    public static Migration of(String version, String description, String up) {
        return numbered(version, description, SqlText.of(Objects.requireNonNull(up, "up")));
    }

    /**
     * Returns a migration that can be taken back.
     *
     * @param version numbers between dots: {@code 7}, {@code 007} or {@code 1.2}
     * @param up SQL statements, divided by semicolons
     * @param down SQL statements that undo all that {@code up} does
     * @throws IllegalArgumentException if the version is anything else
     */
    public static Migration of(String version, String description, String up, String down) {
        SqlText text = SqlText.of(Objects.requireNonNull(down, "down"));
        return of(version, description, up).withDown("version " + version + " (down)", text);
    }

    /**
     * Returns a migration in Java that cannot be taken back.
     *
     * @param version numbers between dots: {@code 7}, {@code 007} or {@code 1.2}
     * @throws IllegalArgumentException if the version is anything else
     */
    public static Migration of(String version, String description, MigrationCode up) {
        return numbered(version, description, SqlText.of(Objects.requireNonNull(up, "up")));
    }

    /**
     * Returns a migration in Java that can be taken back.
     *
     * @param version numbers between dots: {@code 7}, {@code 007} or {@code 1.2}
     * @param down undoes all that {@code up} does
     * @throws IllegalArgumentException if the version is anything else
     */
    public static Migration of(String version, String description, MigrationCode up, MigrationCode down) {
        SqlText code = SqlText.of(Objects.requireNonNull(down, "down"));
        return of(version, description, up).withDown("version " + version + " (down)", code);
    }

    /**
     * Returns a migration that is run behind all versions, and again whenever its SQL has changed or a version was taken
     * back: views, functions, grants. It must find its way from whatever an earlier edition left, as {@code create or
     * replace} does.
     *
     * @param name orders it among its like, and is its version with {@code R__} before it
     * @param sql SQL statements, divided by semicolons
     * @throws IllegalArgumentException if the name is blank
     */
    public static Migration repeatable(String name, String sql) {
        String words = name.replace('_', ' ').strip();
        if (words.isEmpty()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        String version = Version.REPEATABLE + name;
        SqlText text = SqlText.of(Objects.requireNonNull(sql, "sql"));
        return new Migration(version, words, text, null, version, version, Placeholders.NONE);
    }

    private static Migration numbered(String version, String description, SqlText up) {
        Version.parseNumber(version);
        String origin = "version " + version;
        return new Migration(version, description, up, null, origin, origin + " (down)", Placeholders.NONE);
    }

    static Migration ofFile(String version, String description, String file, SqlText up) {
        return new Migration(version, description, up, null, file, file, Placeholders.NONE);
    }

    Migration withDown(String file, SqlText sql) {
        return new Migration(version, description, up, sql, origin, file, placeholders);
    }

    Migration withPlaceholders(Placeholders given) {
        return new Migration(version, description, up, down, origin, downOrigin, given);
    }

    /**
     * Returns the version as its author wrote it; {@code 001} and {@code 1} are the same version all the same. Of a repeatable
     * migration it is {@code R__} and its name.
     */
    public String version() {
        return version;
    }

    /** Returns whether it is run again whenever it has changed, rather than once. */
    public boolean isRepeatable() {
        return number.isRepeatable();
    }

    /** Returns what the migration is about, in a few words. */
    public String description() {
        return description;
    }

    /**
     * Returns the SQL that takes the schema to this version, all of it; that of a large file is read each time. Where one
     * file holds both directions, the lines before it are blank. Placeholders stand in it as they are written. For Java code
     * stands a comment.
     *
     * @throws MigrationException if the file cannot be read
     */
    public String up() {
        return up.text();
    }

    /**
     * Returns the SQL that takes the schema back to the version before, all of it.
     *
     * @throws MigrationException if the file cannot be read
     */
    public Optional<String> down() {
        return Optional.ofNullable(down).map(SqlText::text);
    }

    SqlText upText() {
        return up;
    }

    @Nullable SqlText downText() {
        return down;
    }

    /** Returns where it comes from, for messages: the name of its file, or the version if it has none. */
    public String origin() {
        return origin;
    }

    String downOrigin() {
        return downOrigin;
    }

    Placeholders placeholders() {
        return placeholders;
    }

    Version number() {
        return number;
    }

    /** Returns version, description and origin, not the SQL. */
    @Override
    public String toString() {
        return version + " " + description + " (" + origin + ")";
    }
}
