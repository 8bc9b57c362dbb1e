package dev.wellhead.spring;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The pages of the documentation that list the errors, which lie beside this class in the jar. */
final class ErrorTable {
    private static final List<String> PAGES =
            List.of("spring", "pool", "migrate", "redis", "cache", "ratelimit", "backup");

    private ErrorTable() {}

    /** Returns what to do about an error: the last column of its row. Empty if no page lists it. */
    static Optional<String> cure(String code) {
        for (String page : PAGES) {
            Optional<String> cure = cure(page, code);
            if (cure.isPresent()) {
                return cure;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> cure(String page, String code) {
        try (InputStream in = ErrorTable.class.getResourceAsStream("errors/" + page + ".md")) {
            if (in == null) {
                return Optional.empty();
            }
            return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line ->
                            line.startsWith("|") && line.replace("`", "").contains("| " + code + " |"))
                    .map(ErrorTable::lastColumn)
                    .findFirst();
        } catch (IOException e) {
            // It is a help for people, and the message is there without it.
            return Optional.empty();
        }
    }

    private static String lastColumn(String row) {
        String inner = row.substring(0, row.lastIndexOf('|'));
        return inner.substring(inner.lastIndexOf('|') + 1).strip().replace("`", "");
    }
}
