package dev.tidemark.expansion;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * The one answer of a call that is made without a server, on the caller's thread.
 *
 * <p>Not thread-safe.
 */
final class Answer<T> implements StreamObserver<T> {
  private @Nullable T value;
  private @Nullable Throwable failure;

  @Override
  public void onNext(T message) {
    value = message;
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
  }

  @Override
  public void onCompleted() {}

  /** What was answered. */
  T value() {
    if (value == null) {
      throw new IllegalStateException("There was no answer", failure);
    }
    return value;
  }

  /** A trace as clients show it. */
  static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
