package dev.tidemark.portability.bundle;

import dev.tidemark.translation.graph.CollectionId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a harness is told to run for one stage, and how the runner finds its way in it.
 *
 * <p>Immutable.
 *
 * @param proto what the harness gets, without the service descriptors of data, state and timers:
 *     the worker fills them in, those of the ports in {@link RunnerApi.PTransform} sources and
 *     sinks included
 * @param source the id of the transform that takes the elements of the main input
 * @param sinks for each output of the stage, the id of the transform that sends it
 * @param timers the timer families of the stage, all of its root
 * @param fullNames for each transform of the descriptor, the full name of the user's transform
 */
public record BundleDescriptor(
    BeamFnApi.ProcessBundleDescriptor proto,
    String source,
    Map<CollectionId, String> sinks,
    List<Timers> timers,
    Map<String, String> fullNames) {
  public BundleDescriptor {
    sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    timers = List.copyOf(timers);
    fullNames = Collections.unmodifiableMap(new LinkedHashMap<>(fullNames));
  }

  /**
   * One timer family.
   *
   * @param transformId the transform in the descriptor
   * @param familyId its id there
   * @param spec its domain; its coder id is one of the descriptor's
   */
  public record Timers(String transformId, String familyId, RunnerApi.TimerFamilySpec spec) {}
}
