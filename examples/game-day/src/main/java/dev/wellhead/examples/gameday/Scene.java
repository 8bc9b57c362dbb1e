package dev.wellhead.examples.gameday;

/** One thing that goes wrong on the day. For one thread. */
interface Scene {
    /** Returns what it is called on the command line. */
    String name();

    String title();

    /** Returns what is done, in a sentence or two. */
    String told();

    /** Breaks something, leaves it broken for a while, and mends it. */
    void play(Stage stage);

    /** Looks, when all is well again, at what was logged and counted. */
    void lookBack(Stage stage);

    /** Returns what users got of it, in a sentence. */
    String reading(Outcome outcome);
}
