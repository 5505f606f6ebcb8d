package dev.tidemark.runner.stage.sideinput;

import dev.tidemark.runner.stage.SideInputContents;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a window shows, from one change to the next: one or several panes, which become one when
 * they are first read, and the views that were built of them.
 *
 * <p>Thread-safe.
 */
final class ShownWindow {
  /** Stands for a null view value, which the map of views cannot hold. */
  private static final Object NULL = new Object();

  private final Map<String, Object> views = new ConcurrentHashMap<>();
  private final Queue<Runnable> viewReleases = new ConcurrentLinkedQueue<>();
  private final List<SideInputContents> panes = new ArrayList<>();
  private boolean read;

  ShownWindow(SideInputContents contents) {
    panes.add(contents);
  }

  /** Whether anybody has asked for what it shows. */
  synchronized boolean wasRead() {
    return read;
  }

  /** All that it shows. */
  synchronized SideInputContents contents() {
    read = true;
    if (panes.size() > 1) {
      SideInputContents all = joined(panes);
      panes.clear();
      panes.add(all);
    }
    return panes.get(0);
  }

  /** The view with this tag, built once. */
  @Nullable Object view(String tag, Supplier<@Nullable Object> build) {
    Object value =
        views.computeIfAbsent(tag, name -> Objects.requireNonNullElse(build.get(), NULL));
    return value == NULL ? null : value;
  }

  /** Has {@code release} called when the views are not asked for any more. */
  void releaseWithViews(Runnable release) {
    viewReleases.add(release);
  }

  /** This and a further pane; this itself, if nobody has read it. It is not to be used any more. */
  synchronized ShownWindow followedBy(SideInputContents pane) {
    if (!read) {
      panes.add(pane);
      return this;
    }
    releaseViews();
    ShownWindow next = new ShownWindow(contents());
    next.panes.add(pane);
    return next;
  }

  /** Tells that nobody asks for it any more, but who has it in hand. */
  synchronized void release() {
    releaseViews();
    panes.forEach(pane -> pane.release().run());
    panes.replaceAll(pane -> SideInputContents.of(pane.elements()));
  }

  private void releaseViews() {
    for (Runnable next = viewReleases.poll(); next != null; next = viewReleases.poll()) {
      next.run();
    }
  }

  private static SideInputContents joined(List<SideInputContents> panes) {
    for (SideInputContents pane : panes) {
      if ((Object) pane.elements() instanceof SpilledElements onDisk) {
        return joinedLike(onDisk, panes);
      }
    }
    List<@Nullable Object> elements = new ArrayList<>();
    panes.forEach(pane -> elements.addAll(pane.elements()));
    List<Runnable> releases = panes.stream().map(SideInputContents::release).toList();
    return new SideInputContents(
        Collections.unmodifiableList(elements), () -> releases.forEach(Runnable::run));
  }

  /** Panes of which one is on disk, which the whole will be, too, unless there is memory by now. */
  private static SideInputContents joinedLike(
      SpilledElements onDisk, List<SideInputContents> panes) {
    ContentsBuilder builder = new ContentsBuilder(onDisk.pages().space(), onDisk.coders());
    for (SideInputContents pane : panes) {
      pane.elements().forEach(builder::add);
      pane.release().run();
    }
    return builder.finish();
  }
}
