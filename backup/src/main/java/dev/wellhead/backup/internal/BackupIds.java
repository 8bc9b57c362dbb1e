package dev.wellhead.backup.internal;

import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names of backups: {@code 00000042-20260102T030405Z-1a2b3c4d}. The number in front makes them sort as they were made,
 * whatever the wall clock did meanwhile; the time is for people; the random end keeps two processes apart that count
 * alike.
 */
public final class BackupIds {
    private static final Pattern VALID = Pattern.compile("[0-9]{8}-[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}");
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int LAST_NUMBER = 99_999_999;

    private BackupIds() {}

    /** Returns an id that sorts behind all of these. */
    public static String next(List<String> existing, Instant now) {
        int number = 1 + existing.stream().mapToInt(BackupIds::number).max().orElse(0);
        if (number > LAST_NUMBER) {
            throw new IllegalStateException("backups are numbered up to " + LAST_NUMBER + "; use a new directory");
        }
        byte[] end = new byte[4];
        RANDOM.nextBytes(end);
        return String.format(
                Locale.ROOT,
                "%08d-%s-%s",
                number,
                TIME.format(now.atOffset(ZoneOffset.UTC)),
                HexFormat.of().formatHex(end));
    }

    /** Returns whether this may be the name of a backup; nothing that is one can lead out of a directory. */
    public static boolean isValid(String id) {
        return VALID.matcher(id).matches();
    }

    /** Returns the time within an id, for a backup whose manifest cannot be read. */
    public static Instant time(String id) {
        try {
            return LocalDateTime.parse(id.substring(9, 25), TIME).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            // Digits, but no date: not a name that we gave.
            return Instant.EPOCH;
        }
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring(0, 8));
    }
}
