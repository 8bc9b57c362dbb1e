package dev.wellhead.ratelimit;

import java.util.List;

/**
 * What became of all the buckets of an ask at one moment, the same from Redis and from memory.
 *
 * @param allowed whether all buckets allowed their charge
 * @param charged whether it was taken as well
 * @param nowMicros the moment, on the clock of the states
 * @param states one for each charge, in order: after it if it was taken, else as it was judged; a full bucket is a moment
 *     that has passed
 */
record Outcome(boolean allowed, boolean charged, long nowMicros, List<State> states) {}
