/**
 * Problems of databases to see, to mend and to have judged.
 *
 * <p>{@link dev.wellhead.examples.labs.LabCommand} is what {@code ./lab} runs. Each {@link
 * dev.wellhead.examples.labs.Lab} plays a {@link dev.wellhead.examples.labs.Scene} on real servers with the learner's
 * own copy of some files; its texts and files lie in {@code src/main/resources/labs/<name>}: {@code lab.md}, {@code
 * start/} with what is to be mended, {@code solution/} with the same files mended.
 */
@NullMarked
package dev.wellhead.examples.labs;

import org.jspecify.annotations.NullMarked;
