package dev.wellhead.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it.
 *
 * @param bytes at least 1
 */
record ByteSize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})\\s*([kMG]?B?)");
    private static final int STEP = 1_000;
    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

    /** Reads {@code 500kB}, {@code 20MB}, {@code 1G} or a plain number. */
    static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("a number of bytes, as 500kB, 20MB or 1GB, was '" + text + "'");
        }
        long factor = switch (form.group(2).isEmpty() ? ' ' : form.group(2).charAt(0)) {
            case 'k' -> STEP;
            case 'M' -> (long) STEP * STEP;
            case 'G' -> (long) STEP * STEP * STEP;
            default -> 1;
        };
        long bytes = Long.parseLong(form.group(1)) * factor;
        if (bytes < 1) {
            throw new IllegalArgumentException("a number of bytes above 0, was '" + text + "'");
        }
        return new ByteSize(bytes);
    }

    /** Returns the number with a unit, as {@code 4.1 MB}. */
    static String text(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= STEP && unit < UNITS.length - 1) {
            value /= STEP;
            unit++;
        }
        return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }
}
