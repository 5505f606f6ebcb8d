package dev.tidemark.runner.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import javax.management.BadAttributeValueExpException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

class SerializedSourcesTest {
  private final SerializedSources sources =
      new SerializedSources("Read/Lines", SerializedSourcesTest.class.getClassLoader());

  /** A source with something in it. */
  private static final class Carrier extends BoundedSource<Long> {
    private static final long serialVersionUID = 1L;
    private final Object[] load;

    Carrier(Serializable load) {
      this.load = new Object[] {load};
    }

    @Override
    public List<Carrier> split(long bytes, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return load.length;
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    @Override
    public BoundedReader<Long> createReader(PipelineOptions options) {
      throw new UnsupportedOperationException("it is written and read, and never run");
    }
  }

  @Test
  void aSourceIsReadAgain() throws Exception {
    byte[] bytes = sources.encode(NumbersSource.upTo(1_000));
    BoundedSource<?> read = sources.decode(bytes, BoundedSource.class);
    assertThat(read).isInstanceOf(NumbersSource.class);
    assertThat(read.getEstimatedSizeBytes(PipelineOptionsFactory.create()))
        .isEqualTo(
            NumbersSource.upTo(1_000).getEstimatedSizeBytes(PipelineOptionsFactory.create()));
  }

  @Test
  void whatIsNoSourceIsRefused() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(List.of("no source")));
    }
    assertThatThrownBy(() -> sources.decode(bytes.toByteArray(), BoundedSource.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Read/Lines");
  }

  @Test
  void knownWaysOfAttackAreRefusedInsideOfASource() {
    byte[] bytes = sources.encode(new Carrier(new BadAttributeValueExpException("x")));
    assertThatThrownBy(() -> sources.decode(bytes, BoundedSource.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("REJECTED");
    byte[] array = sources.encode(new Carrier(new BadAttributeValueExpException[0]));
    assertThatThrownBy(() -> sources.decode(array, BoundedSource.class))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void classesThatTheJobDoesNotHaveAreNotFound() {
    byte[] bytes = sources.encode(new Carrier("x"));
    SerializedSources elsewhere =
        new SerializedSources("Read/Lines", ClassLoader.getPlatformClassLoader());
    assertThatThrownBy(() -> elsewhere.decode(bytes, BoundedSource.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Read/Lines");
  }
}
