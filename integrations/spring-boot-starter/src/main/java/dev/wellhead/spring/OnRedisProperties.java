package dev.wellhead.spring;

import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/** Matches if our own properties say where Redis is. */
class OnRedisProperties extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Wellhead Redis");
        return isTold(context)
                ? ConditionOutcome.match(message.because("wellhead.redis.url or wellhead.redis.cluster is set"))
                : ConditionOutcome.noMatch(message.because("there is no wellhead.redis.url or wellhead.redis.cluster"));
    }

    static boolean isTold(ConditionContext context) {
        Binder binder = Binder.get(context.getEnvironment());
        return StringUtils.hasText(context.getEnvironment().getProperty("wellhead.redis.url"))
                || !binder.bind("wellhead.redis.cluster", Bindable.listOf(String.class))
                        .orElse(List.of())
                        .isEmpty();
    }

    /** Matches if they do not. */
    static final class Missing extends OnRedisProperties {
        @Override
        public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
            ConditionOutcome told = super.getMatchOutcome(context, metadata);
            return new ConditionOutcome(!told.isMatch(), told.getConditionMessage());
        }
    }
}
