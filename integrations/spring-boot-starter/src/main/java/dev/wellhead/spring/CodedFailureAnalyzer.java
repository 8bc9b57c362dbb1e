package dev.wellhead.spring;

import dev.wellhead.core.Coded;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains a failed start whose cause is an error with a code, from the same table of cures as the documentation. The
 * outermost one counts: what it says includes the rest.
 */
@Order(Ordered.LOWEST_PRECEDENCE - 100)
final class CodedFailureAnalyzer implements FailureAnalyzer {
    CodedFailureAnalyzer() {}

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        Set<Throwable> seen = new HashSet<>();
        for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
            if (cause instanceof Coded coded) {
                String cure = ErrorTable.cure(coded.code()).orElse("The message says what to do.");
                return new FailureAnalysis(coded.code() + ": " + cause.getMessage(), cure, cause);
            }
        }
        return null;
    }
}
