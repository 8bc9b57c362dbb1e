package dev.wellhead.migrate;

import dev.wellhead.core.Redaction;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.AnnotatedFile;
import dev.wellhead.migrate.internal.Checksum;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of one direction of a migration: in memory, or in a file that is too large for that. Or Java code, for which
 * stands a comment. Thread-safe.
 */
final class SqlText {
    private static final String CODE = "-- Java code";
    private static final int LONGEST_SHORT = 1 << 16;

    private final @Nullable String text;
    private final @Nullable Path file;
    private final boolean apart;
    private final @Nullable MigrationCode code;
    // Whoever comes second computes the same.
    private volatile @Nullable String checksum;

    private SqlText(@Nullable String text, @Nullable Path file, boolean apart, @Nullable MigrationCode code) {
        this.text = text;
        this.file = file;
        this.apart = apart;
        this.code = code;
    }

    static SqlText of(String text) {
        return new SqlText(text, null, false, null);
    }

    static SqlText of(MigrationCode code) {
        return new SqlText(CODE, null, false, code);
    }

    /**
     * A part of a file. The lines before it are blank, so that messages name those of the file; the sum is of the part.
     *
     * @param apart whether each statement is to be committed by itself
     */
    static SqlText of(AnnotatedFile.Section part, boolean apart) {
        SqlText text = new SqlText("\n".repeat(part.linesBefore()) + part.text(), null, apart, null);
        text.checksum = Checksum.of(part.text());
        return text;
    }

    /** Stays in the file, and is read anew each time. */
    static SqlText in(Path file) {
        return new SqlText(null, file, false, null);
    }

    /** Returns whether each statement is to be committed by itself, where it can be in a transaction. */
    boolean isApart() {
        return apart;
    }

    /** Returns whether it is worth keeping what was read of it. */
    boolean isShort() {
        return text != null && text.length() <= LONGEST_SHORT;
    }

    /** Returns the code that runs in place of the text; null if the text is what runs. */
    @Nullable MigrationCode code() {
        return code;
    }

    /** An open text. For one thread. */
    static final class Open implements Closeable {
        private final Reader reader;
        private final Checksum.@Nullable Meter meter;

        private Open(Reader reader, Checksum.@Nullable Meter meter) {
            this.reader = reader;
            this.meter = meter;
        }

        Reader reader() {
            return reader;
        }

        /** Returns the sum of all that was read and is left; null if the text cannot change. To be called once. */
        @Nullable String total() throws IOException {
            return meter == null ? null : meter.total();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    Open open() throws IOException {
        if (file == null) {
            return new Open(new StringReader(inMemory()), null);
        }
        Checksum.Meter meter = new Checksum.Meter(Files.newInputStream(file));
        return new Open(new InputStreamReader(meter, StandardCharsets.UTF_8.newDecoder()), meter);
    }

    /**
     * Returns the sum by {@link Checksum#ALGORITHM}.
     *
     * @throws MigrationException if the file cannot be read
     */
    String checksum() {
        String known = checksum;
        if (known == null) {
            known = file == null ? Checksum.of(inMemory()) : checksumOfFile(file);
            checksum = known;
        }
        return known;
    }

    private static String checksumOfFile(Path file) {
        try (Checksum.Meter meter = new Checksum.Meter(Files.newInputStream(file))) {
            return meter.total();
        } catch (IOException e) {
            throw unreadable(String.valueOf(file.getFileName()), e);
        }
    }

    /** Returns the whole text. */
    String text() {
        if (file == null) {
            return inMemory();
        }
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw unreadable(String.valueOf(file.getFileName()), e);
        }
    }

    private String inMemory() {
        if (text == null) {
            throw new AssertionError("a text is in memory or in a file");
        }
        return text;
    }

    static MigrationException unreadable(String name, IOException cause) {
        String file = "migrations: file " + Redaction.printable(name);
        return cause instanceof CharacterCodingException
                ? new MigrationException(Reason.SOURCE, file + " is not UTF-8; save it as UTF-8", cause)
                : new MigrationException(
                        Reason.SOURCE, file + " cannot be read: " + cause + "; check that it may be read", cause);
    }
}
