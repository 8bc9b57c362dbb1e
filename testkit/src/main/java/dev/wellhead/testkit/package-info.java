/**
 * Real servers and real faults for tests: PostgreSQL and Redis started from binaries that Maven downloads, alone or as
 * standby, cluster and sentinels; SQLite files; proxies that misbehave on demand, pool by transaction or add TLS; child
 * JVMs that can be killed; a clock that moves only when told; and mutants, which show whether a check finds a fault.
 *
 * <p>Everything lives on free loopback ports and below one folder, the system property {@code wellhead.testkit.dir} (the
 * build sets it to {@code target/testkit}). Nothing outlives the JVM, even one that is killed.
 */
@NullMarked
package dev.wellhead.testkit;

import org.jspecify.annotations.NullMarked;
