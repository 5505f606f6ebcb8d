package dev.tidemark.translation.graph;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * One timer, or family of timers, that a node declares.
 *
 * <p>Immutable.
 *
 * @param id the name that the user gave the timer or family, with the SDK's prefix
 * @param spec its time domain and coder
 */
public record TimerFamilySpec(String id, RunnerApi.TimerFamilySpec spec) {}
