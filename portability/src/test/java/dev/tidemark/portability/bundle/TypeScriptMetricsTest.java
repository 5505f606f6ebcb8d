package dev.tidemark.portability.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.beam.model.pipeline.v1.MetricsApi.MonitoringInfo;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class TypeScriptMetricsTest {
  private static final String COUNTER = "beam:metrics:sum_int64:v1";
  private static final String DISTRIBUTION = "beam:metrics:distribution_int64:v1";

  @Test
  void theTransformGetsTheLabelThatOthersUse() {
    MonitoringInfo usual = TypeScriptMetrics.fromWorker(info("TRANSFORM", COUNTER, 6));
    assertThat(usual.getLabelsOrThrow("PTRANSFORM")).isEqualTo("Count");
    assertThat(usual.getPayload()).isEqualTo(bytes(6));
  }

  @Test
  void aDistributionLosesItsLengthAndTheClientGetsItBack() {
    MonitoringInfo sent = info("TRANSFORM", DISTRIBUTION, 0, 0, 0, 4, 3, 6, 1, 3);
    MonitoringInfo usual = TypeScriptMetrics.fromWorker(sent);
    assertThat(usual.getPayload()).isEqualTo(bytes(3, 6, 1, 3));
    assertThat(TypeScriptMetrics.toClient(usual).getPayload()).isEqualTo(sent.getPayload());
  }

  @Test
  void metricsOfOtherSdksStayAsTheyAre() {
    MonitoringInfo sent = info("PTRANSFORM", DISTRIBUTION, 3, 6, 1, 3);
    assertThat(TypeScriptMetrics.fromWorker(sent)).isEqualTo(sent);
    assertThat(TypeScriptMetrics.toClient(sent)).isEqualTo(sent);
  }

  private static MonitoringInfo info(String label, String type, int... payload) {
    return MonitoringInfo.newBuilder()
        .setType(type)
        .putLabels(label, "Count")
        .setPayload(bytes(payload))
        .build();
  }

  private static ByteString bytes(int... bytes) {
    ByteString.Output out = ByteString.newOutput();
    for (int b : bytes) {
      out.write(b);
    }
    return out.toByteString();
  }
}
