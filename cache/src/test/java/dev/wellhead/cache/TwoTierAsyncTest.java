package dev.wellhead.cache;

class TwoTierAsyncTest extends AsyncContract {
    TwoTierAsyncTest() {
        super(CacheHome.twoTier());
    }
}
