package dev.tidemark.portability.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.translation.PipelineTranslator;
import dev.tidemark.translation.TranslationOptions;
import dev.tidemark.translation.graph.Operation;
import org.junit.jupiter.api.Test;

final class WarmUpTest {
  @Test
  void itsPipelineIsTranslatedToTheEnd() {
    assertThat(
            PipelineTranslator.translate(WarmUp.pipeline(), TranslationOptions.harness()).nodes())
        .anyMatch(node -> node.operation() instanceof Operation.Harness);
  }
}
