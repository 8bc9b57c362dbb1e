package dev.wellhead.benchmarks;

/**
 * Something that is built once in a fresh JVM. Its constructor makes what is there before, such as the driver or what the host
 * hands over; that is not measured.
 */
@FunctionalInterface
interface StartupCase {
    /** Builds it: measured. Returns what was built, which is kept from being collected. */
    Object build() throws Exception;
}
