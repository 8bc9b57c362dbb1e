package dev.wellhead.examples.prediction;

import dev.wellhead.jdbc.Transaction;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Writes who did what, in the transaction that did it. Thread-safe. */
final class AuditLog {
    private final Ids ids;

    AuditLog(Ids ids) {
        this.ids = ids;
    }

    void record(Transaction tx, String actor, String action, String subject) throws SQLException {
        try (PreparedStatement insert = tx.connection()
                .prepareStatement("insert into audit_log (id, actor, action, subject) values (?, ?, ?, ?)")) {
            insert.setString(1, ids.next());
            insert.setString(2, actor);
            insert.setString(3, action);
            insert.setString(4, subject);
            insert.executeUpdate();
        }
    }
}
