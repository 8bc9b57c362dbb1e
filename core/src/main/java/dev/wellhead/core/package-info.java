/**
 * What every Wellhead module shares and a host may want to replace: the clock for durations ({@link
 * dev.wellhead.core.Ticker}), the receiver of metrics ({@link dev.wellhead.core.MetricSink}), the answer to a health
 * check ({@link dev.wellhead.core.Health}) and the stable code of an error ({@link dev.wellhead.core.Coded}).
 *
 * <p>Nothing here knows JDBC, Redis, a framework or any global state.
 */
@NullMarked
package dev.wellhead.core;

import org.jspecify.annotations.NullMarked;
