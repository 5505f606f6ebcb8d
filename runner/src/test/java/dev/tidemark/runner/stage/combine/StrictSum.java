package dev.tidemark.runner.stage.combine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;

/** A sum that throws when an accumulator is used again after it was given away. */
final class StrictSum extends Combine.CombineFn<Long, StrictSum.Accumulator, String> {
  private static final long serialVersionUID = 1L;

  /** Sum and number of the inputs. */
  static final class Accumulator {
    private long sum;
    private long count;
    private boolean givenAway;

    private Accumulator take() {
      if (givenAway) {
        throw new IllegalStateException("an accumulator is used twice");
      }
      givenAway = true;
      Accumulator taken = new Accumulator();
      taken.sum = sum;
      taken.count = count;
      return taken;
    }
  }

  /** Sum and number. */
  static final class AccumulatorCoder extends CustomCoder<Accumulator> {
    private static final long serialVersionUID = 1L;

    @Override
    public void encode(Accumulator accumulator, OutputStream out) throws IOException {
      if (accumulator.givenAway) {
        throw new IllegalStateException("an accumulator is sent that was given away");
      }
      VarLongCoder.of().encode(accumulator.sum, out);
      VarLongCoder.of().encode(accumulator.count, out);
    }

    @Override
    public Accumulator decode(InputStream in) throws IOException {
      Accumulator accumulator = new Accumulator();
      accumulator.sum = VarLongCoder.of().decode(in);
      accumulator.count = VarLongCoder.of().decode(in);
      return accumulator;
    }
  }

  @Override
  public Accumulator createAccumulator() {
    return new Accumulator();
  }

  @Override
  public Accumulator addInput(Accumulator accumulator, Long input) {
    Accumulator result = accumulator.take();
    result.sum += input;
    result.count++;
    return result;
  }

  @Override
  public Accumulator mergeAccumulators(Iterable<Accumulator> accumulators) {
    Accumulator result = new Accumulator();
    for (Accumulator accumulator : accumulators) {
      Accumulator taken = accumulator.take();
      result.sum += taken.sum;
      result.count += taken.count;
    }
    return result;
  }

  @Override
  public Accumulator compact(Accumulator accumulator) {
    return accumulator.take();
  }

  @Override
  public String extractOutput(Accumulator accumulator) {
    Accumulator taken = accumulator.take();
    return taken.sum + "/" + taken.count;
  }

  @Override
  public Coder<Accumulator> getAccumulatorCoder(CoderRegistry registry, Coder<Long> inputCoder) {
    return new AccumulatorCoder();
  }
}
