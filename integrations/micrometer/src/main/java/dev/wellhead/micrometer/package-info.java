/**
 * What Wellhead's modules measure, as meters of a Micrometer registry:
 *
 * <pre>{@code
 * MetricSink metrics = MicrometerSink.of(registry);
 * ConnectionPool pool = ConnectionPool.builder(url).metrics(metrics).build();
 * }</pre>
 */
@NullMarked
package dev.wellhead.micrometer;

import org.jspecify.annotations.NullMarked;
