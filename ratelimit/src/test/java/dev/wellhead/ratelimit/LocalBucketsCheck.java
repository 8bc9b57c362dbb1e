package dev.wellhead.ratelimit;

/** Forces each interleaving of {@link LocalBucketsRaceTest} once. */
final class LocalBucketsCheck implements Runnable {
    @Override
    public void run() {
        new LocalBucketsRaceTest().chargeThatAnotherOvertookIsDecidedAnew();
        new LocalBucketsRaceTest().chargeThatAnAskOfSeveralOvertookIsDecidedAnew();
        new LocalBucketsRaceTest().chargeGoesThroughThoughADeniedAskOfSeveralHeldItsBucket();
        new LocalBucketsRaceTest().refundThatAChargeOvertookLosesNeither();
        new LocalBucketsRaceTest().chargeOfABucketThatWasSweptMeanwhileIsNotLost();
        new LocalBucketsRaceTest().chargeOfAKeyThatLostItsPlaceToAFloodPaysInTheSharedBucket();
        new LocalBucketsRaceTest().callThatWasHeldUpTakesNoLaterStateForOneFromBeforeTheClockWentBack();
        try {
            new LocalBucketsRaceTest().chargeWaitsForAnAskOfSeveralThatHoldsItsBucket();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
