package dev.wellhead.examples.prediction;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A secret that is to be seen nowhere, and the forms in which it could be. Immutable.
 *
 * @param name what it is the secret of
 * @param word the part of it that encodings of URLs, JSON and SQL leave as it is
 */
record Canary(String name, String word) {
    static final String PREFIX = "CANARY_";
    // What has to be escaped somewhere: where that is forgotten, an error shows what it stumbles over.
    private static final String AWKWARD = "/+%:@#k";

    static Canary hatched(String name) {
        return new Canary(
                name, "cnry" + UUID.randomUUID().toString().replace("-", "").substring(0, 28));
    }

    /** Returns the one that this process was given, see {@link #environment}. */
    static Canary given(String name) {
        return new Canary(name, System.getenv(PREFIX + name));
    }

    static Map<String, String> environment(List<Canary> canaries) {
        return canaries.stream().collect(Collectors.toMap(canary -> PREFIX + canary.name, Canary::word));
    }

    /** Returns a password that is awkward in URLs. */
    String password() {
        return word + AWKWARD;
    }

    /** Returns the 32 bytes of a key. */
    byte[] key() {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the forms in which the text holds it; whatever stands around it there. */
    List<String> formsIn(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        byte[] bytes = key();
        List<String> found = new ArrayList<>();
        if (lower.contains(word)) {
            found.add("plain");
        }
        if (lower.contains(HexFormat.of().formatHex(bytes))) {
            found.add("hex");
        }
        if (text.contains(inner(Arrays.toString(word.toCharArray())))) {
            found.add("characters");
        }
        if (text.contains(inner(Arrays.toString(bytes)))) {
            found.add("bytes");
        }
        // Three letters are four, and which three depends on what is in front.
        for (int offset = 0; offset < 3; offset++) {
            byte[] whole = Arrays.copyOfRange(bytes, offset, offset + (bytes.length - offset) / 3 * 3);
            if (text.contains(Base64.getEncoder().encodeToString(whole))
                    || text.contains(Base64.getUrlEncoder().encodeToString(whole))) {
                found.add("base64");
            }
        }
        return found;
    }

    private static String inner(String list) {
        return list.substring(1, list.length() - 1);
    }

    /** Returns the files below a folder that hold it, packed or not, with the forms. */
    Map<Path, List<String>> formsBelow(Path folder) throws IOException {
        Map<Path, List<String>> found = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                List<String> forms = formsIn(file + "\n" + content(file));
                if (!forms.isEmpty()) {
                    found.put(file, forms);
                }
            }
        }
        return found;
    }

    private static String content(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (bytes.length > 2 && (bytes[0] & 0xff) == 0x1f && (bytes[1] & 0xff) == 0x8b) {
            try (GZIPInputStream packed = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
                return text + new String(packed.readAllBytes(), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }
}
