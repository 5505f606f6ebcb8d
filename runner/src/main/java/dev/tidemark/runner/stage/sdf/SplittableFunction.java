package dev.tidemark.runner.stage.sdf;

import dev.tidemark.runner.stage.TransformException;
import dev.tidemark.runner.stage.beam.SideInputLookup;
import dev.tidemark.runner.stage.beam.SplittableInvoker;
import dev.tidemark.runner.stage.beam.SplittableInvoker.Residual;
import dev.tidemark.runner.stage.beam.SplittableInvoker.Surroundings;
import dev.tidemark.translation.graph.Node;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.reflect.DoFnInvokers;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.MethodWithExtraParameters;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.WindowedValue;
import org.jspecify.annotations.Nullable;

/**
 * One instance of a user's splittable function, set up. Elements that are handed in have been
 * exploded into single windows where {@link #observesWindow} says so.
 *
 * <p>Owned by the thread that made it. Every method throws {@link TransformException} for what the
 * user's code throws.
 */
final class SplittableFunction implements AutoCloseable {
  private final String name;
  private final PipelineOptions options;
  private final DoFnInvoker<Object, Object> invoker;
  private final DoFnSchemaInformation schemas;
  private final TupleTag<Object> mainOutput;
  private final Map<String, PCollectionView<?>> sideInputs;
  private final SplittableInvoker processing;

  private SplittableFunction(
      String name, PipelineOptions options, DoFnWithExecutionInformation information) {
    this.name = name;
    this.options = options;
    this.schemas = information.getSchemaInformation();
    this.mainOutput = cast(information.getMainOutputTag());
    this.sideInputs = information.getSideInputMapping();
    this.invoker = DoFnInvokers.tryInvokeSetupFor(cast(information.getDoFn()), options);
    this.processing = new SplittableInvoker(invoker, options, mainOutput, sideInputs);
  }

  /** Deserializes a function and sets it up. */
  static SplittableFunction open(
      Node node, RunnerApi.ParDoPayload payload, PipelineOptions options) {
    DoFnWithExecutionInformation information = information(node, payload);
    try {
      return new SplittableFunction(node.fullName(), options, information);
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(node.fullName(), e);
    }
  }

  @SuppressWarnings("unchecked") // elements are opaque here
  private static <T> T cast(Object value) {
    return (T) value;
  }

  String name() {
    return name;
  }

  PipelineOptions options() {
    return options;
  }

  DoFnSchemaInformation schemas() {
    return schemas;
  }

  TupleTag<Object> mainOutput() {
    return mainOutput;
  }

  /** The side input that the function asks for by this name. */
  PCollectionView<?> sideInput(String tagId) {
    PCollectionView<?> view = sideInputs.get(tagId);
    if (view == null) {
      throw new IllegalArgumentException(
          name + " asks for a side input '" + tagId + "' that it was not given");
    }
    return view;
  }

  /**
   * Whether a method of the function of {@code payload} asks for the window, so that each window is
   * to have its own call.
   */
  static boolean observesWindow(Node node, RunnerApi.ParDoPayload payload) {
    DoFnSignature signature = DoFnSignatures.signatureForDoFn(information(node, payload).getDoFn());
    return Stream.<@Nullable MethodWithExtraParameters>of(
            signature.processElement(),
            signature.getInitialRestriction(),
            signature.splitRestriction(),
            signature.truncateRestriction(),
            signature.getSize(),
            signature.newTracker(),
            signature.getInitialWatermarkEstimatorState(),
            signature.newWatermarkEstimator())
        .anyMatch(method -> method != null && method.observesWindow());
  }

  private static DoFnWithExecutionInformation information(
      Node node, RunnerApi.ParDoPayload payload) {
    try {
      return ParDoTranslation.doFnWithExecutionInformationFromProto(payload.getDoFn());
    } catch (RuntimeException | LinkageError e) {
      throw TransformException.of(node.fullName(), e);
    }
  }

