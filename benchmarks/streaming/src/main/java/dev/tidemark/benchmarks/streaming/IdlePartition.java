package dev.tidemark.benchmarks.streaming;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.serialization.LongDeserializer;

/** A partition of a Kafka broker into which nobody writes. */
final class IdlePartition {
  private IdlePartition() {}

  /**
   * Makes the topic, and lets a pipeline read it.
   *
   * @param broker host and port
   */
  static void read(Pipeline pipeline, String broker) {
    String topic = "idle-" + UUID.randomUUID();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    pipeline
        .apply(
            "Idle partition",
            KafkaIO.<Long, Long>read()
                .withBootstrapServers(broker)
                .withTopic(topic)
                .withKeyDeserializer(LongDeserializer.class)
                .withValueDeserializer(LongDeserializer.class)
                .withoutMetadata())
        .apply("Nothing", ParDo.of(new NothingFn()));
  }

  private static final class NothingFn extends DoFn<KV<Long, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Long, Long> element) {
      throw new IllegalStateException("nobody wrote " + element);
    }
  }
}
