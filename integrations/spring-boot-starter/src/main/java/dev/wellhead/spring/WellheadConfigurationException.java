package dev.wellhead.spring;

import dev.wellhead.core.Coded;
import org.jspecify.annotations.Nullable;

/**
 * A start that was refused for what properties or beans say. The message names the property or bean, what is wrong with it
 * and how to mend it, and no secret. The codes are {@code WH-SPRING-001} and up.
 */
public final class WellheadConfigurationException extends RuntimeException implements Coded {
    private static final long serialVersionUID = 1L;

    private final String code;

    WellheadConfigurationException(Reason reason, String message) {
        this(reason, message, null);
    }

    WellheadConfigurationException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = reason.code;
    }

    @Override
    public String code() {
        return code;
    }

    /** Why; one for each code, and the codes never change. */
    enum Reason {
        SETTING("WH-SPRING-001"),
        DRIVER("WH-SPRING-002"),
        CACHE("WH-SPRING-003"),
        LIMIT("WH-SPRING-004"),
        BACKUP("WH-SPRING-005");

        private final String code;

        Reason(String code) {
            this.code = code;
        }
    }
}
