package dev.wellhead.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wellhead.backup.internal.PrivateFiles;
import dev.wellhead.testkit.TestDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
 * Invariant: whatever a file holds, its restore holds the same, value by value in its storage class; and those who write
 * meanwhile are in it with whole transactions.
 */
class SqliteRoundTripTest {
    private static final String TABLES =
            "select name from sqlite_master where type = 'table' and name not like 'transfer\\_%' escape '\\' order by 1";

    /** A table: how it is declared, and rows of literals, one for each column. */
    record Shape(String definition, int columns, List<String> more) {}

    record RandomFile(List<String> statements) {}

    private static final List<Shape> SHAPES = List.of(
            new Shape("(a, b integer, c real, d text, e blob, f numeric)", 6, List.of()),
            new Shape("(a integer primary key autoincrement, b)", 1, List.of()),
            new Shape("(a text, b, primary key (b, a)) without rowid", 2, List.of()),
            new Shape("(a any, b any, c blob) strict", 2, List.of()),
            new Shape("(a, b generated always as (typeof(a)) stored, c as (a || 'x') virtual)", 1, List.of()),
            new Shape(
                    "(\"select\" collate nocase, \"a b\", \"quo\"\"te\" default 'x''y')",
                    3,
                    List.of("create index \"by % {n}\" on {t} (\"a b\" desc) where \"a b\" is not null")),
            new Shape(
                    "(a check (a is null or typeof(a) <> ''), b)",
                    2,
                    List.of(
                            "create view \"seen {n}\" as select b, count(*) from {t} group by b",
                            "create trigger \"guard {n}\" before insert on {t} begin select raise(abort, 'fired'); end")));

    @Tag("thorough")
    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void hundredsOfFilesComeBackAsTheyWere(@ForAll("files") RandomFile file) throws Exception {
        fileComesBackAsItWas(file);
    }

    @Property(tries = 12, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.BOUNDED)
    void fileComesBackAsItWas(@ForAll("files") RandomFile file) throws Exception {
        Path folder = Files.createTempDirectory("round-trip");
        try (TestDatabase source = TestDatabase.sqlite()) {
            source.execute(file.statements().toArray(String[]::new));
            source.execute(Transfers.SCHEMA.toArray(String[]::new));
            Backups backups = Backups.builder(
                            Database.sqlite(Path.of(source.name())), BackupStore.directory(folder.resolve("store")))
                    .build();
            String id = Transfers.during(source, () -> backups.create().id());
            Path restored = folder.resolve("restored.db");

            VerifyReport report = backups.verify(id);
            backups.restore(id, RestoreTarget.file(restored));

            assertThat(report.problems()).isEmpty();
            assertThat(content("jdbc:sqlite:" + restored)).containsExactlyElementsOf(content(source.url()));
            assertThat(lines("jdbc:sqlite:" + restored, Transfers.INVARIANT)).containsExactly("1000 0");
        } finally {
            PrivateFiles.deleteTree(folder);
        }
    }

    private static List<String> content(String url) throws SQLException {
        List<String> lines = new ArrayList<>();
        lines.addAll(lines(url, "select concat_ws('|', type, name, tbl_name, sql) from sqlite_master order by 1"));
        lines.addAll(lines(url, "pragma user_version"));
        lines.addAll(lines(url, "pragma application_id"));
        for (String table : lines(url, TABLES)) {
            for (String column :
                    lines(url, "select name from pragma_table_xinfo(" + literal(table) + ") order by cid")) {
                String quoted = quoted(column);
                lines.addAll(lines(
                        url,
                        "select " + literal(table + "." + column) + " || typeof(" + quoted + ") || ' ' || quote("
                                + quoted + ") || ' ' || coalesce(hex(" + quoted + "), '') from " + quoted(table)
                                + " order by 1"));
            }
        }
        return lines;
    }

    private static List<String> lines(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        }
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Provide
    Arbitrary<RandomFile> files() {
        Arbitrary<String> pragmas = Arbitraries.of(
                "pragma journal_mode = wal",
                "pragma user_version = 7",
                "pragma application_id = 424242",
                "pragma foreign_keys = on");
        Arbitrary<String> pages =
                Arbitraries.of("pragma page_size = 512", "pragma page_size = 4096", "pragma page_size = 65536");
        Arbitrary<String> encodings = Arbitraries.of(
                "pragma encoding = 'UTF-8'", "pragma encoding = 'UTF-16le'", "pragma encoding = 'UTF-16be'");
        return Combinators.combine(
                        pages, encodings, pragmas, table().list().ofMinSize(1).ofMaxSize(6))
                .as((page, encoding, pragma, tables) -> {
                    List<String> statements = new ArrayList<>(List.of(page, encoding, pragma));
                    for (int i = 0; i < tables.size(); i++) {
                        int number = i;
                        tables.get(i).forEach(sql -> statements.add(sql.replace("{n}", String.valueOf(number))));
                    }
                    return new RandomFile(statements);
                });
    }

    private static Arbitrary<List<String>> table() {
        Arbitrary<String> names =
                Arbitraries.of("t", "select", "a b", "quo\"te", "\u00fc\ud83d\ude00", "semi;colon", "per%cent", "'");
        return Combinators.combine(names, Arbitraries.of(SHAPES))
                .flatAs((name, shape) -> values().list()
                        .ofSize(shape.columns())
                        .list()
                        .ofMaxSize(8)
                        .map(rows -> statements(quoted(name + "{n}"), shape, rows)));
    }

    private static List<String> statements(String table, Shape shape, List<List<String>> rows) {
        List<String> statements = new ArrayList<>();
        statements.add("create table " + table + " " + shape.definition());
        for (List<String> row : rows) {
            // What a key or a strict column refuses is left out.
            statements.add(
                    "insert or ignore into " + table + columns(shape) + " values (" + String.join(", ", row) + ")");
        }
        shape.more().forEach(sql -> statements.add(sql.replace("{t}", table)));
        return statements;
    }

    private static String columns(Shape shape) {
        if (shape.definition().contains("autoincrement")) {
            return " (b)";
        }
        if (shape.definition().contains("generated")) {
            return " (a)";
        }
        return shape.definition().contains("strict") ? " (a, b)" : "";
    }

    /** Values of every storage class, in SQL. */
    private static Arbitrary<String> values() {
        Arbitrary<String> text = Arbitraries.strings()
                .withCharRange('\u0001', '\ud7ff')
                .withCharRange('\ue000', '\ufffd')
                .ofMaxLength(12)
                .map(SqliteRoundTripTest::literal);
        Arbitrary<String> blob = Arbitraries.integers()
                .between(0, 255)
                .list()
                .ofMaxSize(20)
                .map(bytes -> {
                    StringBuilder hex = new StringBuilder("x'");
                    bytes.forEach(b -> hex.append(String.format(Locale.ROOT, "%02x", b)));
                    return hex.append('\'').toString();
                });
        return Arbitraries.oneOf(
                text,
                blob,
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.doubles().map(String::valueOf),
                Arbitraries.of(
                        "null",
                        "''",
                        "x''",
                        "0",
                        "-1",
                        "9223372036854775807",
                        "-9223372036854775808",
                        "0.0",
                        "1.0",
                        "9e999",
                        "-9e999",
                        "5e-324",
                        "'1'",
                        "'1.0'",
                        "'null'",
                        "zeroblob(70000)",
                        "cast(x'610062' as text)",
                        "cast(x'ff' as text)",
                        "printf('%.*c', 9000, 'x')"));
    }
}
