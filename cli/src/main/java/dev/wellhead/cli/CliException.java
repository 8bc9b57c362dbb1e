package dev.wellhead.cli;

import dev.wellhead.core.Coded;
import org.jspecify.annotations.Nullable;

/** A run that ends early, with its exit code and a message for a person that says what to do. */
final class CliException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    /** Why; one for each code, and the codes never change. */
    enum Kind {
        SECRET_SHOWN("WH-CLI-001", ExitCodes.USAGE),
        CONFIGURATION("WH-CLI-002", ExitCodes.USAGE),
        UNREACHABLE("WH-CLI-003", ExitCodes.UNREACHABLE),
        NO_SUCH_FILE("WH-CLI-004", ExitCodes.UNREACHABLE),
        DEADLINE("WH-CLI-005", ExitCodes.UNREACHABLE),
        USAGE("WH-CLI-006", ExitCodes.USAGE),
        UNEXPECTED("WH-CLI-007", ExitCodes.FAILED),
        CANNOT_WRITE("WH-CLI-008", ExitCodes.FAILED);

        private final String code;
        private final int exit;

        Kind(String code, int exit) {
            this.code = code;
            this.exit = exit;
        }

        String code() {
            return code;
        }

        int exit() {
            return exit;
        }
    }

    private final Kind kind;

    CliException(Kind kind, String message) {
        this(kind, message, null);
    }

    CliException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    @Override
    public String code() {
        return kind.code();
    }

    int exit() {
        return kind.exit();
    }
}
