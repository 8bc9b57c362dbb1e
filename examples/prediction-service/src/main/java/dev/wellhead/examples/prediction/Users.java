package dev.wellhead.examples.prediction;

import dev.wellhead.jdbc.Transactions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The users' table: create, read, update, delete, and pages by key rather than by offset. Thread-safe. */
final class Users {
    private final DataSource reads;
    private final Transactions writes;
    private final AuditLog audit;
    private final Ids ids;

    Users(DataSource reads, DataSource writes, AuditLog audit, Ids ids) {
        this.reads = reads;
        this.writes = Transactions.on(writes);
        this.audit = audit;
        this.ids = ids;
    }

    /** Returns the new user; empty if the address is taken. */
    Optional<User> create(String email, String name) throws SQLException {
        User user = new User(ids.next(), email, name);
        return writes.call(tx -> {
            // Asks and acts in one statement: two requests with the same address cannot both win.
            try (PreparedStatement insert = tx.connection()
                    .prepareStatement("insert into users (id, email, name) values (?, ?, ?) on conflict do nothing")) {
                insert.setString(1, user.id());
                insert.setString(2, email);
                insert.setString(3, name);
                if (insert.executeUpdate() == 0) {
                    return Optional.empty();
                }
            }
            audit.record(tx, user.id(), "create user", user.id());
            return Optional.of(user);
        });
    }

    Optional<User> find(String id) throws SQLException {
        try (Connection connection = reads.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("select id, email, name from users where id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(read(rows)) : Optional.empty();
            }
        }
    }

    /** Returns the users after this id, oldest first: the next page costs the same however far it is. */
    List<User> page(@Nullable String after, int limit) throws SQLException {
        try (Connection connection = reads.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "select id, email, name from users where id > ? order by id limit ?")) {
            query.setString(1, after == null ? "" : after);
            query.setInt(2, limit);
            try (ResultSet rows = query.executeQuery()) {
                List<User> page = new ArrayList<>();
                while (rows.next()) {
                    page.add(read(rows));
                }
                return page;
            }
        }
    }

    /** Returns whether there is such a user, who is renamed then. */
    boolean rename(String id, String name) throws SQLException {
        return change("update users set name = ? where id = ?", "rename user", id, name);
    }

    /** Returns whether there was such a user. */
    boolean delete(String id) throws SQLException {
        return change("delete from users where id = ?", "delete user", id);
    }

    private boolean change(String sql, String action, String id, String... before) throws SQLException {
        return writes.call(tx -> {
            try (PreparedStatement statement = tx.connection().prepareStatement(sql)) {
                for (int i = 0; i < before.length; i++) {
                    statement.setString(i + 1, before[i]);
                }
                statement.setString(before.length + 1, id);
                if (statement.executeUpdate() == 0) {
                    return false;
                }
            }
            audit.record(tx, id, action, id);
            return true;
        });
    }

    private static User read(ResultSet rows) throws SQLException {
        return new User(rows.getString("id"), rows.getString("email"), rows.getString("name"));
    }
}
