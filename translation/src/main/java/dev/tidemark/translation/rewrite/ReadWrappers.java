package dev.tidemark.translation.rewrite;

import dev.tidemark.translation.environment.EnvironmentPolicy;
import dev.tidemark.translation.graph.Stage;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.jspecify.annotations.Nullable;

/**
 * Turns the splittable functions by which Beam's Java SDK wraps its sources back into reads.
 *
 * <p>Beam expands a read of a source to: an impulse, a function that emits the source, a splittable
 * function that reads it and, for an unbounded one, a function that strips the record ids. Where a
 * composite is exactly that and nothing inside it is read from outside, it becomes the read of the
 * source under its own name; in all other cases it stays what it is.
 *
 * <p>Beam expands a read of a limited amount of an unbounded source to functions that keep a thread
 * for as long as the source is read. It becomes the read of a {@link LimitedSource}.
 *
 * <p>Immutable.
 */
final class ReadWrappers {
  private static final String EMIT_SOURCE = "org.apache.beam.sdk.io.Read$OutputSingleSource";
  private static final String READ_BOUNDED =
      "org.apache.beam.sdk.io.Read$BoundedSourceAsSDFWrapperFn";
  private static final String READ_UNBOUNDED =
      "org.apache.beam.sdk.io.Read$UnboundedSourceAsSDFWrapperFn";
  private static final String STRIP_IDS =
      "org.apache.beam.sdk.values.ValueWithRecordId$StripIdsDoFn";

  private static final String LIMITED_READ =
      "org.apache.beam.sdk.io.BoundedReadFromUnboundedSource";
  private static final String SPLIT_SHARD = LIMITED_READ + "$SplitFn";
  private static final String READ_SHARD = LIMITED_READ + "$ReadFn";

  private final EnvironmentPolicy environments;
  private final boolean splittable;

  /**
   * Goes by these policies.
   *
   * @param splittable whether splittable functions are turned back, too
   */
  ReadWrappers(EnvironmentPolicy environments, boolean splittable) {
    this.environments = environments;
    this.splittable = splittable;
  }

  /** The pipeline with reads where it had wrappers. */
  RunnerApi.Pipeline unwrap(RunnerApi.Pipeline pipeline) {
    Unwrapping unwrapping = new Unwrapping(pipeline.getComponents());
    pipeline.getRootTransformIdsList().forEach(unwrapping::visit);
    return pipeline.toBuilder().setComponents(unwrapping.rewritten).build();
  }

  /** One pass over a pipeline. */
  private final class Unwrapping {
    private final RunnerApi.Components components;
    private final RunnerApi.Components.Builder rewritten;
    private final Containment containment;

    Unwrapping(RunnerApi.Components components) {
      this.components = components;
      this.rewritten = components.toBuilder();
      this.containment = new Containment(components);
    }

    /**
     * Unwraps reads in a transform, innermost composites first.
     *
     * @return whether there was one
     */
    boolean visit(String id) {
      RunnerApi.PTransform transform = components.getTransformsOrThrow(id);
      boolean found = false;
      for (String part : transform.getSubtransformsList()) {
        found |= visit(part);
      }
      if (!found && transform.getSubtransformsCount() > 0 && containment.isClosed(id)) {
        List<String> leaves = containment.leaves(id);
        RunnerApi.PTransform read =
            isLimitedRead(transform)
                ? asLimitedRead(transform, leaves)
                : splittable ? asRead(transform, leaves) : null;
        if (read != null) {
          rewritten.putTransforms(id, read);
          found = true;
        }
      }
      return found;
    }

    private RunnerApi.@Nullable PTransform asRead(
        RunnerApi.PTransform composite, List<String> leaves) {
      if (leaves.size() < 3 || composite.getInputsCount() > 0 || composite.getOutputsCount() != 1) {
        return null;
      }
      RunnerApi.PTransform emit = only(leaves, EMIT_SOURCE);
      if (emit == null || !startsAtImpulse(emit, leaves)) {
        return null;
      }
      RunnerApi.PTransform bounded = only(leaves, READ_BOUNDED);
      RunnerApi.PTransform unbounded = only(leaves, READ_UNBOUNDED);
      RunnerApi.PTransform strip = only(leaves, STRIP_IDS);
      boolean isBounded = bounded != null && leaves.size() == 3 && feeds(emit, bounded);
      boolean isUnbounded =
          unbounded != null && strip != null && feeds(emit, unbounded) && feeds(unbounded, strip);
      RunnerApi.PTransform last = isBounded ? bounded : strip;
      if ((!isBounded && !isUnbounded) || last == null || !makesOutput(last, composite)) {
        return null;
      }
      if (!(EmittedValue.of(emit) instanceof Source<?> source)
          || (isUnbounded
              && leaves.size() > 4
              && !((UnboundedSource<?, ?>) source).requiresDeduping())) {
        return null;
      }
      return read(composite, emit, source, isBounded);
    }

