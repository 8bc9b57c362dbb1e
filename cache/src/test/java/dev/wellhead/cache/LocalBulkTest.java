package dev.wellhead.cache;

class LocalBulkTest extends BulkContract {
    LocalBulkTest() {
        super(CacheHome.local());
    }
}
