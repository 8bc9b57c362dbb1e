/**
 * Transactions as lambdas, a data source of unpooled connections, and what makes a schema anew.
 *
 * <pre>{@code
 * Transactions.on(dataSource).run(tx -> {
 *     insertOrder(tx.connection(), order);
 *     tx.afterCommit(() -> cache.invalidate(order.customer()));
 * });
 * }</pre>
 */
@NullMarked
package dev.wellhead.jdbc;

import org.jspecify.annotations.NullMarked;
