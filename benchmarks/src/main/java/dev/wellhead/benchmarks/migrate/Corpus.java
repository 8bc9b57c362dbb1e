package dev.wellhead.benchmarks.migrate;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Folders of migrations that all contenders read: names as Flyway and we take them, with the comments that Liquibase wants. The
 * files go round: CREATE TABLE, CREATE INDEX, two ALTER TABLE, two INSERT and UPDATE, CREATE VIEW.
 */
public final class Corpus {
    /** The file that Liquibase starts from; it takes in all others. */
    public static final String CHANGELOG = "changelog.xml";

    private static final int CYCLE = 7;
    private static final int STATEMENT_LENGTH = 4000;

    private Corpus() {}

    /** Makes a folder of this many migrations, unless it is there. */
    public static Path folder(Path parent, int files) throws IOException {
        Path folder = parent.resolve("corpus-" + files);
        if (!Files.exists(folder.resolve(CHANGELOG))) {
            Files.createDirectories(folder);
            for (int i = 0; i < files; i++) {
                write(folder, i, sql(i));
            }
            // The last one, so that a folder which was left half done is made again.
            Files.writeString(folder.resolve(CHANGELOG), """
                    <databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog"
                        xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                        xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog
                            http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">
                      <includeAll path="." endsWithFilter=".sql" relativeToChangelogFile="true"/>
                    </databaseChangeLog>
                    """);
        }
        return folder;
    }

    /** Makes a folder of one script of this many bytes, inserts of some 4 kB each, unless it is there. */
    public static Path large(Path parent, long bytes) throws IOException {
        Path folder = parent.resolve("large-" + bytes);
        Path script = folder.resolve("V1__large.sql");
        if (!Files.exists(script)) {
            Files.createDirectories(folder);
            Path partial = folder.resolve("partial");
            String insert = "INSERT INTO large (word) VALUES ('" + "x".repeat(STATEMENT_LENGTH) + "');\n";
            try (BufferedWriter out = Files.newBufferedWriter(partial)) {
                out.write("CREATE TABLE large (word text);\n");
                for (long written = 0; written < bytes; written += insert.length()) {
                    out.write(insert);
                }
            }
            Files.move(partial, script);
        }
        return folder;
    }

    private static void write(Path folder, int number, String sql) throws IOException {
        String name = String.format(Locale.ROOT, "V%05d__step.sql", number + 1);
        Files.writeString(
                folder.resolve(name), "--liquibase formatted sql\n--changeset bench:" + (number + 1) + "\n" + sql);
    }

    private static String sql(int number) {
        String table = "t" + number / CYCLE;
        return switch (number % CYCLE) {
            case 0 -> "CREATE TABLE " + table + " (id integer PRIMARY KEY, name text NOT NULL);\n";
            case 1 -> "CREATE INDEX " + table + "_name ON " + table + " (name);\n";
            case 2 -> "ALTER TABLE " + table + " ADD COLUMN amount integer;\n";
            case 3 -> "ALTER TABLE " + table + " ADD COLUMN note text;\n";
            case 4 -> insertAndUpdate(table, 1);
            case 5 -> insertAndUpdate(table, 2);
            default -> "CREATE VIEW " + table + "_view AS SELECT id, name FROM " + table + ";\n";
        };
    }

    private static String insertAndUpdate(String table, int id) {
        return "INSERT INTO " + table + " (id, name) VALUES (" + id + ", 'a');\n" + "UPDATE " + table
                + " SET amount = 1 WHERE id = " + id + ";\n";
    }
}
