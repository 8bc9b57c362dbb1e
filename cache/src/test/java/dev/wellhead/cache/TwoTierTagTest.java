package dev.wellhead.cache;

class TwoTierTagTest extends TagContract {
    TwoTierTagTest() {
        super(CacheHome.twoTier());
    }
}
