package dev.wellhead.cache;

class LocalTagTest extends TagContract {
    LocalTagTest() {
        super(CacheHome.local());
    }
}
