package dev.wellhead.cache;

/**
 * A generation of the cache's values.
 *
 * @param name part of every key
 * @param asked the number of the question that the name is an answer to
 * @param tags what was invalidated in it, which also tells it from others: a value is judged by the table of the generation
 *     that it was found or loaded in
 */
record Generation(String name, long asked, TagTable tags) {}
