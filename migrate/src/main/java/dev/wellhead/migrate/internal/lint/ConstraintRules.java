package dev.wellhead.migrate.internal.lint;

/** Constraints that are added to tables with rows. */
final class ConstraintRules implements Rule {
    private static final String LATER = "\n-- in a later migration\n";

    @Override
    public void check(Sql sql, Known known, Problems problems) {
        AlterTable alter = AlterTable.of(sql);
        if (alter == null || known.isNew(alter.table())) {
            return;
        }
        for (Sql action : alter.actions()) {
            Sql constraint = AlterTable.addedConstraint(action);
            if (constraint != null) {
                added(alter, action, constraint, problems);
            }
        }
    }

    private static void added(AlterTable alter, Sql action, Sql constraint, Problems problems) {
        String table = alter.table();
        String start = "alter table " + table + " ";
        boolean open = action.has("NOT", "VALID");
        if (constraint.starts("FOREIGN") && !open) {
            String name = alter.constraintName(action, "fkey");
            int references = constraint.indexOf("REFERENCES");
            problems.add(
                    Hazard.ADD_FOREIGN_KEY,
                    "checks every row of " + table + " while writes to it and to "
                            + constraint.name(references + 1).text() + " wait",
                    start + "add constraint " + name + " " + constraint.text() + " not valid;" + LATER + start
                            + "validate constraint " + name + ";");
        } else if (constraint.starts("CHECK") && !open) {
            String name = alter.constraintName(action, "check");
            problems.add(
                    Hazard.ADD_CHECK,
                    "checks every row of " + table + " while reads and writes wait",
                    start + "add constraint " + name + " " + constraint.text() + " not valid;" + LATER + start
                            + "validate constraint " + name + ";");
        } else if (constraint.starts("NOT", "NULL") && !open) {
            problems.add(
                    Hazard.ADD_CHECK,
                    "reads all of " + table + " to look for nulls while reads and writes wait",
                    start + action.text() + " not valid;" + LATER + start + "validate constraint "
                            + alter.constraintName(action, "not_null") + ";");
        } else if ((constraint.starts("UNIQUE") || constraint.starts("PRIMARY")) && !action.has("USING", "INDEX")) {
            boolean primary = constraint.starts("PRIMARY");
            String name = alter.constraintName(action, primary ? "pkey" : "key");
            int open1 = constraint.indexOf("(");
            String columns = open1 < 0 ? "..." : constraint.inside(open1).text();
            problems.add(
                    primary ? Hazard.ADD_PRIMARY_KEY : Hazard.ADD_UNIQUE,
                    "builds an index on " + table + " while reads and writes wait",
                    "create unique index concurrently " + name + " on " + table + " (" + columns + ");" + LATER + start
                            + "add constraint " + name + (primary ? " primary key" : " unique") + " using index " + name
                            + ";");
        } else if (constraint.starts("EXCLUDE")) {
            problems.add(
                    Hazard.ADD_EXCLUDE,
                    "builds an index on " + table
                            + " and compares its rows while reads and writes wait, and there is no"
                            + " other way to add an exclusion",
                    "-- at a quiet hour, or on a new table that is filled in batches and then takes the name of this one");
        }
    }
}
