package dev.wellhead.spring;

/**
 * Changes a builder after the properties were handed to it and before it builds: for what no property says, as the shares
 * of a pool. A bean of this type is called for the builder that it names: {@code ConnectionPool.Builder}, {@code
 * SqliteDatabase.Builder}, {@code Redis.Builder}, {@code Migrator.Builder}, {@code RateLimiter.RedisBuilder}, {@code
 * RateLimiter.InMemoryBuilder} or {@code Backups.Builder}. Several are called in the order of Spring's {@code @Order}.
 *
 * @param <B> the builder
 */
@FunctionalInterface
public interface BuilderCustomizer<B> {
    /** Changes the builder. Called once, while the application starts. */
    void customize(B builder);
}
