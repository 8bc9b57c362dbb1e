package dev.wellhead.cli.doctor;

/**
 * Something that is set up wrong. Immutable.
 *
 * @param rule which check it is of, which says why it matters
 * @param subject what it is about, as a setting or a file
 * @param found what was seen
 * @param mend how to mend it
 */
public record Finding(Rule rule, String subject, String found, String mend) {}
