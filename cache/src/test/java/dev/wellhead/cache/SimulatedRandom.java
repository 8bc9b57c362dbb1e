package dev.wellhead.cache;

/** In place of every source of chance in the cache. */
final class SimulatedRandom {
    SimulatedRandom() {}

    static SimulatedRandom current() {
        return new SimulatedRandom();
    }

    long nextLong() {
        Simulation simulation = Simulation.current();
        simulation.point();
        return simulation.random().nextLong();
    }

    double nextDouble() {
        return Simulation.current().random().nextDouble();
    }
}
