package dev.tidemark.runner.simulation;

/** What every element of a random pipeline is, up to the aggregation. */
record KeyedValue(int key, int value) {}
