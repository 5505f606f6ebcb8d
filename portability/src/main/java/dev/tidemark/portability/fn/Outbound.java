package dev.tidemark.portability.fn;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one kind of stream of one worker. The worker opens it when it likes; what is
 * sent before waits.
 *
 * <p>Thread-safe.
 */
final class Outbound<T> {
  /** So many bytes may be under way until the stream is not ready: a message of data or two. */
  private static final int READY_BYTES = 1 << 21;

  private final Runnable opened;
  private @Nullable ServerCallStreamObserver<T> stream;
  private boolean ended;
  private final List<T> early = new ArrayList<>();
  private final Set<Runnable> waiting = new LinkedHashSet<>();

  /**
   * Not open yet.
   *
   * @param opened is called when it is, on a thread of the network
   */
  Outbound(Runnable opened) {
    this.opened = opened;
  }

  /** Takes the worker's call; false if there is one, or the end was before. */
  boolean open(ServerCallStreamObserver<T> call) {
    call.setOnReadyThreshold(READY_BYTES);
    call.setOnReadyHandler(this::wake);
    // Without a handler, sending on a call that the worker has left throws.
    call.setOnCancelHandler(() -> {});
    synchronized (this) {
      if (ended || stream != null) {
        return false;
      }
      stream = call;
      early.forEach(call::onNext);
      early.clear();
    }
    opened.run();
    wake();
    return true;
  }

  /** Sends a message, in the order of the calls; drops it after the end. Never waits. */
  synchronized void send(T message) {
    if (ended) {
      return;
    }
    if (stream == null) {
      early.add(message);
    } else {
      stream.onNext(message);
    }
  }

  /**
   * Whether the stream takes more; true after the end.
   *
   * @param whenReady if not, is called once as soon as it does, on a thread of the network
   */
  synchronized boolean ready(Runnable whenReady) {
    if (ended || (stream != null && stream.isReady())) {
      return true;
    }
    waiting.add(whenReady);
    return false;
  }

  /** Whether the worker has opened it, and it has not ended. */
  synchronized boolean isOpen() {
    return stream != null && !ended;
  }

  /** The worker has left its call, and may open another. */
  synchronized void left(ServerCallStreamObserver<T> call) {
    if (stream == call && !ended) {
      stream = null;
      call.onCompleted();
    }
  }

  /** Ends the stream: nothing is sent any more. */
  void end() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      early.clear();
      if (stream != null) {
        stream.onCompleted();
      }
    }
    wake();
  }

  private void wake() {
    List<Runnable> woken;
    synchronized (this) {
      woken = List.copyOf(waiting);
      waiting.clear();
    }
    woken.forEach(Runnable::run);
  }
}
