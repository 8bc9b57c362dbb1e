package dev.wellhead.examples.labs;

/** The parts of the course, in order. */
public enum Level {
    /** What a database does. */
    BASICS,
    /** What a service needs of it. */
    PRACTICE,
    /** What to do when it goes wrong. */
    DEBUGGING,
    /** All of it at once. */
    PRODUCTION
}
