package dev.tidemark.runner.stage.beam;

import java.util.function.UnaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.transforms.splittabledofn.WatermarkEstimator;
import org.jspecify.annotations.Nullable;

/**
 * Calls another invoker, but {@code @ProcessElement} with arguments of its own: Beam's class for
 * splittable functions does not provide all that a user's function may ask for.
 *
 * <p>Owned by the thread that runs the function.
 */
final class InterceptedInvoker implements DoFnInvoker<Object, Object> {
  private final DoFnInvoker<Object, Object> delegate;
  private final UnaryOperator<ArgumentProvider<Object, Object>> arguments;

  InterceptedInvoker(
      DoFnInvoker<Object, Object> delegate,
      UnaryOperator<ArgumentProvider<Object, Object>> arguments) {
    this.delegate = delegate;
    this.arguments = arguments;
  }

  @Override
  public DoFn.ProcessContinuation invokeProcessElement(ArgumentProvider<Object, Object> extra) {
    return delegate.invokeProcessElement(arguments.apply(extra));
  }

  @Override
  public void invokeSetup(ArgumentProvider<Object, Object> extra) {
    delegate.invokeSetup(extra);
  }

  @Override
  public void invokeStartBundle(ArgumentProvider<Object, Object> extra) {
    delegate.invokeStartBundle(extra);
  }

  @Override
  public void invokeFinishBundle(ArgumentProvider<Object, Object> extra) {
    delegate.invokeFinishBundle(extra);
  }

  @Override
  public void invokeTeardown() {
    delegate.invokeTeardown();
  }

  @Override
  public void invokeOnWindowExpiration(ArgumentProvider<Object, Object> extra) {
    delegate.invokeOnWindowExpiration(extra);
  }

  @Override
  public void invokeOnTimer(
      String timerId, String timerFamilyId, ArgumentProvider<Object, Object> extra) {
    delegate.invokeOnTimer(timerId, timerFamilyId, extra);
  }

  @Override
  public <R> R invokeGetInitialRestriction(ArgumentProvider<Object, Object> extra) {
    return delegate.invokeGetInitialRestriction(extra);
  }

  @Override
  public <R> Coder<R> invokeGetRestrictionCoder(CoderRegistry registry) {
    return delegate.invokeGetRestrictionCoder(registry);
  }

  @Override
  public void invokeSplitRestriction(ArgumentProvider<Object, Object> extra) {
    delegate.invokeSplitRestriction(extra);
  }

  @Override
  public <R> @Nullable TruncateResult<R> invokeTruncateRestriction(
      ArgumentProvider<Object, Object> extra) {
    return delegate.invokeTruncateRestriction(extra);
  }

  @Override
  public double invokeGetSize(ArgumentProvider<Object, Object> extra) {
    return delegate.invokeGetSize(extra);
  }

  @Override
  public <R, P> RestrictionTracker<R, P> invokeNewTracker(ArgumentProvider<Object, Object> extra) {
    return delegate.invokeNewTracker(extra);
  }

  @Override
  public <S> WatermarkEstimator<S> invokeNewWatermarkEstimator(
      ArgumentProvider<Object, Object> extra) {
    return delegate.invokeNewWatermarkEstimator(extra);
  }

  @Override
  public <S> S invokeGetInitialWatermarkEstimatorState(ArgumentProvider<Object, Object> extra) {
    return delegate.invokeGetInitialWatermarkEstimatorState(extra);
  }

  @Override
  public <S> Coder<S> invokeGetWatermarkEstimatorStateCoder(CoderRegistry registry) {
    return delegate.invokeGetWatermarkEstimatorStateCoder(registry);
  }

  @Override
  public DoFn<Object, Object> getFn() {
    return delegate.getFn();
  }
}
