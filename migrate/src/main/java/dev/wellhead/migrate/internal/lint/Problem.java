package dev.wellhead.migrate.internal.lint;

import java.util.List;

/**
 * One thing that a rule has found.
 *
 * @param hazard which one
 * @param file the file
 * @param line the line of the file in which the statement starts, from 1
 * @param statement the statement
 * @param locks what it locks of the tables that were there before
 * @param why what is wrong, in a sentence
 * @param recipe SQL that gets there safely, with comments where a migration ends
 * @param allowed the reason for which it is let pass, empty if it is not
 */
public record Problem(
        Hazard hazard,
        String file,
        int line,
        String statement,
        List<TableLock> locks,
        String why,
        String recipe,
        String allowed) {}
