package dev.wellhead.cache;

class LocalTimeoutTest extends TimeoutContract {
    LocalTimeoutTest() {
        super(CacheHome.local());
    }
}
