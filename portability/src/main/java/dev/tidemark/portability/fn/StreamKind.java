package dev.tidemark.portability.fn;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;

/**
 * A kind of stream that a worker opens once.
 *
 * <p>Immutable.
 *
 * @param name for messages
 * @param vital whether the worker is lost with it; otherwise the worker may open it again
 * @param outbound the server's side of it
 * @param handler takes what comes in
 */
record StreamKind<Q, R>(
    String name, boolean vital, Function<RemoteWorker, Outbound<R>> outbound, Handler<Q> handler) {

  /** Takes a message of a worker, on a thread of the network; must not block. */
  @FunctionalInterface
  interface Handler<Q> {
    void accept(RemoteWorker worker, Q message) throws NonsenseException;
  }

  /** What takes the messages of a call that has become the worker's stream. */
  StreamObserver<Q> inbound(RemoteWorker worker, ServerCallStreamObserver<R> call) {
    return new StreamObserver<>() {
      @Override
      public void onNext(Q message) {
        try {
          handler.accept(worker, message);
        } catch (NonsenseException e) {
          worker.abandon(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
          worker.abandon("What it sent on its " + name + " stream could not be handled: " + e);
        }
      }

      @Override
      public void onError(Throwable cause) {
        ended("broke: " + Status.fromThrowable(cause));
      }

      @Override
      public void onCompleted() {
        ended("was closed by it");
      }

      private void ended(String how) {
        if (vital) {
          worker.abandon("Its " + name + " stream " + how);
        } else {
          outbound.apply(worker).left(call);
        }
      }
    };
  }
}
