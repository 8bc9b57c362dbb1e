package dev.wellhead.benchmarks;

/** A run broke: there is no result. The message says where, and holds what the broken part printed. */
final class BenchmarkException extends Exception {
    private static final long serialVersionUID = 1;

    BenchmarkException(String message) {
        super(message);
    }

    BenchmarkException(String message, Throwable cause) {
        super(message, cause);
    }
}
