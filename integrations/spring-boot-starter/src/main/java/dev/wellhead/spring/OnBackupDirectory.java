package dev.wellhead.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches if a property says where backups go; one that is empty, as an unset variable leaves it, says nothing. */
final class OnBackupDirectory extends SpringBootCondition {
    private static final String DIRECTORY = "wellhead.backup.directory";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Wellhead backups");
        // A test may give it as a path.
        Object directory = context.getEnvironment().getProperty(DIRECTORY, Object.class);
        return directory != null && StringUtils.hasText(directory.toString())
                ? ConditionOutcome.match(message.because(DIRECTORY + " is set"))
                : ConditionOutcome.noMatch(message.because("there is no " + DIRECTORY));
    }
}
