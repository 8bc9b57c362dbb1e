package dev.wellhead.backup.internal;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the last verification of a backup found. Kept beside the manifest and bound to it: it says nothing of a manifest
 * that was changed since.
 *
 * @param good whether the restore was equal to the backup's snapshot
 * @param at when
 * @param detail what was wrong; empty if nothing was
 * @param manifestSha256 of the manifest's file
 */
public record Verdict(boolean good, Instant at, String detail, String manifestSha256) {
    /** The file's name within a backup. */
    public static final String FILE = "verdict.json";

    /** More than any verdict has. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String SEAL = "backup-verdict";
    private static final int FORMAT = 1;

    /** Returns the file's content. */
    public byte[] toBytes() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("good", good);
        body.put("at", at.toString());
        body.put("detail", detail);
        body.put("manifestSha256", manifestSha256);
        return SealedJson.seal(SEAL, FORMAT, body);
    }

    /**
     * Reads the file's content.
     *
     * @throws DamagedException if it was changed or is of a newer format
     */
    public static Verdict of(byte[] content) throws DamagedException {
        JsonObject body = SealedJson.open(SEAL, FORMAT, content);
        return new Verdict(
                body.flag("good"), Manifest.instant(body, "at"), body.text("detail"), body.text("manifestSha256"));
    }
}
