package dev.wellhead.migrate;

import dev.wellhead.jdbc.internal.Dialect;
import dev.wellhead.migrate.MigrationException.Reason;
import dev.wellhead.migrate.internal.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Chooses what a run does, or refuses; asked before anything is changed, and again of the history that a run is held by. */
@FunctionalInterface
interface Choice {
    /**
     * Returns what is to run, in this order.
     *
     * @throws MigrationException if it must not
     */
    List<Script> scripts(SchemaState state, Dialect dialect);

    /**
     * Returns whether nothing is to run, and reads no script if that can be told without.
     *
     * @throws MigrationException if it must not
     */
    default boolean isNothing(SchemaState state, Dialect dialect) {
        return scripts(state, dialect).isEmpty();
    }

    /** Returns how many rows a history has at least of which {@link #isNothing} is true; 0 if that is not known. */
    default int leastRows(Collection<Migration> files) {
        return 0;
    }

    /** All that is pending, or up to a version. */
    static Choice applying(@Nullable Version target, boolean outOfOrder) {
        return new Applying(target, outOfOrder);
    }

    /** Forwards. For one thread. */
    final class Applying implements Choice {
        private final @Nullable Version target;
        private final boolean outOfOrder;
        // Large scripts need not be read twice, unless their row has changed meanwhile.
        private final Map<SchemaState.Entry, Script> read = new HashMap<>();

        private Applying(@Nullable Version target, boolean outOfOrder) {
            this.target = target;
            this.outOfOrder = outOfOrder;
        }

        @Override
        public List<Script> scripts(SchemaState state, Dialect dialect) {
            return pending(state).stream()
                    .map(entry -> read.computeIfAbsent(entry, pending -> forwards(pending, dialect)))
                    .toList();
        }

        // Of many who start at once all but one find the work done, and read each script for nothing otherwise.
        @Override
        public boolean isNothing(SchemaState state, Dialect dialect) {
            return pending(state).isEmpty();
        }

        @Override
        public int leastRows(Collection<Migration> files) {
            int rows = 0;
            for (Migration file : files) {
                boolean wanted =
                        target == null || (!file.isRepeatable() && file.number().compareTo(target) <= 0);
                rows += wanted ? 1 : 0;
            }
            return rows;
        }

        private List<SchemaState.Entry> pending(SchemaState state) {
            if (target != null && !state.knows(target)) {
                throw new MigrationException(
                        Reason.UNKNOWN_VERSION,
                        "migrate: there is no version " + target + "; nothing was run; status() lists those there are");
            }
            state.requireValid(outOfOrder);
            for (SchemaState.Entry entry : state.midway()) {
                if (entry.row() != null && !entry.row().isMidwayUp()) {
                    throw unfinished(
                            entry, "a rollback of it ended in its middle", "call rollback(1) to go on with it");
                }
            }
            return state.pending(target);
        }
    }

    /** The newest ones back. */
    static Choice back(int steps) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be >= 1, was " + steps);
        }
        return (state, dialect) -> {
            List<SchemaState.Entry> applied = state.applied();
            if (applied.size() < steps) {
                throw new MigrationException(
                        Reason.NO_ROLLBACK,
                        "rollback: " + steps + " steps, but only " + applied.size()
                                + " migrations are applied; nothing was run; name fewer steps");
            }
            return backwards(state, applied.subList(0, steps), dialect);
        };
    }

    /** All above a version back. */
    static Choice backTo(String version) {
        Version target = target(version);
        return (state, dialect) -> {
            boolean toTheStart = target.isZero() && !state.knows(target);
            if (!toTheStart && !state.isApplied(target)) {
                throw new MigrationException(
                        Reason.UNKNOWN_VERSION,
                        "rollback: version " + version + " is not applied; nothing was run; status() lists what is");
            }
            return backwards(state, toTheStart ? state.applied() : state.appliedAbove(target), dialect);
        };
    }

    /** The newest one back and again, and what stands on it. */
    static Choice redo() {
        return (state, dialect) -> {
            List<SchemaState.Entry> applied = state.applied();
            if (applied.isEmpty()) {
                throw new MigrationException(
                        Reason.NO_ROLLBACK, "redo: no migration is applied; nothing was run; call migrate()");
            }
            List<Script> scripts = new ArrayList<>(backwards(state, applied.subList(0, 1), dialect));
            scripts.add(Script.up(scripts.get(0).migration(), null, dialect));
            for (SchemaState.Entry entry : state.repeated()) {
                scripts.add(Script.up(Objects.requireNonNull(entry.file()), entry.row(), dialect));
            }
            return scripts;
        };
    }

    static Version known(String version) {
        try {
            return Version.parse(version);
        } catch (IllegalArgumentException e) {
            throw new MigrationException(Reason.UNKNOWN_VERSION, e.getMessage() + "; nothing was run", e);
        }
    }

    /** Reads what a run can stop at: a version, not a repeatable migration. */
    static Version target(String version) {
        Version target = known(version);
        if (target.isRepeatable()) {
            throw new MigrationException(
                    Reason.UNKNOWN_VERSION,
                    "migrations: " + version + " is repeatable, and comes behind all versions; nothing was run;"
                            + " name a version");
        }
        return target;
    }

    private static Script forwards(SchemaState.Entry entry, Dialect dialect) {
        Script script = Script.up(Objects.requireNonNull(entry.file()), entry.row(), dialect);
        requireSameBeginning(script);
        return script;
    }

    /** Refuses a script whose statements that are committed already are no longer those that were. */
    static void requireSameBeginning(Script script) {
        HistoryRow row = script.row();
        boolean same = row == null
                || script.done() == 0
                || script.outline().doneSum().equals(row.progress().doneSum());
        if (!same) {
            throw new MigrationException(
                    Reason.INVALID,
                    DoubtMessages.name(script) + " - its first " + script.done()
                            + " statements are committed, and the file has others there now; nothing was run;"
                            + " put them back as they were, and change only what follows");
        }
    }

    private static MigrationException unfinished(SchemaState.Entry entry, String what, String cure) {
        return new MigrationException(
                Reason.UNFINISHED,
                "migrations: " + entry.origin() + ": " + what + "; nothing was run; " + cure + ", and see status()");
    }

    // All that could be missing is looked for before the first one runs.
    private static List<Script> backwards(SchemaState state, List<SchemaState.Entry> entries, Dialect dialect) {
        for (SchemaState.Entry entry : state.midway()) {
            if (entry.row() != null && entry.row().isMidwayUp()) {
                throw unfinished(entry, "it is applied in part", "call migrate() to go on with it");
            }
        }
        List<Script> scripts = new ArrayList<>();
        for (SchemaState.Entry entry : entries) {
            Migration file = entry.file();
            if (file == null || file.downText() == null) {
                throw new MigrationException(
                        Reason.NO_ROLLBACK,
                        "rollback: " + entry.origin() + (file == null ? " is not in the source" : " has no down file")
                                + "; nothing was run; add one, or roll back to a later version");
            }
            Script script = Script.down(file, Objects.requireNonNull(entry.row()), dialect);
            requireSameBeginning(script);
            scripts.add(script);
        }
        return scripts;
    }
}
