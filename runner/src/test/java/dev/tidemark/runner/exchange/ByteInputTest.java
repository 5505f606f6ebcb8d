package dev.tidemark.runner.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ByteInputTest {
  private final byte[] bytes = {0, 1, 2, -1, 4, 5, 6};

  @Test
  void readsItsRangeOnly() throws IOException {
    ByteInput input = new ByteInput().reset(bytes, 1, 4);
    assertThat(input.available()).isEqualTo(4);
    assertThat(input.read()).isEqualTo(1);
    byte[] into = new byte[10];
    assertThat(input.read(into, 3, 2)).isEqualTo(2);
    assertThat(into).startsWith(0, 0, 0, 2, -1, 0);
    assertThat(input.read(into)).isEqualTo(1);
    assertThat(input.read()).isEqualTo(-1);
    assertThat(input.read(into)).isEqualTo(-1);
    assertThat(input.read(into, 0, 0)).isZero();

    input.reset(bytes, 3, 1);
    assertThat(input.read()).isEqualTo(255);
    assertThat(input.read()).isEqualTo(-1);
  }

  @Test
  void skipsMarksAndDrains() throws IOException {
    ByteInput input = new ByteInput().reset(bytes, 1, 5);
    assertThat(input.skip(2)).isEqualTo(2);
    input.mark(100);
    assertThat(input.readAllBytes()).containsExactly(-1, 4, 5);
    assertThat(input.skip(1)).isZero();
    input.reset();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(input.transferTo(out)).isEqualTo(3);
    assertThat(out.toByteArray()).containsExactly(-1, 4, 5);
    assertThat(input.available()).isZero();
  }
}
