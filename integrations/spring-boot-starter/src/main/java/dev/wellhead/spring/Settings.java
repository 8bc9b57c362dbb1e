package dev.wellhead.spring;

import dev.wellhead.spring.WellheadConfigurationException.Reason;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Hands properties on to the setters of a builder. What is not set is left to the builder's default; what a setter refuses
 * is told with the name of the property. Names are those of the builder's options, which become properties by Boot's rule.
 */
final class Settings {
    private final String prefix;

    /** @param prefix what the properties begin with, without a dot at its end */
    Settings(String prefix) {
        this.prefix = prefix;
    }

    /** Hands the value on if there is one. */
    <T> Settings set(String option, @Nullable T value, Consumer<? super T> setter) {
        if (value != null) {
            call(option, () -> setter.accept(value));
        }
        return this;
    }

    /** Calls the method that switches something on, if it is to be on. */
    Settings on(String option, boolean on, Runnable setter) {
        if (on) {
            call(option, setter);
        }
        return this;
    }

    /**
     * Calls the method that switches an option off, if that is wanted.
     *
     * @param option the option whose value would be lost
     * @param value what that property says
     */
    <E extends Enum<E>> Settings without(
            Set<E> off, E feature, String option, @Nullable Object value, Runnable setter) {
        if (off.contains(feature)) {
            if (value != null) {
                throw new WellheadConfigurationException(
                        Reason.SETTING,
                        property(option) + " is set, and " + prefix + ".without switches off "
                                + Names.kebab(feature.name()) + "; remove one of the two");
            }
            setter.run();
        }
        return this;
    }

    /** Refuses a value that has no meaning here. */
    Settings refuse(String option, @Nullable Object value, String why) {
        if (value != null) {
            throw new WellheadConfigurationException(Reason.SETTING, property(option) + " " + why);
        }
        return this;
    }

    /** Returns what is made of a property, and tells the property if it is refused. */
    <T> T get(String option, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalArgumentException e) {
            throw refusal(option, e);
        }
    }

    /** Builds, and tells what does not fit together with the prefix of the properties. */
    <T> T build(Supplier<T> builder) {
        try {
            return builder.get();
        } catch (IllegalArgumentException e) {
            throw new WellheadConfigurationException(
                    Reason.SETTING, prefix + ".* do not fit together: " + e.getMessage(), e);
        }
    }

    private void call(String option, Runnable setter) {
        try {
            setter.run();
        } catch (IllegalArgumentException e) {
            throw refusal(option, e);
        }
    }

    private WellheadConfigurationException refusal(String option, IllegalArgumentException e) {
        return new WellheadConfigurationException(
                Reason.SETTING, property(option) + " is refused: " + e.getMessage(), e);
    }

    private String property(String option) {
        return prefix + "." + Names.kebab(option);
    }
}
