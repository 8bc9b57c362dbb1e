package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.jdbc.DirectDataSource;
import dev.wellhead.testkit.PostgresServer;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * Invariant: whatever a database holds, its restore holds the same, as somebody tells who knows nothing of backups; and
 * those who write meanwhile are in it with whole transactions.
 */
class PostgresRoundTripTest {
    @Tag("thorough")
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void hundredsOfDatabasesComeBackAsTheyWere(
            @ForAll("tables") List<RandomTable> tables, @ForAll("largeObjects") List<String> largeObjects)
            throws Exception {
        databaseComesBackAsItWas(tables, largeObjects);
    }

    @Property(tries = 8, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void databaseComesBackAsItWas(
            @ForAll("tables") List<RandomTable> tables, @ForAll("largeObjects") List<String> largeObjects)
            throws Exception {
        Path store = Files.createTempDirectory("round-trip");
        try (TestDatabase source = TestDatabase.postgres()) {
            create(source, tables, largeObjects);
            DirectDataSource direct = DirectDataSource.of(source.url(), source.user(), source.password());
            Backups backups = Backups.builder(Database.postgres(direct), BackupStore.directory(store))
                    .workers(2)
                    .build();
            String id = Transfers.during(source, () -> backups.create().id());
            String name = "round_" + source.name();
            try {
                VerifyReport report = backups.verify(id);
                backups.restore(id, RestoreTarget.newDatabase(name));

                assertThat(report.problems()).isEmpty();
                DirectDataSource restored = direct.onDatabase(name);
                assertThat(PostgresContent.of(restored)).containsExactlyElementsOf(PostgresContent.of(direct));
                try (Connection connection = restored.getConnection()) {
                    assertThat(PostgresSession.queryOne(connection, Transfers.INVARIANT))
                            .isEqualTo("1000 0");
                }
            } finally {
                PostgresServer.shared().administrate("drop database if exists " + name + " with (force)");
            }
        } finally {
            PrivateFiles.deleteTree(store);
        }
    }

    private static void create(TestDatabase source, List<RandomTable> tables, List<String> largeObjects)
            throws Exception {
        List<String> statements = new ArrayList<>(PostgresType.OWN);
        statements.add("create schema \"Odd \"\"schema\"");
        statements.add("create function refuse() returns trigger language plpgsql as"
                + " $$ begin raise exception 'a trigger has fired'; end $$");
        for (int i = 0; i < tables.size(); i++) {
            statements.addAll(tables.get(i).statements(i));
        }
        for (String content : largeObjects) {
            statements.add("select lo_from_bytea(0, '\\x" + content + "')");
        }
        statements.addAll(Transfers.SCHEMA);
        try (Connection connection = source.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // Braces and question marks are meant as they stand.
            statement.setEscapeProcessing(false);
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Provide
    Arbitrary<List<RandomTable>> tables() {
        return RandomTable.any().list().ofMinSize(1).ofMaxSize(10);
    }

    @Provide
    Arbitrary<List<String>> largeObjects() {
        Arbitrary<Integer> length = Arbitraries.of(0, 1, 2047, 2048, 2049, 5000);
        Arbitrary<String> digits = Arbitraries.of("00", "ff", "5c", "27");
        return Combinators.combine(digits, length).as(String::repeat).list().ofMaxSize(3);
    }
}
