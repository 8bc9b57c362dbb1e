/**
 * Metrics and spans of Wellhead's modules by the semantic conventions of OpenTelemetry. Needs the API only; the host brings
 * the SDK, or the Java agent does.
 *
 * <pre>{@code
 * DatabaseIdentity database = DatabaseIdentity.ofJdbcUrl(url);
 * ConnectionPool pool = ConnectionPool.builder(url)
 *         .metrics(OpenTelemetrySink.builder(openTelemetry).database(database).build())
 *         .listener(PoolTracing.builder(openTelemetry, database).build())
 *         .build();
 * }</pre>
 */
@NullMarked
package dev.wellhead.opentelemetry;

import org.jspecify.annotations.NullMarked;
