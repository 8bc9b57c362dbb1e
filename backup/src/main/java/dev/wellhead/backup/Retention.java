package dev.wellhead.backup;

import dev.wellhead.core.internal.Options;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * Which backups are kept: the newest few, and the newest of each of the last days, weeks, months and years that have
 * one. Rules add up. Whatever they say, the newest verified backup stays, and all stay while none is verified. An
 * immutable value.
 */
public final class Retention {
    private final int last;
    private final int daily;
    private final int weekly;
    private final int monthly;
    private final int yearly;
    private final ZoneId zone;

    private Retention(Builder builder) {
        this.last = builder.last;
        this.daily = builder.daily;
        this.weekly = builder.weekly;
        this.monthly = builder.monthly;
        this.yearly = builder.yearly;
        this.zone = builder.zone;
    }

    /** Returns a builder without any rule; at least one must be given. */
    public static Builder builder() {
        return new Builder();
    }

    int last() {
        return last;
    }

    int daily() {
        return daily;
    }

    int weekly() {
        return weekly;
    }

    int monthly() {
        return monthly;
    }

    int yearly() {
        return yearly;
    }

    ZoneId zone() {
        return zone;
    }

    /** Collects the rules. For one thread. */
    public static final class Builder {
        private int last;
        private int daily;
        private int weekly;
        private int monthly;
        private int yearly;
        private ZoneId zone = ZoneOffset.UTC;

        private Builder() {}

        /**
         * Keeps this many of the newest backups. Default: no such rule.
         *
         * @throws IllegalArgumentException if {@code count} is below 1
         */
        public Builder last(int count) {
            last = Options.atLeast("last", 1, count);
            return this;
        }

        /**
         * Keeps one backup of each of the newest {@code days} days that have one; a verified one if there is, else the
         * newest. Default: no such rule.
         *
         * @throws IllegalArgumentException if {@code days} is below 1
         */
        public Builder daily(int days) {
            daily = Options.atLeast("daily", 1, days);
            return this;
        }

        /**
         * Keeps one backup of each of the newest {@code weeks} weeks (Monday to Sunday) that have one. Default: no such
         * rule.
         *
         * @throws IllegalArgumentException if {@code weeks} is below 1
         */
        public Builder weekly(int weeks) {
            weekly = Options.atLeast("weekly", 1, weeks);
            return this;
        }

        /**
         * Keeps one backup of each of the newest {@code months} months that have one. Default: no such rule.
         *
         * @throws IllegalArgumentException if {@code months} is below 1
         */
        public Builder monthly(int months) {
            monthly = Options.atLeast("monthly", 1, months);
            return this;
        }

        /**
         * Keeps one backup of each of the newest {@code years} years that have one. Default: no such rule.
         *
         * @throws IllegalArgumentException if {@code years} is below 1
         */
        public Builder yearly(int years) {
            yearly = Options.atLeast("yearly", 1, years);
            return this;
        }

        /** Sets where days, weeks, months and years begin. Default: UTC. */
        public Builder zone(ZoneId zone) {
            this.zone = Objects.requireNonNull(zone, "zone");
            return this;
        }

        /**
         * Returns the rules.
         *
         * @throws IllegalArgumentException if none was given
         */
        public Retention build() {
            Options.of("retention")
                    .require(
                            last + daily + weekly + monthly + yearly > 0,
                            "give at least one of last, daily, weekly, monthly, yearly; to keep all, set no retention")
                    .check();
            return new Retention(this);
        }
    }
}
