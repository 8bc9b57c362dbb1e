package dev.wellhead.cache;

class TwoTierFailureTest extends FailureContract {
    TwoTierFailureTest() {
        super(CacheHome.twoTier());
    }
}
