package dev.wellhead.cache;

class TwoTierTimeoutTest extends TimeoutContract {
    TwoTierTimeoutTest() {
        super(CacheHome.twoTier());
    }
}
