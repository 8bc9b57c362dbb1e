package dev.wellhead.compatibility;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The SQL files in a published jar on the class path, in an order in which they may be run. */
final class PublishedScripts {
    /** One file of somebody else's. */
    record Script(String name, String text) {}

    private PublishedScripts() {}

    /** Returns the files whose path matches: what creates, then upgrades by version, then what drops. */
    static List<Script> in(String jarOf, String path) {
        Pattern wanted = Pattern.compile(path, Pattern.CASE_INSENSITIVE);
        URL known = PublishedScripts.class.getClassLoader().getResource(jarOf);
        if (known == null) {
            throw new AssertionError("not on the class path: " + jarOf);
        }
        String url = known.getPath();
        Path jar = Path.of(URI.create(url.substring(0, url.indexOf('!'))));
        List<Script> scripts = new ArrayList<>();
        try (JarFile open = new JarFile(jar.toFile())) {
            for (JarEntry entry : open.stream().toList()) {
                if (entry.getName().endsWith(".sql")
                        && wanted.matcher(entry.getName()).find()) {
                    byte[] content = open.getInputStream(entry).readAllBytes();
                    scripts.add(new Script(entry.getName(), new String(content, StandardCharsets.UTF_8)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        scripts.sort(Comparator.comparing(PublishedScripts::key));
        return scripts;
    }

    // Engine before identity and history, whose foreign keys may lead to it; versions as numbers.
    private static String key(Script script) {
        String name = script.name().substring(script.name().lastIndexOf('/') + 1);
        boolean drops = name.contains("drop");
        boolean upgrades = name.matches("(?i).*(upgrade|_to_|\\.to\\.|migration|archive).*");
        Matcher digits = Pattern.compile("\\d+").matcher(name);
        String numbered = digits.replaceAll(number ->
                "0".repeat(Math.max(0, 8 - number.group().length())) + number.group());
        boolean base = name.contains("engine.sql") && !name.contains("case") && !name.contains("decision");
        return (drops ? "3" : upgrades ? "2" : "1")
                + (name.contains("common") ? "0" : "1")
                + (base ? "0" : "1")
                + numbered
                + script.name();
    }
}
