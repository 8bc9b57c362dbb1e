package dev.wellhead.jdbc.internal;

/**
 * A table's full name.
 *
 * @param schema the schema; {@code main} on SQLite
 * @param name the name within it
 */
public record TableName(String schema, String name) implements Comparable<TableName> {
    /** Returns the quoted full name, fit for SQL. */
    public String quoted() {
        return Identifiers.quote(schema, name);
    }

    @Override
    public int compareTo(TableName other) {
        int bySchema = schema.compareTo(other.schema);
        return bySchema != 0 ? bySchema : name.compareTo(other.name);
    }

    /** Returns {@code schema.name}, for people. */
    @Override
    public String toString() {
        return schema + "." + name;
    }
}
