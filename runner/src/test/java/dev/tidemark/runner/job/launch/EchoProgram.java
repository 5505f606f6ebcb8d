package dev.tidemark.runner.job.launch;

import java.util.List;

/** A user's program that prints what it was given. */
public final class EchoProgram {
  private EchoProgram() {}

  /** Prints its arguments and where it was loaded from. */
  public static void main(String[] arguments) {
    System.out.println(List.of(arguments));
    System.out.println(
        EchoProgram.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }
}
