package dev.tidemark.runner.stage.testing;

import dev.tidemark.runner.stage.Cells;

/** Cells without a host. */
public final class TestCells {
  private FakeCells cells = new FakeCells();

  /** The cells. */
  public Cells cells() {
    return cells;
  }

  /** Writes everything down and reads it again. */
  public void restore() {
    cells = cells.restored();
  }
}
