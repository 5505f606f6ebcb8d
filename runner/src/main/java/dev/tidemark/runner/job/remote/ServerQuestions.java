package dev.tidemark.runner.job.remote;

import java.util.ArrayDeque;
import java.util.Queue;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.Status;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.StatusRuntimeException;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientCallStreamObserver;
import org.apache.beam.vendor.grpc.v1p69p0.io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/**
 * What a server asks on a staging stream, for a thread that may block while it answers.
 *
 * <p>Thread-safe.
 */
final class ServerQuestions
    implements ClientResponseObserver<ArtifactResponseWrapper, ArtifactRequestWrapper> {
  private final Queue<ArtifactRequestWrapper> questions = new ArrayDeque<>();
  private boolean ended;
  private @Nullable StatusRuntimeException failure;

  /**
   * The next question, null if the server has none left.
   *
   * @throws StatusRuntimeException if the server has broken off
   */
  synchronized @Nullable ArtifactRequestWrapper take() throws InterruptedException {
    while (questions.isEmpty() && !ended) {
      wait();
    }
    check();
    return questions.poll();
  }

  /**
   * Waits until the stream takes more answers.
   *
   * @throws StatusRuntimeException if the server has broken off
   */
  synchronized void awaitReadiness(ClientCallStreamObserver<?> answers)
      throws InterruptedException {
    while (!answers.isReady() && !ended) {
      wait();
    }
    check();
  }

  private void check() {
    StatusRuntimeException reason = failure;
    if (reason != null) {
      throw reason;
    }
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ArtifactResponseWrapper> answers) {
    answers.setOnReadyHandler(this::wake);
  }

  private synchronized void wake() {
    notifyAll();
  }

  @Override
  public synchronized void onNext(ArtifactRequestWrapper question) {
    questions.add(question);
    notifyAll();
  }

  @Override
  public synchronized void onError(Throwable reason) {
    failure = Status.fromThrowable(reason).asRuntimeException();
    ended = true;
    notifyAll();
  }

  @Override
  public synchronized void onCompleted() {
    ended = true;
    notifyAll();
  }
}
