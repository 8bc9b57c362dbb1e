package dev.wellhead.cache;

/** Throws anything where the compiler expects nothing. */
final class Throwing {
    private Throwing() {}

    static RuntimeException unchecked(Throwable error) {
        throw Throwing.<RuntimeException>as(error);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E as(Throwable error) throws E {
        throw (E) error;
    }
}
