package dev.wellhead.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.jdbc.internal.Catalog;
import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SortedSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;

/** A database of its own, migrations for it, and what a test asks of them. */
abstract class MigratorFixture {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    static final Migration USERS = Migration.of(
            "001", "create users", "create table users (id int); insert into users values (1);", "drop table users");
    static final Migration ORDERS = Migration.of(
            "002",
            "create orders",
            "create table orders (id int);\ncreate index orders_id on orders (id);",
            "drop table orders");
    static final Migration NAMES = Migration.of(
            "010", "names", "alter table users add column name text", "alter table users drop column name");
    static final Migration BROKEN = Migration.of(
            "003", "broken", "create table half (id int);\n\ninsert into nowhere values (1);", "drop table half");

    final TestDatabase database = create();
    final SortedSet<String> empty = schema();

    abstract TestDatabase create();

    @AfterEach
    void drop() {
        database.close();
    }

    Migrator.Builder builder(Migration... migrations) {
        return Migrator.builder(database.dataSource()).source(MigrationSource.of(migrations));
    }

    Migrator migrator(Migration... migrations) {
        return builder(migrations).build();
    }

    /** One that can make scratch databases. */
    Migrator trying(Migration... migrations) {
        return Migrator.builder(DirectDataSource.of(database.url(), database.user(), database.password()))
                .source(MigrationSource.of(migrations))
                .build();
    }

    String history() {
        return database.queryOne("select "
                + (database.url().startsWith("jdbc:sqlite") ? "group_concat(version)" : "string_agg(version, ',')")
                + " from (select version from schema_migrations order by length(version), version) v");
    }

    SortedSet<String> schema() {
        try (Connection connection = database.dataSource().getConnection()) {
            return Catalog.of(connection).describe();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    static MigrationException refusal(String code, ThrowingCallable call) {
        MigrationException refusal = catchThrowableOfType(MigrationException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.code()).as(refusal.getMessage()).isEqualTo(code);
        return refusal;
    }
}
