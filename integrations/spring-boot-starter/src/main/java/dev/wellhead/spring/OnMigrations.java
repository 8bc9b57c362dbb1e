package dev.wellhead.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if a property says where the migrations are, or they are where we look by ourselves. */
final class OnMigrations extends SpringBootCondition {
    static final String LOCATIONS = "wellhead.migrate.locations";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Wellhead migrations");
        boolean told = Binder.get(context.getEnvironment())
                .bind(LOCATIONS, Bindable.listOf(String.class))
                .map(locations -> !locations.isEmpty())
                .orElse(false);
        if (told) {
            return ConditionOutcome.match(message.because(LOCATIONS + " is set"));
        }
        for (String name : List.of("", "/", "/migrations.index")) {
            if (exists(context.getResourceLoader(), MigrateSettings.DEFAULT_LOCATION + name)) {
                return ConditionOutcome.match(message.because("there is " + MigrateSettings.DEFAULT_LOCATION));
            }
        }
        return ConditionOutcome.noMatch(
                message.because("there is no " + MigrateSettings.DEFAULT_LOCATION + ", and no " + LOCATIONS));
    }

    private static boolean exists(ResourceLoader loader, String location) {
        Resource resource = loader.getResource(location);
        return resource.exists();
    }
}
