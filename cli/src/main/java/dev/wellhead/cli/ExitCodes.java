package dev.wellhead.cli;

/** What a run ends with; scripts rely on these numbers, so they never change. */
final class ExitCodes {
    /** Done, and nothing was found. */
    static final int OK = 0;
    /** It was tried and failed. */
    static final int FAILED = 1;
    /** The command line or the configuration is wrong; nothing was tried. */
    static final int USAGE = 2;
    /** Done, and something was found that a person should look at. */
    static final int FOUND = 3;
    /** The database, Redis or a file cannot be reached, or refuses the login. */
    static final int UNREACHABLE = 4;

    private ExitCodes() {}
}
