package dev.tidemark.portability.bundle;

import org.apache.beam.model.fnexecution.v1.BeamFnApi;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateRequest;
import org.apache.beam.model.fnexecution.v1.BeamFnApi.StateResponse;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Answers the state requests of one try of a bundle. What cannot be answered becomes an error of
 * the request, with which the harness fails the bundle.
 *
 * <p>Owned by the lane.
 */
final class StateAnswers implements BundleState {
  private final UserState user;
  private final SideInputAnswers sideInputs;
  private final LargeIterables iterables;
  private final Pages pages;

  StateAnswers(UserState user, SideInputAnswers sideInputs, LargeIterables iterables, Pages pages) {
    this.user = user;
    this.sideInputs = sideInputs;
    this.iterables = iterables;
    this.pages = pages;
  }

  @Override
  public StateResponse answer(StateRequest request) {
    StateResponse.Builder response = StateResponse.newBuilder().setId(request.getId());
    try {
      switch (request.getRequestCase()) {
        case GET -> response.setGet(get(request.getStateKey(), request.getGet()));
        case APPEND -> {
          append(request.getStateKey(), request.getAppend().getData());
          response.setAppend(BeamFnApi.StateAppendResponse.getDefaultInstance());
        }
        case CLEAR -> {
          clear(request.getStateKey());
          response.setClear(BeamFnApi.StateClearResponse.getDefaultInstance());
        }
        default -> response.setError("a state request says neither get, append nor clear");
      }
    } catch (RuntimeException e) {
      response.setError(String.valueOf(e));
    }
    return response.build();
  }

  private BeamFnApi.StateGetResponse get(
      BeamFnApi.StateKey key, BeamFnApi.StateGetRequest request) {
    return switch (key.getTypeCase()) {
      case RUNNER -> iterables.get(key.getRunner().getKey(), request, pages);
      case BAG_USER_STATE -> pages.get(request, bag(key.getBagUserState()).read(), blob -> blob);
      case MULTIMAP_KEYS_USER_STATE ->
          pages.get(request, multimap(key.getMultimapKeysUserState()).keys(), blob -> blob);
      case MULTIMAP_USER_STATE ->
          pages.get(
              request,
              multimap(key.getMultimapUserState()).read(key.getMultimapUserState().getMapKey()),
              blob -> blob);
      case ORDERED_LIST_USER_STATE ->
          pages.get(
              request,
              orderedList(key.getOrderedListUserState())
                  .read(key.getOrderedListUserState().getRange()),
              blob -> blob);
      case MULTIMAP_ENTRIES_USER_STATE -> {
        BeamFnApi.StateKey.MultimapEntriesUserState asked = key.getMultimapEntriesUserState();
        MultimapOverlay multimap = multimap(asked);
        MultimapEntries entries = user.entries(asked.getUserStateId());
        yield pages.get(request, multimap.keys(), one -> entries.encode(one, multimap.read(one)));
      }
      default -> sideInputs.get(key, request, pages);
    };
  }

  private void append(BeamFnApi.StateKey key, ByteString data) {
    switch (key.getTypeCase()) {
      case BAG_USER_STATE -> bag(key.getBagUserState()).append(data);
      case MULTIMAP_USER_STATE ->
          multimap(key.getMultimapUserState()).append(key.getMultimapUserState().getMapKey(), data);
      case ORDERED_LIST_USER_STATE -> orderedList(key.getOrderedListUserState()).append(data);
      default -> throw cannot("appended to", key);
    }
  }

  private void clear(BeamFnApi.StateKey key) {
    switch (key.getTypeCase()) {
      case BAG_USER_STATE -> bag(key.getBagUserState()).clear();
      case MULTIMAP_KEYS_USER_STATE -> multimap(key.getMultimapKeysUserState()).clear();
      case MULTIMAP_ENTRIES_USER_STATE -> multimap(key.getMultimapEntriesUserState()).clear();
      case MULTIMAP_USER_STATE ->
          multimap(key.getMultimapUserState()).clear(key.getMultimapUserState().getMapKey());
      case ORDERED_LIST_USER_STATE ->
          orderedList(key.getOrderedListUserState())
              .clear(key.getOrderedListUserState().getRange());
      default -> throw cannot("cleared", key);
    }
  }

  private BagOverlay bag(BeamFnApi.StateKey.BagUserState key) {
    return user.bag(key.getKey(), key.getWindow(), key.getUserStateId());
  }

  private MultimapOverlay multimap(BeamFnApi.StateKey.MultimapKeysUserState key) {
    return user.multimap(key.getKey(), key.getWindow(), key.getUserStateId());
  }

  private MultimapOverlay multimap(BeamFnApi.StateKey.MultimapUserState key) {
    return user.multimap(key.getKey(), key.getWindow(), key.getUserStateId());
  }

  private MultimapOverlay multimap(BeamFnApi.StateKey.MultimapEntriesUserState key) {
    return user.multimap(key.getKey(), key.getWindow(), key.getUserStateId());
  }

  private OrderedListOverlay orderedList(BeamFnApi.StateKey.OrderedListUserState key) {
    return user.orderedList(key.getKey(), key.getWindow(), key.getUserStateId());
  }

  private static IllegalArgumentException cannot(String what, BeamFnApi.StateKey key) {
    return new IllegalArgumentException(
        "state of the kind " + key.getTypeCase() + " cannot be " + what);
  }

  @Override
  public void commit() {
    user.commit();
  }
}
