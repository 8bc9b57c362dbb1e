package dev.wellhead.cache;

class LocalAsyncTest extends AsyncContract {
    LocalAsyncTest() {
        super(CacheHome.local());
    }
}
