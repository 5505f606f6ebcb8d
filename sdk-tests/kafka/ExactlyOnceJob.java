import dev.tidemark.runner.job.TidemarkPipelineResult;
import dev.tidemark.runner.job.TrustStableInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Instant;

/**
 * Writes the numbers of an unbounded source to Kafka, exactly once; makes the topic, and counts
 * what is in it. The first arguments are what to do, the broker, the topic; the rest are options.
 */
public final class ExactlyOnceJob {
  private static final int SPLITS = 4;
  private static final int SHARDS = 2;

  private ExactlyOnceJob() {}

  /** Makes records of numbers, and says when some are committed. */
  static final class ToRecord extends DoFn<Long, ProducerRecord<String, String>> {
    private final String topic;

    ToRecord(String topic) {
      this.topic = topic;
    }

    @ProcessElement
    public void process(
        @Element Long number,
        OutputReceiver<ProducerRecord<String, String>> output,
        BundleFinalizer finalizer) {
      output.output(new ProducerRecord<>(topic, "key " + number % 7, number.toString()));
      if (number % 100 == 0) {
        finalizer.afterBundleCommit(
            Instant.now().plus(org.joda.time.Duration.standardMinutes(1)),
            () -> System.out.println("committed " + number));
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    String broker = arguments[1];
    String topic = arguments[2];
    String[] options = List.of(arguments).subList(3, arguments.length).toArray(String[]::new);
    switch (arguments[0]) {
      case "create" -> create(broker, topic);
      case "run" -> run(broker, topic, true, 0, options);
      case "finish" -> run(broker, topic, true, 5_000, options);
      case "run-plain" -> run(broker, topic, false, 0, options);
      case "finish-plain" -> run(broker, topic, false, 5_000, options);
      case "count" -> count(broker, topic);
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  private static void create(String broker, String topic) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      admin.createTopics(List.of(new NewTopic(topic, SHARDS, (short) 1))).all().get();
    }
  }

  /** Runs until it is killed or, if asked to, drains after some time. */
  private static void run(
      String broker, String topic, boolean exactlyOnce, long drainMillis, String[] options)
      throws InterruptedException {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(options).create());
    KafkaIO.WriteRecords<String, String> write =
        KafkaIO.<String, String>writeRecords()
            .withBootstrapServers(broker)
            .withTopic(topic)
            .withKeySerializer(StringSerializer.class)
            .withValueSerializer(StringSerializer.class);
    pipeline
        .apply(GenerateSequence.from(0).withRate(100, org.joda.time.Duration.millis(100)))
        .apply("ToRecord", ParDo.of(new ToRecord(topic)))
        .setCoder(ProducerRecordCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of()))
        .apply(
            "Write",
            exactlyOnce
                ? TrustStableInput.with(write.withEOS(SHARDS, "group-of-" + topic))
                : write);
    TidemarkPipelineResult result = (TidemarkPipelineResult) pipeline.run();
    if (drainMillis > 0) {
      Thread.sleep(drainMillis);
      result.drain();
    }
    result.waitUntilFinish();
    // The sink has a thread in a static field that would keep the JVM for ever.
    System.exit(0);
  }

  /** Each split of the source gives its own numbers, one after the other, from its index on. */
  private static void count(String broker, String topic) {
    Map<Long, Integer> times = new TreeMap<>();
    Map<String, Object> config =
        Map.of(
            "bootstrap.servers", broker,
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      consumer.partitionsFor(topic).forEach(p -> partitions.add(new TopicPartition(topic, p.partition())));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
          times.merge(Long.parseLong(record.value()), 1, Integer::sum);
        }
      }
    }
    long lost = 0;
    for (long split = 0; split < SPLITS; split++) {
      long last = split;
      for (long number : times.keySet()) {
        last = number % SPLITS == split ? Math.max(last, number) : last;
      }
      for (long number = split; number <= last; number += SPLITS) {
        lost += times.containsKey(number) ? 0 : 1;
      }
    }
    long twice = times.values().stream().filter(count -> count > 1).count();
    System.out.println(times.size() + " numbers, " + lost + " lost, " + twice + " twice");
    System.exit(lost == 0 && twice == 0 && !times.isEmpty() ? 0 : 1);
  }
}
