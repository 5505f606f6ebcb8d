package dev.tidemark.portability.fn;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A harness's end of a stream, for tests: what came in waits until it is asked for. */
final class FakeStream<Q, R> implements ClientResponseObserver<Q, R> {
  private static final long SECONDS = 30;

  private final boolean reading;
  private final BlockingQueue<R> received = new LinkedBlockingQueue<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final CompletableFuture<ClientCallStreamObserver<Q>> call = new CompletableFuture<>();

  /** One that takes nothing in until it is told to, if it is not reading. */
  FakeStream(boolean reading) {
    this.reading = reading;
  }

  void send(Q message) {
    call.join().onNext(message);
  }

  /** The next message; an error if there is none in time. */
  R next() throws InterruptedException {
    R message = received.poll(SECONDS, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("Nothing came");
    }
    return message;
  }

  /** What has come and was not asked for. */
  @Nullable R poll() {
    return received.poll();
  }

  /** Lets so many messages in. */
  void read(int messages) {
    call.join().request(messages);
  }

  /** How the server has ended it; waits for that. */
  Status ended() throws Exception {
    return ended.get(SECONDS, TimeUnit.SECONDS);
  }

  void close() {
    call.join().onCompleted();
  }

  void cancel() {
    call.join().cancel("The harness has died", null);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<Q> stream) {
    if (!reading) {
      stream.disableAutoRequestWithInitial(0);
    }
    call.complete(stream);
  }

  @Override
  public void onNext(R message) {
    received.add(message);
  }

  @Override
  public void onError(Throwable cause) {
    ended.complete(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    ended.complete(Status.OK);
  }
}
