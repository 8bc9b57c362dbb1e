package dev.wellhead.backup;

import dev.wellhead.jdbc.internal.RowSum;
import dev.wellhead.jdbc.internal.TableName;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/**
 * How rows travel. Binary is about half the work of text, for the server and on the way. But what an array, a row or a name
 * of an object is in binary holds object ids, which another database does not know, and a few types have no binary form:
 * tables with such columns go as text.
 */
enum CopyFormat {
    /** PostgreSQL's own, the same on all of its machines and, of the types that are sent so, in all of its releases. */
    BINARY("binary") {
        private static final int HEADER = 19;

        @Override
        void sum(RowSum sum, byte[] message, boolean first) {
            // What stands at the beginning comes with the first row, and what stands at the end by itself.
            int from = first ? Math.min(HEADER, message.length) : 0;
            int length = message.length - from;
            if (length > 0 && !isTrailer(message, from, length)) {
                sum.add(message, from, length);
            }
        }

        private static boolean isTrailer(byte[] message, int from, int length) {
            return length == 2 && message[from] == -1 && message[from + 1] == -1;
        }
    },
    /** A line for each row. Every type has it. */
    TEXT("text") {
        @Override
        void sum(RowSum sum, byte[] message, boolean first) {
            sum.add(message, 0, message.length);
        }
    };

    // Those whose binary form is the same in every database, and is read back: that of an empty tsquery is not. Domains
    // are sent as what they are made of.
    private static final String NOT_BINARY = """
            with recursive types (oid, base) as (
                select oid, oid from pg_type where typtype <> 'd'
                union all
                select d.oid, t.base from pg_type d join types t on t.oid = d.typbasetype where d.typtype = 'd')
            select distinct n.nspname, c.relname
            from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                join types y on y.oid = a.atttypid join pg_type t on t.oid = y.base
            where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                and not (t.typtype = 'e' or (t.oid < 16384 and t.typtype in ('b', 'r', 'm') and t.typsend <> 0
                    and t.typname !~ '^_?(reg|pg_|aclitem|gtsvector|tsquery)'))""";

    private final String word;

    CopyFormat(String word) {
        this.word = word;
    }

    /** Returns its name in manifests. */
    String word() {
        return word;
    }

    /**
     * Returns the format of this name.
     *
     * @throws IOException if this version of Wellhead does not know it
     */
    static CopyFormat of(String word, TableName table) throws IOException {
        for (CopyFormat format : values()) {
            if (format.word.equals(word)) {
                return format;
            }
        }
        throw new IOException("table " + table + " is stored as '" + word
                + "', which this version of Wellhead cannot read; use a newer one");
    }

    /** Returns the tables that go as text. */
    static Set<TableName> textOnly(Connection connection) throws SQLException {
        Set<TableName> tables = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(NOT_BINARY)) {
            while (rows.next()) {
                tables.add(new TableName(rows.getString(1), rows.getString(2)));
            }
        }
        return tables;
    }

    /** Returns what stands behind {@code COPY ... TO STDOUT} or {@code FROM STDIN}. */
    String options() {
        return " with (format " + word + (this == TEXT ? ", encoding 'UTF8')" : ")");
    }

    /**
     * Adds the row of a message, if it has one. The server sends each row in a message of its own.
     *
     * @param first whether it is the first message
     */
    abstract void sum(RowSum sum, byte[] message, boolean first);
}
