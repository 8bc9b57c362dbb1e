package dev.wellhead.jdbc.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.testkit.TestDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TableFingerprintTest {
    @Property(tries = 12)
    void orderDoesNotMatterButEveryRowDoes(
            @ForAll @Size(max = 20) List<Integer> values, @ForAll Random random, @ForAll int other)
            throws SQLException {
        for (TestDatabase database : List.of(TestDatabase.postgres(), TestDatabase.sqlite())) {
            try (database;
                    Connection connection = database.dataSource().getConnection()) {
                List<Integer> shuffled = new ArrayList<>(values);
                Collections.shuffle(shuffled, random);
                List<Integer> more = new ArrayList<>(values);
                more.add(other);

                TableFingerprint fingerprint = fill(database, connection, "a", values);

                assertThat(fingerprint.rows()).isEqualTo(values.size());
                assertThat(fill(database, connection, "b", shuffled)).isEqualTo(fingerprint);
                assertThat(fill(database, connection, "c", more)).isNotEqualTo(fingerprint);
            }
        }
    }

    @Test
    void sqliteStorageClassIsPartOfAValue() throws SQLException {
        try (TestDatabase database = TestDatabase.sqlite();
                Connection connection = database.dataSource().getConnection()) {
            database.execute(
                    "create table i (v)", "insert into i values (1)",
                    "create table t (v)", "insert into t values ('1')",
                    "create table r (v)", "insert into r values (1.0)",
                    "create table b (v)", "insert into b values (x'31')",
                    "create table n (v)", "insert into n values (null)");

            List<String> hashes = new ArrayList<>();
            for (String table : List.of("i", "t", "r", "b", "n")) {
                hashes.add(TableFingerprint.of(connection, new TableName("main", table))
                        .hash());
            }

            assertThat(hashes).doesNotHaveDuplicates();
        }
    }

    @Test
    void postgresSessionSettingsDoNotChangeIt() throws SQLException {
        try (TestDatabase database = TestDatabase.postgres()) {
            database.execute(
                    "create table t (f float8, d timestamptz, b bytea, i interval, t text)",
                    "insert into t values (0.1::float8 + 0.2, '2020-02-28 12:00Z', 'x', '1 day', 'y')");
            TableName table = new TableName("public", "t");
            try (Connection plain = database.dataSource().getConnection();
                    Connection odd = database.dataSource().getConnection()) {
                odd.createStatement()
                        .execute(
                                "set datestyle to 'ISO, DMY'; set timezone to 'Asia/Tokyo'; set bytea_output to 'escape';"
                                        + " set intervalstyle to 'iso_8601'; set extra_float_digits to -5");

                assertThat(TableFingerprint.of(odd, table)).isEqualTo(TableFingerprint.of(plain, table));
            }
        }
    }

    private static TableFingerprint fill(
            TestDatabase database, Connection connection, String table, List<Integer> values) throws SQLException {
        database.execute("create table " + table + " (n int)");
        boolean postgres = Dialect.of(connection) == Dialect.POSTGRESQL;
        TableName name = new TableName(postgres ? "public" : "main", table);
        try (PreparedStatement insert = connection.prepareStatement("insert into " + name.quoted() + " values (?)")) {
            for (int value : values) {
                insert.setInt(1, value);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        return TableFingerprint.of(connection, name);
    }
}
