package dev.wellhead.jdbc.internal;

import java.util.Comparator;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a database consists of, in canonical words.
 *
 * @param kind what it is, one word; see {@link #COLUMN_ORDER} for one that is no object of the database
 * @param schema the schema that it is in; null for what is in none, as an extension
 * @param table the table, view or other relation that it is part of, or is; null for what stands by itself
 * @param name its full name, quoted where that is needed; unique within its kind
 * @param definition all the rest, in the words of the server; may have several lines, and may be empty
 */
public record CatalogObject(
        String kind, @Nullable String schema, @Nullable String table, String name, String definition)
        implements Comparable<CatalogObject> {
    /** The kind that holds the names of a table's columns in their order, so that a column itself does not. */
    public static final String COLUMN_ORDER = "column-order";

    /** The kinds that say who may do what, and not what there is. */
    private static final Set<String> ACCESS = Set.of("owner", "privilege", "default-privilege");

    private static final String COMMENT = "comment";
    private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_$]*");
    private static final Comparator<CatalogObject> ORDER = Comparator.comparing(CatalogObject::kind)
            .thenComparing(CatalogObject::name)
            .thenComparing(CatalogObject::definition);

    /**
     * Names the object by schema, table and its own name, as far as each is given, with dots between; a comment by what
     * it is on.
     */
    static CatalogObject of(
            String kind, @Nullable String schema, @Nullable String table, @Nullable String own, String definition) {
        if (own != null && kind.equals(COMMENT)) {
            return new CatalogObject(kind, schema, table, own, definition);
        }
        StringBuilder name = new StringBuilder();
        for (String part : new @Nullable String[] {schema, table}) {
            if (part != null) {
                name.append(name.isEmpty() ? "" : ".").append(plain(part));
            }
        }
        if (own != null) {
            // In parentheses it is no name, but what tells this object from others of that name.
            name.append(name.isEmpty() ? "" : own.startsWith("(") ? " " : ".").append(own);
        }
        return new CatalogObject(kind, schema, table, name.toString(), definition);
    }

    /** Returns the name, in quotes unless it needs none. */
    static String plain(String name) {
        return PLAIN.matcher(name).matches() ? name : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Returns whether it says who may do what, and not what there is. */
    public boolean isAccess() {
        return ACCESS.contains(kind);
    }

    @Override
    public int compareTo(CatalogObject other) {
        return ORDER.compare(this, other);
    }

    /** Returns it in one line; what the server prints as a statement names itself. */
    @Override
    public String toString() {
        String rest = definition.startsWith("CREATE ") ? definition : name + " " + definition;
        return (kind + " " + rest).stripTrailing();
    }
}
