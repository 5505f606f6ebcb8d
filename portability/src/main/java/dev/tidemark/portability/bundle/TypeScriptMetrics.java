package dev.tidemark.portability.bundle;

import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The metrics of TypeScript's SDK, as of 2.49. It has a name of its own for the label of the
 * transform, and its distributions, sent and read, are lists with their length in front.
 */
public final class TypeScriptMetrics {
  private static final String TRANSFORM = "PTRANSFORM";
  private static final String OWN_TRANSFORM = "TRANSFORM";
  private static final String DISTRIBUTION = "beam:metrics:distribution_int64:v1";
  private static final ByteString LENGTH = ByteString.copyFrom(new byte[] {0, 0, 0, 4});

  private TypeScriptMetrics() {}

  /** A metric of a worker as Beam defines it; those of other SDKs stay as they are. */
  static MonitoringInfo fromWorker(MonitoringInfo info) {
    if (!isOwn(info)) {
      return info;
    }
    MonitoringInfo.Builder usual =
        info.toBuilder().putLabels(TRANSFORM, info.getLabelsOrThrow(OWN_TRANSFORM));
    if (info.getType().equals(DISTRIBUTION) && info.getPayload().startsWith(LENGTH)) {
      usual.setPayload(info.getPayload().substring(LENGTH.size()));
    }
    return usual.build();
  }

  /** A metric of a job as its client reads it: a worker's that went through this class. */
  public static MonitoringInfo toClient(MonitoringInfo info) {
    return isOwn(info) && info.getType().equals(DISTRIBUTION)
        ? info.toBuilder().setPayload(LENGTH.concat(info.getPayload())).build()
        : info;
  }

  private static boolean isOwn(MonitoringInfo info) {
    return info.containsLabels(OWN_TRANSFORM);
  }
}
