package dev.tidemark.portability.grpc;

import io.grpc.stub.StreamObserver;

/** Hears nothing: for streams that were refused. */
record Deaf<T>() implements StreamObserver<T> {
  @Override
  public void onNext(T value) {}

  @Override
  public void onError(Throwable cause) {}

  @Override
  public void onCompleted() {}
}
