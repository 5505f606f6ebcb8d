"""The job of sdk-tests/recovery, whose answer is known, wherever it is interrupted.

    recovery_job.py FOLDER [options of the pipeline...]

An unbounded source counts until there is a file FOLDER/stop, and leaves in FOLDER/total how far it has
come. The numbers are collected by key and window, in state with timers; each window is shown, behind a
durable edge, as a line in a file of the process in FOLDER/shown. The same line may be there again, as
a crash may come between the file and the commit; never one with other content.
"""
import json
import os
import sys
from pathlib import Path

import apache_beam as beam
from apache_beam.coders import StrUtf8Coder, VarIntCoder
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.transforms import userstate
from apache_beam.transforms.timeutil import TimeDomain
from apache_beam.transforms.window import FixedWindows, GlobalWindows, TimestampedValue
from apache_beam.utils.timestamp import Duration, Timestamp

KEYS = 5
WINDOW_SECONDS = 1
PER_SECOND = 50
AT_A_TIME = 25
PAUSE_SECONDS = 0.05
END = 1 << 40


class Everything(beam.transforms.core.RestrictionProvider):
    """The range that nobody comes to the end of."""

    def initial_restriction(self, element):
        return OffsetRange(0, END)

    def create_tracker(self, restriction):
        return OffsetRestrictionTracker(restriction)

    def restriction_size(self, element, restriction):
        return 1

    def truncate(self, element, restriction):
        return None


class Count(beam.DoFn):
    """Emits the next numbers with their keys, unless it is to stop."""

    def __init__(self, folder):
        self._folder = folder

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element,
        tracker=beam.DoFn.RestrictionParam(Everything()),
        watermark=beam.DoFn.WatermarkEstimatorParam(
            ManualWatermarkEstimator.default_provider()
        ),
    ):
        number = tracker.current_restriction().start
        if (Path(self._folder) / "stop").exists():
            (Path(self._folder) / "total").write_text(str(number))
            tracker.try_claim(END - 1)
            return
        for number in range(number, number + AT_A_TIME):
            if not tracker.try_claim(number):
                return
            time = Timestamp(micros=number * 1_000_000 // PER_SECOND)
            watermark.set_watermark(time)
            yield TimestampedValue(("key%d" % (number % KEYS), number), time)
        tracker.defer_remainder(Duration(seconds=PAUSE_SECONDS))


class Collect(beam.DoFn):
    """Gives the numbers of a key and window when it ends, and how often time has passed in it."""

    NUMBERS = userstate.BagStateSpec("numbers", VarIntCoder())
    COUNT = userstate.CombiningValueStateSpec(
        "count", VarIntCoder(), beam.combiners.CountCombineFn()
    )
    KINDS = userstate.SetStateSpec("kinds", StrUtf8Coder())
    END = userstate.TimerSpec("end", TimeDomain.WATERMARK)
    LATER = userstate.TimerSpec("later", TimeDomain.REAL_TIME)

    def process(
        self,
        element,
        window=beam.DoFn.WindowParam,
        numbers=beam.DoFn.StateParam(NUMBERS),
        count=beam.DoFn.StateParam(COUNT),
        kinds=beam.DoFn.StateParam(KINDS),
        end=beam.DoFn.TimerParam(END),
        later=beam.DoFn.TimerParam(LATER),
    ):
        key, number = element
        if count.read() == 0:
            later.set(Timestamp.now())
        numbers.add(number)
        count.add(number)
        kinds.add("even" if number % 2 == 0 else "odd")
        end.set(window.end)

    @userstate.on_timer(LATER)
    def pass_time(self, key=beam.DoFn.KeyParam, window=beam.DoFn.WindowParam):
        yield key, "time %d" % int(window.end), "passed"

    @userstate.on_timer(END)
    def show(
        self,
        key=beam.DoFn.KeyParam,
        window=beam.DoFn.WindowParam,
        numbers=beam.DoFn.StateParam(NUMBERS),
        count=beam.DoFn.StateParam(COUNT),
        kinds=beam.DoFn.StateParam(KINDS),
    ):
        content = [sorted(numbers.read()), count.read(), sorted(kinds.read())]
        yield key, "window %d" % int(window.end), content


class Show(beam.DoFn):
    """A line for each window; the side input says how many keys there are."""

    def __init__(self, folder):
        self._folder = folder

    def process(self, shown, keys):
        key, about, content = shown
        line = json.dumps([key, about, content, keys]) + "\n"
        file = Path(self._folder) / "shown" / str(os.getpid())
        with open(file, "a", buffering=1) as lines:
            lines.write(line)


def main():
    folder = sys.argv[1]
    options = PipelineOptions([*sys.argv[2:], "--streaming"], save_main_session=True)
    pipeline = beam.Pipeline(options=options)
    names = pipeline | "Names" >> beam.Create(["key%d" % key for key in range(KEYS)])
    (
        pipeline
        | beam.Impulse()
        | "Count" >> beam.ParDo(Count(folder)).with_output_types(tuple[str, int])
        | beam.WindowInto(FixedWindows(WINDOW_SECONDS))
        | "Collect" >> beam.ParDo(Collect())
        | "Global" >> beam.WindowInto(GlobalWindows())
        | beam.Reshuffle()
        | "Show" >> beam.ParDo(Show(folder), beam.pvalue.AsSingleton(names | beam.combiners.Count.Globally()))
    )
    pipeline.run().wait_until_finish()


if __name__ == "__main__":
    main()
