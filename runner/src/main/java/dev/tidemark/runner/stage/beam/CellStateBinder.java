package dev.tidemark.runner.stage.beam;

import dev.tidemark.runner.stage.Cells;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateBinder;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.CombineWithContext.CombineFnWithContext;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.CombineFnUtil;

/**
 * Makes the state object for each kind of state in one namespace of one key.
 *
 * @param cells the key's cells
 * @param namespace the namespace in string form
 * @param context what a combine function with context may ask for
 */
record CellStateBinder(Cells cells, String namespace, StateContext<?> context)
    implements StateBinder {

  @Override
  public <T> ValueState<T> bindValue(String id, StateSpec<ValueState<T>> spec, Coder<T> coder) {
    return new CellValueState<>(cells.value(namespace, id, coder));
  }

  @Override
  public <T> BagState<T> bindBag(String id, StateSpec<BagState<T>> spec, Coder<T> elementCoder) {
    return new CellBagState<>(cells.bag(namespace, id, elementCoder));
  }

  @Override
  public <T> SetState<T> bindSet(String id, StateSpec<SetState<T>> spec, Coder<T> elementCoder) {
    return new CellSetState<>(cells.map(namespace, id, elementCoder, VoidCoder.of()));
  }

  @Override
  public <K, V> MapState<K, V> bindMap(
      String id, StateSpec<MapState<K, V>> spec, Coder<K> keyCoder, Coder<V> valueCoder) {
    return new CellMapState<>(cells.map(namespace, id, keyCoder, valueCoder));
  }

  @Override
  public <K, V> MultimapState<K, V> bindMultimap(
      String id, StateSpec<MultimapState<K, V>> spec, Coder<K> keyCoder, Coder<V> valueCoder) {
    return new CellMultimapState<>(cells.multimap(namespace, id, keyCoder, valueCoder));
  }

  @Override
  public <T> OrderedListState<T> bindOrderedList(
      String id, StateSpec<OrderedListState<T>> spec, Coder<T> elementCoder) {
    return new CellOrderedListState<>(cells.orderedList(namespace, id, elementCoder));
  }

  @Override
  public <InputT, AccumT, OutputT> CombiningState<InputT, AccumT, OutputT> bindCombining(
      String id,
      StateSpec<CombiningState<InputT, AccumT, OutputT>> spec,
      Coder<AccumT> accumulatorCoder,
      CombineFn<InputT, AccumT, OutputT> combineFn) {
    return new CellCombiningState<>(cells.value(namespace, id, accumulatorCoder), combineFn);
  }

  @Override
  public <InputT, AccumT, OutputT> CombiningState<InputT, AccumT, OutputT> bindCombiningWithContext(
      String id,
      StateSpec<CombiningState<InputT, AccumT, OutputT>> spec,
      Coder<AccumT> accumulatorCoder,
      CombineFnWithContext<InputT, AccumT, OutputT> combineFn) {
    return bindCombining(id, spec, accumulatorCoder, CombineFnUtil.bindContext(combineFn, context));
  }

  @Override
  public WatermarkHoldState bindWatermark(
      String id, StateSpec<WatermarkHoldState> spec, TimestampCombiner timestampCombiner) {
    return new CellHoldState(cells.hold(namespace, id), timestampCombiner);
  }
}
