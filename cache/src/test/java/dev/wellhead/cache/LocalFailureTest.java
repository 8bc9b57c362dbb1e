package dev.wellhead.cache;

class LocalFailureTest extends FailureContract {
    LocalFailureTest() {
        super(CacheHome.local());
    }
}
