package dev.wellhead.examples.gameday;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A line of a replica's log. */
record LogLine(Instant time, String level, String message) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the lines that were written since then. What is no JSON, as of a JVM that cannot start, counts as of now. */
    static List<LogLine> since(Instant from, Path log) {
        List<LogLine> lines = new ArrayList<>();
        String text;
        try {
            text = Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log, e);
        }
        text.lines().filter(line -> !line.isBlank()).map(LogLine::parse).forEach(line -> {
            if (!line.time.isBefore(from)) {
                lines.add(line);
            }
        });
        return lines;
    }

    private static LogLine parse(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return new LogLine(
                    Instant.parse(json.path("time").asText()),
                    json.path("level").asText(),
                    json.path("message").asText());
        } catch (IOException | RuntimeException e) {
            // Also the last line of a process that was killed while it wrote.
            return new LogLine(Instant.MAX, "", text);
        }
    }
}
