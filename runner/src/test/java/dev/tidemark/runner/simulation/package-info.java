/**
 * Random pipelines against a naive oracle.
 *
 * <p>A {@link dev.tidemark.runner.simulation.PipelineSpec} is a pure description: records and
 * numbers. {@link dev.tidemark.runner.simulation.BeamPipeline} makes a Beam pipeline of it, {@link
 * dev.tidemark.runner.simulation.Oracle} computes with plain collections, in one thread, what has
 * to come out. What may differ between two correct runs (into which panes a trigger cuts a group)
 * is taken away by {@link dev.tidemark.runner.simulation.Observation} before the two are compared.
 */
@NullMarked
package dev.tidemark.runner.simulation;

import org.jspecify.annotations.NullMarked;
