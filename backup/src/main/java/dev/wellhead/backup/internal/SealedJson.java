package dev.wellhead.backup.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A small file of ours: a body, what kind of file and which version of its format it is, and a SHA-256 over all three.
 * Any change of any byte is found when it is opened. It guards against accidents; whoever may write to the store can
 * seal what he likes.
 */
public final class SealedJson {
    private static final Set<String> FIELDS = Set.of("wellhead", "format", "sha256", "body");

    private SealedJson() {}

    /** Returns the file's content. */
    public static byte[] seal(String kind, int format, Map<String, Object> body) {
        Map<String, Object> file = new LinkedHashMap<>();
        file.put("wellhead", kind);
        file.put("format", (long) format);
        file.put("sha256", hash(kind, format, body));
        file.put("body", body);
        return Json.write(file).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns the body.
     *
     * @param newest the newest version of the format that the caller can read
     * @throws DamagedException if the content is not exactly what {@link #seal} gave, or of a newer format
     */
    public static JsonObject open(String kind, int newest, byte[] content) throws DamagedException {
        Object value;
        try {
            value = Json.read(content);
        } catch (DamagedException e) {
            throw new DamagedException(kind + " is damaged: " + e.getMessage(), e);
        }
        JsonObject file = JsonObject.of(value);
        long format = file.number("format");
        if (!file.text("wellhead").equals(kind) || format < 1) {
            throw new DamagedException("this is no " + kind);
        }
        if (format > newest) {
            throw new DamagedException(kind + " has format " + format + ", this version of Wellhead reads up to "
                    + newest + "; use a newer one");
        }
        JsonObject body = file.object("body");
        // The hash is of the body: beside it nothing may stand.
        if (!file.fields().keySet().equals(FIELDS)
                || !file.text("sha256").equals(hash(kind, format, body.fields()))
                || !Arrays.equals(content, Json.write(value).getBytes(StandardCharsets.UTF_8))) {
            throw new DamagedException(kind + " is damaged: its content does not match its SHA-256");
        }
        return body;
    }

    private static String hash(String kind, long format, Map<String, Object> body) {
        return Digests.hex(kind + "\n" + format + "\n" + Json.write(body));
    }
}