    private RunnerApi.@Nullable PTransform asLimitedRead(
        RunnerApi.PTransform composite, List<String> leaves) {
      RunnerApi.PTransform split = only(leaves, SPLIT_SHARD);
      RunnerApi.PTransform strip = only(leaves, STRIP_IDS);
      if (split == null
          || strip == null
          || only(leaves, READ_SHARD) == null
          || !makesOutput(strip, composite)) {
        return null;
      }
      for (String leaf : leaves) {
        RunnerApi.PTransform create = components.getTransformsOrThrow(leaf);
        if (feeds(create, split) && isEmbedded(create) && startsAtImpulse(create, leaves)) {
          LimitedSource<?, ?> source = LimitedReads.source(EmittedValue.of(create));
          return source == null ? null : read(composite, split, source, false);
        }
      }
      return null;
    }

    /**
     * Whether the parts have the names that Beam gives them; their functions are looked at then.
     */
    private boolean isLimitedRead(RunnerApi.PTransform composite) {
      Set<String> parts = new HashSet<>();
      for (String part : composite.getSubtransformsList()) {
        parts.add(components.getTransformsOrThrow(part).getUniqueName());
      }
      String prefix = composite.getUniqueName() + "/";
      return composite.getInputsCount() == 0
          && composite.getOutputsCount() == 1
          && parts.containsAll(Set.of(prefix + "Split", prefix + "Read", prefix + "StripIds"));
    }

    private RunnerApi.PTransform read(
        RunnerApi.PTransform composite,
        RunnerApi.PTransform emit,
        Source<?> source,
        boolean bounded) {
      RunnerApi.ReadPayload payload =
          RunnerApi.ReadPayload.newBuilder()
              .setSource(ReadTranslation.toProto(source))
              .setIsBounded(
                  bounded ? RunnerApi.IsBounded.Enum.BOUNDED : RunnerApi.IsBounded.Enum.UNBOUNDED)
              .build();
      return composite.toBuilder()
          .clearSubtransforms()
          .setEnvironmentId(emit.getEnvironmentId())
          .setSpec(
              RunnerApi.FunctionSpec.newBuilder()
                  .setUrn(LegacyUrns.READ)
                  .setPayload(payload.toByteString()))
          .build();
    }

    /** The only one of the transforms that runs this function in this JVM, or null. */
    private RunnerApi.@Nullable PTransform only(List<String> leaves, String functionClass) {
      RunnerApi.PTransform found = null;
      for (String leaf : leaves) {
        RunnerApi.PTransform transform = components.getTransformsOrThrow(leaf);
        if (isEmbedded(transform) && JavaFunctions.isInstance(transform, functionClass)) {
          if (found != null) {
            return null;
          }
          found = transform;
        }
      }
      return found;
    }

    private boolean isEmbedded(RunnerApi.PTransform transform) {
      String id = transform.getEnvironmentId();
      return components.containsEnvironments(id)
          && environments.place(id, components.getEnvironmentsOrThrow(id))
              instanceof Stage.Kind.Embedded;
    }

    private boolean startsAtImpulse(RunnerApi.PTransform emit, List<String> leaves) {
      return leaves.stream()
          .map(components::getTransformsOrThrow)
          .anyMatch(
              leaf ->
                  leaf.getSpec().getUrn().equals(PTransformTranslation.IMPULSE_TRANSFORM_URN)
                      && feeds(leaf, emit));
    }
  }

  /** Whether all that {@code consumer} reads is made by {@code producer}. */
  private static boolean feeds(RunnerApi.PTransform producer, RunnerApi.PTransform consumer) {
    return producer.getOutputsMap().values().containsAll(consumer.getInputsMap().values());
  }

  private static boolean makesOutput(RunnerApi.PTransform last, RunnerApi.PTransform composite) {
    return !Collections.disjoint(last.getOutputsMap().values(), composite.getOutputsMap().values());
  }
}
