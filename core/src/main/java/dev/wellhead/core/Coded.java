package dev.wellhead.core;

/**
 * An error with a stable code, such as {@code WH-POOL-001}, that survives every rewording of the message. The page {@code
 * docs/errors/<module>.md} lists each code with its cause and cure.
 */
public interface Coded {
    /** Returns the code: {@code WH-}, the module in capitals, and three digits. */
    String code();
}
