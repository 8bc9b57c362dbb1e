package dev.wellhead.migrate;

import dev.wellhead.core.Coded;
import dev.wellhead.core.Redaction;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A migration that was refused or failed. The message names the file, the statement and its line, the driver's words,
 * what is committed and what is not, and what to do; the cause is kept. The codes are {@code WH-MIG-001} and up.
 */
public final class MigrationException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    private final String code;

    MigrationException(Reason reason, String message) {
        this(reason, message, null);
    }

    MigrationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = reason.code;
    }

    @Override
    public String code() {
        return code;
    }

    /** Returns the driver's words and SQLState in one line and without credentials. */
    static String words(SQLException error) {
        String message = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
        String state = error.getSQLState() == null ? "" : " [SQLState " + error.getSQLState() + "]";
        return Redaction.url(message.replaceAll("\\s*[\\r\\n]+\\s*", ", ")) + state;
    }

    /** Why; one for each code, and the codes never change. */
    enum Reason {
        SOURCE("WH-MIG-001"),
        SCRIPT("WH-MIG-002"),
        NOT_TRANSACTIONAL("WH-MIG-003"),
        INVALID("WH-MIG-004"),
        FOREIGN_HISTORY("WH-MIG-005"),
        RUN_LOCK("WH-MIG-006"),
        FAILED("WH-MIG-007"),
        LOCK_TIMEOUT("WH-MIG-008"),
        NO_ROLLBACK("WH-MIG-009"),
        UNKNOWN_VERSION("WH-MIG-010"),
        RUN_LOCK_LOST("WH-MIG-011"),
        DATABASE("WH-MIG-012"),
        UNKNOWN_OUTCOME("WH-MIG-013"),
        IN_DOUBT("WH-MIG-014"),
        POOLED("WH-MIG-015"),
        READ_ONLY("WH-MIG-016"),
        UNFINISHED("WH-MIG-017"),
        PLACEHOLDER("WH-MIG-018"),
        NO_SNAPSHOT("WH-MIG-030"),
        NO_SCRATCH("WH-MIG-031"),
        NOT_IMPORTED("WH-MIG-040"),
        IMPORT_REFUSED("WH-MIG-041");

        final String code;

        Reason(String code) {
            this.code = code;
        }
    }
}
