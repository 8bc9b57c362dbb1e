package dev.wellhead.benchmarks.cache;

/** Stands for the database. */
@FunctionalInterface
interface Source {
    /** Reads the value of the key, which is never null. */
    String load(String key) throws Exception;
}
