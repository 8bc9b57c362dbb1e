package dev.wellhead.cli;

import org.jspecify.annotations.Nullable;

/** Asks a person for a password. */
@FunctionalInterface
interface PasswordPrompt {
    /** Returns what was typed, without showing it; null if there is nobody to ask. */
    char @Nullable [] ask(String question);
}
