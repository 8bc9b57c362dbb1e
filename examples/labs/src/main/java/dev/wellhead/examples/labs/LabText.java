package dev.wellhead.examples.labs;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a lab says of itself, from its {@code lab.md}: a title, and chapters, of which {@code What happens}, {@code Your
 * task} and {@code The cure} are in each.
 */
record LabText(String title, Map<String, String> chapters) {
    static final String SCENE = "What happens";
    static final String TASK = "Your task";
    static final String CURE = "The cure";

    LabText {
        if (!chapters.keySet().equals(Set.of(SCENE, TASK, CURE))) {
            throw new IllegalArgumentException(
                    "a lab has the chapters " + List.of(SCENE, TASK, CURE) + ", not " + chapters.keySet());
        }
    }

    static LabText of(Lab lab) {
        String resource = LabFiles.root(lab) + "lab.md";
        try (InputStream in = Lab.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException(resource + " is missing");
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }

    static LabText parse(String markdown) {
        String title = "";
        Map<String, StringBuilder> chapters = new LinkedHashMap<>();
        StringBuilder current = new StringBuilder();
        for (String line : markdown.split("\n", -1)) {
            if (line.startsWith("# ")) {
                title = line.substring(2).strip();
            } else if (line.startsWith("## ")) {
                current = new StringBuilder();
                chapters.put(line.substring(3).strip(), current);
            } else {
                current.append(line).append('\n');
            }
        }
        Map<String, String> stripped = new LinkedHashMap<>();
        chapters.forEach((name, text) -> stripped.put(name, text.toString().strip()));
        return new LabText(title, stripped);
    }

    String chapter(String name) {
        return chapters.getOrDefault(name, "");
    }
}
