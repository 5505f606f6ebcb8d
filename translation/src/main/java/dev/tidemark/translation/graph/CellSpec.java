package dev.tidemark.translation.graph;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * One state cell that a node declares.
 *
 * <p>Immutable.
 *
 * @param id the name that the user gave the cell
 * @param spec its kind and coders
 */
public record CellSpec(String id, RunnerApi.StateSpec spec) {}
