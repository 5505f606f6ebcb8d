package dev.tidemark.portability.job;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Sends a journal to a client as fast as that reads: what it has not read yet stays in the journal.
 *
 * <p>Thread-safe: runs on the server's threads and on those that write the journal.
 */
final class JournalStream<T, R> {
  private final ServerCallStreamObserver<R> responses;
  private final Function<? super T, ? extends R> encode;
  private final LongFunction<? extends R> missed;
  private final Journal<T>.Reader reader;
  private boolean ended;

  private JournalStream(
      Journal<T> journal,
      Function<? super T, ? extends R> encode,
      LongFunction<? extends R> missed,
      ServerCallStreamObserver<R> responses) {
    this.responses = responses;
    this.encode = encode;
    this.missed = missed;
    this.reader = journal.reader();
  }

  /**
   * Starts to send; to be called by the handler of the method.
   *
   * @param encode makes the response for an entry
   * @param missed makes the response that says how many entries are missing
   */
  static <T, R> void start(
      Journal<T> journal,
      Function<? super T, ? extends R> encode,
      LongFunction<? extends R> missed,
      StreamObserver<R> responses) {
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) responses;
    JournalStream<T, R> stream = new JournalStream<>(journal, encode, missed, call);
    call.setOnCancelHandler(stream::end);
    call.setOnReadyHandler(stream::send);
    stream.reader.wakeBy(stream::send);
    stream.send();
  }

  private synchronized void send() {
    while (!ended && responses.isReady()) {
      Journal.Found<T> found = reader.read();
      if (found instanceof Journal.Found.Entry<T> entry) {
        responses.onNext(encode.apply(entry.value()));
      } else if (found instanceof Journal.Found.Missed<T> gap) {
        responses.onNext(missed.apply(gap.count()));
      } else if (found instanceof Journal.Found.End<T>) {
        end();
        responses.onCompleted();
      } else {
        return;
      }
    }
  }

  private synchronized void end() {
    ended = true;
    reader.close();
  }
}
