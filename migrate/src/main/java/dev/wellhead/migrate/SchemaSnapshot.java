package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.CatalogObject;
import dev.wellhead.migrate.internal.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a schema consists of, in a canonical text: equal schemas have equal texts, in whatever order their objects
 * were made, and a text can be kept and compared later. Immutable and thread-safe.
 *
 * <p>Objects are tables, columns with their order, constraints, indexes, views, sequences, routines, triggers, rules,
 * policies, types, extensions, comments, owners and privileges. Rows, counters of sequences, object ids, roles and
 * settings are left out. Definitions are in the words of the server; PostgreSQL 16 prints some views otherwise than 15
 * did.
 */
public final class SchemaSnapshot {
    private static final String TITLE = "wellhead schema 1";
    private static final String INDENT = "  ";

    private final SortedMap<Key, String> definitions;
    private final String text;

    /** What an object is called. Compared by kind first, so that a text reads in sections. */
    record Key(String kind, String name) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byKind = kind.compareTo(other.kind);
            return byKind != 0 ? byKind : name.compareTo(other.name);
        }
    }

    private SchemaSnapshot(SortedMap<Key, String> definitions) {
        this.definitions = definitions;
        StringBuilder lines = new StringBuilder(TITLE).append('\n');
        definitions.forEach((key, definition) -> {
            lines.append(key.kind).append(' ').append(escaped(key.name)).append('\n');
            if (!definition.isEmpty()) {
                lines.append(INDENT)
                        .append(definition.replace("\n", "\n" + INDENT))
                        .append('\n');
            }
        });
        this.text = lines.toString();
    }

    static SchemaSnapshot of(Collection<CatalogObject> objects) {
        SortedMap<Key, String> definitions = new TreeMap<>();
        for (CatalogObject object : objects) {
            // Two constraints without a name may say the same.
            definitions.merge(new Key(object.kind(), object.name()), object.definition(), (a, b) -> a + "\n" + b);
        }
        return new SchemaSnapshot(definitions);
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static SchemaSnapshot parse(String text) {
        String[] lines = text.split("\n", -1);
        if (!lines[0].equals(TITLE) || !lines[lines.length - 1].isEmpty()) {
            throw new IllegalArgumentException("a snapshot must begin with '" + TITLE + "' and end with a line end");
        }
        SortedMap<Key, String> definitions = new TreeMap<>();
        int at = 1;
        while (at < lines.length - 1) {
            String title = lines[at++];
            int space = title.indexOf(' ');
            if (space < 1) {
                throw new IllegalArgumentException("line " + at + " of a snapshot must name an object");
            }
            List<String> definition = new ArrayList<>();
            while (lines[at].startsWith(INDENT)) {
                definition.add(lines[at++].substring(INDENT.length()));
            }
            definitions.put(
                    new Key(title.substring(0, space), unescaped(title.substring(space + 1))),
                    String.join("\n", definition));
        }
        return new SchemaSnapshot(definitions);
    }

    private static String escaped(String name) {
        return name.replace("\\", "\\\\").replace("\n", "\\n");
    }

    private static String unescaped(String name) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '\\' && i + 1 < name.length()) {
                i++;
                c = name.charAt(i) == 'n' ? '\n' : name.charAt(i);
            }
            plain.append(c);
        }
        return plain.toString();
    }

    /** What became of an object. */
    public enum Change {
        /** It was there before, and is not after. */
        MISSING,
        /** It was not there before, and is after. */
        ADDED,
        /** It is there in both, and not the same. */
        CHANGED,
        /** A table has the same columns, but in another order: no content is lost, {@code SELECT *} shows it. */
        REORDERED
    }

    /**
     * One difference between two schemas.
     *
     * @param change what became of the object
     * @param kind what it is, as {@code column} or {@code index}
     * @param name its full name
     * @param before its definition in the first schema; null if it is not there
     * @param after its definition in the second schema; null if it is not there
     */
    public record Difference(
            Change change,
            String kind,
            String name,
            @Nullable String before,
            @Nullable String after) {
        Object json() {
            return Json.object("change", change, "kind", kind, "name", name, "before", before, "after", after);
        }
    }

    /** Returns the text, a line for each object with its definition in indented lines below, made for {@code diff}. */
    public String text() {
        return text;
    }

    /** Returns the SHA-256 of the text, in hexadecimal. */
    public String hash() {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JVM has SHA-256", e);
        }
    }

    /** Returns how many objects there are. */
    public int size() {
        return definitions.size();
    }

    /**
     * Returns what would have to be told to get from this schema to the other, by kind and name. With a table that is
     * missing or was added, its columns, indexes and the like are not listed.
     */
    public List<Difference> differencesTo(SchemaSnapshot other) {
        return SchemaDifferences.between(definitions, other.definitions);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SchemaSnapshot snapshot && text.equals(snapshot.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the text. */
    @Override
    public String toString() {
        return text;
    }

    /** Returns hash and objects as JSON. */
    public String toJson() {
        List<Object> objects = new ArrayList<>();
        definitions.forEach((key, definition) ->
                objects.add(Json.object("kind", key.kind, "name", key.name, "definition", definition)));
        return Json.write(Json.object("hash", hash(), "objects", objects));
    }
}
