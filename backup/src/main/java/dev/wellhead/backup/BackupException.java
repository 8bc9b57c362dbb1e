package dev.wellhead.backup;

import dev.wellhead.backup.internal.DamagedException;
import dev.wellhead.backup.internal.MissingKeyException;
import dev.wellhead.core.Coded;
import dev.wellhead.core.Redaction;
import org.jspecify.annotations.Nullable;

/** A backup, verification or restore that did not come about. The code says why; what the cause was is kept. */
public final class BackupException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    /** The kinds of failure; {@code docs/errors/backup.md} tells cause and cure of each. */
    enum Kind {
        NOT_MADE("WH-BACKUP-001"),
        RUNNING_ELSEWHERE("WH-BACKUP-002"),
        UNKNOWN_ID("WH-BACKUP-003"),
        DAMAGED("WH-BACKUP-004"),
        TARGET_TAKEN("WH-BACKUP-005"),
        NOT_RESTORED("WH-BACKUP-006"),
        DIFFERS("WH-BACKUP-007"),
        OTHER_SCHEMA("WH-BACKUP-008"),
        UNSUPPORTED("WH-BACKUP-009"),
        STORE("WH-BACKUP-010"),
        WRONG_KIND("WH-BACKUP-011"),
        NOT_VERIFIED("WH-BACKUP-012"),
        NOT_COPIED("WH-BACKUP-013");

        private final String code;

        Kind(String code) {
            this.code = code;
        }
    }

    private final Kind kind;

    BackupException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    BackupException(Kind kind, String message) {
        this(kind, message, null);
    }

    @Override
    public String code() {
        return kind.code;
    }

    Kind kind() {
        return kind;
    }

    /** Returns what a cause says of itself, fit to stand in one of our messages. */
    static String say(Throwable cause) {
        String message = cause.getMessage();
        if (message != null && (cause instanceof DamagedException || cause instanceof MissingKeyException)) {
            // These are ours, and say it all.
            return Redaction.printable(message);
        }
        String name = cause.getClass().getSimpleName();
        return Redaction.printable(message == null ? name : name + ": " + message);
    }
}