  /** The window of an element that is in one only. */
  static BoundedWindow onlyWindow(WindowedValue<?> element) {
    if (element.getWindows().size() != 1) {
      throw new IllegalStateException("not in a single window: " + element);
    }
    return element.getWindows().iterator().next();
  }

  /** Element, restriction, estimator state: what is processed together, and what it may read. */
  record Part(
      WindowedValue<Object> element,
      @Nullable Object restriction,
      @Nullable Object estimatorState,
      SideInputLookup sideInputs) {
    Part with(@Nullable Object otherRestriction) {
      return new Part(element, otherRestriction, estimatorState, sideInputs);
    }
  }

  private RestrictionArguments arguments(Part part, Consumer<Object> restrictions) {
    return new RestrictionArguments(
        this,
        part.element(),
        part.restriction(),
        part.estimatorState(),
        part.sideInputs(),
        () -> tracker(part),
        restrictions);
  }

  private RestrictionArguments arguments(Part part) {
    return arguments(
        part,
        restriction -> {
          throw new UnsupportedOperationException("output is not allowed here");
        });
  }

  private RestrictionTracker<Object, Object> tracker(Part part) {
    return invoker.invokeNewTracker(arguments(part));
  }

  /** The restriction of a new element. */
  Object initialRestriction(WindowedValue<Object> element, SideInputLookup lookup) {
    return calling(
        () ->
            invoker.invokeGetInitialRestriction(arguments(new Part(element, null, null, lookup))));
  }

  /** The watermark estimator's state for a new element and restriction; it may be null. */
  @Nullable Object initialEstimatorState(Part part) {
    try {
      return invoker.<@Nullable Object>invokeGetInitialWatermarkEstimatorState(arguments(part));
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(name, e);
    }
  }

  /** Splits a restriction; {@code parts} takes at least what the user's code says. */
  void split(Part part, Consumer<Object> parts) {
    calling(
        () -> {
          invoker.invokeSplitRestriction(arguments(part, parts));
          return part;
        });
  }

  /** The size of a restriction, not negative, in a unit of the function's own. */
  double size(Part part) {
    return calling(() -> invoker.invokeGetSize(arguments(part)));
  }

  /** What of a restriction is still to be processed when the job is drained; null for nothing. */
  @Nullable Object truncate(Part part) {
    try {
      TruncateResult<Object> result = invoker.invokeTruncateRestriction(arguments(part));
      return result == null ? null : result.getTruncatedRestriction();
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(name, e);
    }
  }

  /**
   * Processes a restriction until it is done or a checkpoint is taken; returns what is left.
   *
   * @param trackers gives the tracker to claim with in place of the function's own
   */
  @Nullable Residual process(
      Part part,
      UnaryOperator<RestrictionTracker<Object, Object>> trackers,
      Surroundings surroundings) {
    try {
      WatermarkEstimator<Object> estimator = invoker.invokeNewWatermarkEstimator(arguments(part));
      return processing.process(
          part.element(), trackers.apply(tracker(part)), estimator, surroundings);
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(name, e);
    }
  }

  void startBundle(DoFn.BundleFinalizer finalizer) {
    calling(
        () -> {
          invoker.invokeStartBundle(new BundleArguments(this, finalizer));
          return name;
        });
  }

  void finishBundle(DoFn.BundleFinalizer finalizer) {
    calling(
        () -> {
          invoker.invokeFinishBundle(new BundleArguments(this, finalizer));
          return name;
        });
  }

  private <T> T calling(Supplier<T> code) {
    try {
      return code.get();
    } catch (Exception | LinkageError | AssertionError e) {
      throw TransformException.of(name, e);
    }
  }

  /** Tears the function down. */
  @Override
  public void close() {
    calling(
        () -> {
          invoker.invokeTeardown();
          return name;
        });
  }
}
