package dev.tidemark.runner.stage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.runner.exchange.KeyGroups;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of nobody, which stores hold: they must stay what they are. */
class LaneKeysTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 128, 500})
  void eachKeyGroupHasOne(int count) {
    KeyGroups groups = new KeyGroups(count, 1);
    List<Key> keys = LaneKeys.ofGroups(groups);
    assertThat(keys).hasSize(count);
    for (int group = 0; group < count; group++) {
      assertThat(groups.groupOf(keys.get(group).keyHash())).isEqualTo(group);
      assertThat(keys.get(group)).isEqualTo(LaneKeys.ofPart(groups, group, count));
    }
  }

  @Test
  void theyDependOnNothingButTheNumberOfGroups() {
    assertThat(LaneKeys.ofGroups(new KeyGroups(128, 4)))
        .isEqualTo(LaneKeys.ofGroups(new KeyGroups(128, 1)));
  }
}
