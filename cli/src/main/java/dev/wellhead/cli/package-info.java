/**
 * The command line: migrations, backups, a doctor, and waiting for servers, from a shell, cron or a pipeline. A program, with
 * nothing in it for other code to call; {@code docs/cli.md} describes it.
 */
@NullMarked
package dev.wellhead.cli;

import org.jspecify.annotations.NullMarked;
