package dev.tidemark.portability.job.artifact;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactRequestWrapper;
import org.apache.beam.model.jobmanagement.v1.ArtifactApi.ArtifactResponseWrapper;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of a client that stages. Bytes go to the disk on the thread that brings them, so that
 * no more is under way than the stream's window holds.
 *
 * <p>Called by the server, one call after the other.
 */
final class StagingStream implements StreamObserver<ArtifactResponseWrapper> {
  private static final Logger LOG = LoggerFactory.getLogger(StagingStream.class);

  private record Live(Staging staging, StagingSession session) {}

  private final Function<String, Optional<Staging>> byToken;
  private final StreamObserver<ArtifactRequestWrapper> requests;
  private @Nullable Live live;
  private boolean ended;

  StagingStream(
      Function<String, Optional<Staging>> byToken,
      StreamObserver<ArtifactRequestWrapper> requests) {
    this.byToken = byToken;
    this.requests = requests;
  }

  @Override
  public void onNext(ArtifactResponseWrapper message) {
    if (ended) {
      return;
    }
    try {
      Live begun = live;
      if (begun == null) {
        begin(message.getStagingToken());
      } else {
        go(begun, begun.session().received(message));
      }
    } catch (ArtifactRefusedException e) {
      end(
          e.tooMuch() ? Status.RESOURCE_EXHAUSTED : Status.INVALID_ARGUMENT,
          String.valueOf(e.getMessage()));
    } catch (IOException e) {
      LOG.warn("An artifact could not be stored", e);
      end(Status.INTERNAL, "the server cannot store artifacts: " + e.getMessage());
    }
  }

  private void begin(String token) throws ArtifactRefusedException {
    Optional<Staging> staging = byToken.apply(token);
    if (staging.isEmpty()) {
      end(Status.NOT_FOUND, "no job is prepared under this staging token");
      return;
    }
    StagingSession session = staging.get().begin();
    live = new Live(staging.get(), session);
    requests.onNext(session.start());
  }

  private void go(Live begun, StagingSession.Step step) {
    if (step instanceof StagingSession.Step.Ask ask) {
      requests.onNext(ask.request());
    } else if (step instanceof StagingSession.Step.Complete complete) {
      ended = true;
      // First: the client may run the job as soon as the stream is closed.
      begun.staging().completed(begun.session(), complete.artifacts());
      requests.onCompleted();
    }
  }

  private void end(Status status, String reason) {
    drop(reason);
    requests.onError(status.withDescription(reason).asRuntimeException());
  }

  private void drop(String reason) {
    ended = true;
    Live begun = live;
    if (begun != null) {
      try {
        begun.staging().failed(begun.session(), reason);
      } catch (IOException e) {
        LOG.warn("A part of an artifact could not be removed", e);
      }
    }
  }

  @Override
  public void onError(Throwable cause) {
    if (!ended) {
      drop("the client broke the stream off");
    }
  }

  @Override
  public void onCompleted() {
    if (!ended) {
      end(Status.FAILED_PRECONDITION, "the client closed the stream before it was asked for all");
    }
  }
}
