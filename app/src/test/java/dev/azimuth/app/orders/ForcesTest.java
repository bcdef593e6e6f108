package dev.azimuth.app.orders;

import static org.assertj.core.api.Assertions.assertThat;

import dev.azimuth.app.orders.Roster.Entry;
import dev.azimuth.health.Forced;
import dev.azimuth.health.ForcedState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What orders come to. */
class ForcesTest {
  private static final Roster ROSTER =
      new Roster(
          List.of(
              new Entry("eu", "fra1", List.of("blue")),
              new Entry("eu", "fra2", List.of()),
              new Entry("us", "iad1", List.of("blue"))));
  private static final long NEVER = Long.MAX_VALUE;

  private static List<ForcedState> at(Orders orders, long now) {
    return new Forces(ROSTER, orders).at(now);
  }

  @Test
  void theNewestDecidesOfStateAndOfWeightEachByItself() {
    Orders orders =
        Orders.NONE
            .with(Given.order("eu", Forced.DRAIN, 1, NEVER))
            .with(Given.order("tag:blue", new Says.Weight(7), 2, 2, NEVER))
            .with(Given.order("eu/fra1", Forced.UP, 3, NEVER));
    assertThat(at(orders, 10))
        .containsExactly(
            new ForcedState(Forced.UP, 7, NEVER, NEVER),
            new ForcedState(Forced.DRAIN, 0, NEVER, NEVER),
            new ForcedState(null, 7, NEVER, NEVER));
  }

  @Test
  void whatANewerOneHidesComesBackWhenThatEnds() {
    Orders orders =
        Orders.NONE
            .with(Given.order("eu", Forced.DOWN, 1, NEVER))
            .with(Given.order("eu/fra1", Forced.UP, 2, 100));
    assertThat(at(orders, 99).getFirst()).isEqualTo(new ForcedState(Forced.UP, 0, 100, NEVER));
    assertThat(at(orders, 100).getFirst()).isEqualTo(new ForcedState(Forced.DOWN, 0, NEVER, NEVER));
  }

  @Test
  void theEndOfAnOrderThatANewerOneHidesChangesNothing() {
    Orders orders =
        Orders.NONE
            .with(Given.order("eu", Forced.DOWN, 1, 50))
            .with(Given.order("eu/fra1", Forced.DOWN, 2, NEVER));
    assertThat(at(orders, 10).getFirst()).isEqualTo(new ForcedState(Forced.DOWN, 0, NEVER, NEVER));
  }

  @Test
  void aPlannedOrderIsKnownBeforeItBegins() {
    Orders orders = Orders.NONE.with(Given.order("eu", new Says.State(Forced.DRAIN), 1, 100, 200));
    assertThat(at(orders, 10))
        .containsExactly(
            new ForcedState(null, 0, NEVER, 100), new ForcedState(null, 0, NEVER, 100), null);
    assertThat(at(orders, 100).getFirst()).isEqualTo(new ForcedState(Forced.DRAIN, 0, 200, NEVER));
    assertThat(new Forces(ROSTER, orders).nextEdge(10)).isEqualTo(100);
    assertThat(new Forces(ROSTER, orders).nextEdge(100)).isEqualTo(200);
    assertThat(new Forces(ROSTER, orders).nextEdge(200)).isEqualTo(NEVER);
  }

  @Test
  void anOrderTakesThePlaceOfTheSameSelectorsAndLeavesPlansAlone() {
    Order forLong = Given.order("eu", Forced.DRAIN, 1, 1000);
    Order shorter = Given.order("eu", Forced.DOWN, 5, 50);
    assertThat(Orders.NONE.with(forLong).with(shorter).list()).containsExactly(shorter);
    Order later = Given.order("eu", new Says.State(Forced.DOWN), 5, 100, 200);
    assertThat(Orders.NONE.with(forLong).with(later).list()).containsExactly(forLong, later);
    Order now = Given.order("eu", Forced.UP, 6, 20);
    assertThat(Orders.NONE.with(later).with(now).list()).containsExactly(later, now);
    Order secondWindow = Given.order("eu", new Says.State(Forced.DOWN), 7, 300, 400);
    assertThat(Orders.NONE.with(later).with(secondWindow).list()).hasSize(2);
    Order moved = Given.order("eu", new Says.State(Forced.DOWN), 8, 150, 250);
    assertThat(Orders.NONE.with(later).with(moved).list()).containsExactly(moved);
    Order weight = Given.order("eu", new Says.Weight(3), 9, 9, NEVER);
    assertThat(Orders.NONE.with(forLong).with(weight).list()).hasSize(2);
    Order other = Given.order("eu/*", Forced.UP, 9, NEVER);
    assertThat(Orders.NONE.with(forLong).with(other).list()).hasSize(2);
  }

  @Test
  void thereIsAnEndToTheirNumber() {
    Orders orders = Orders.NONE;
    for (int i = 0; i < Orders.MOST_PATTERNS; i++) {
      orders = orders.with(Given.down("*/fra" + i));
    }
    assertThat(orders.excess()).isNull();
    assertThat(orders.with(Given.down("*/one-more")).excess()).contains("250 orders by patterns");
    List<Order> many = new ArrayList<>();
    for (int i = 0; i < Orders.MOST; i++) {
      many.add(Given.down("eu/b" + i));
    }
    assertThat(new Orders(many, null).excess()).isNull();
    assertThat(new Orders(many, null).with(Given.down("eu/c")).excess()).contains("10000 orders");
  }

  /**
   * Random orders, ends, beginnings, clearings, reloads and restarts: at every instant a backend is
   * what a naive reading of the whole history says, and what it says of its next change is true.
   */
  @Test
  void manyRandomHistoriesComeToWhatANaiveModelSays() {
    Random random = new Random(17);
    String[] selectors = {"eu", "us", "eu/fra1", "us/iad1", "*/*1", "tag:blue", "e*/*", "ap/x"};
    JsonMapper json = JsonMapper.builder().build();
    for (int run = 0; run < 200; run++) {
      Orders orders = Orders.NONE;
      List<Order> naive = new ArrayList<>();
      Roster roster = roster(random);
      long now = 1000;
      for (int step = 0; step < 40; step++) {
        now += random.nextInt(60);
        long at = now;
        naive.removeIf(order -> order.until() <= at);
        orders = orders.at(now);
        switch (random.nextInt(6)) {
          case 0, 1, 2 -> {
            Order order = order(random, selectors[random.nextInt(selectors.length)], now);
            naive.removeIf(old -> naivelyReplaced(old, order));
            naive.add(order);
            orders = orders.with(order);
          }
          case 3 -> {
            Selector cleared = Selector.of(selectors[random.nextInt(selectors.length)]);
            naive.removeIf(order -> order.selector().equals(cleared));
            orders = orders.without(cleared);
          }
          case 4 -> roster = roster(random);
          default -> orders = json.readValue(json.writeValueAsBytes(orders), Orders.class);
        }
        assertThat(orders.list()).isEqualTo(naive);
        check(roster, orders, naive, now);
      }
    }
  }

  private static Order order(Random random, String selector, long now) {
    Says says =
        random.nextInt(3) == 0
            ? new Says.Weight(1 + random.nextInt(4))
            : new Says.State(List.of(Forced.values()).get(random.nextInt(3)));
    long from = random.nextBoolean() ? now : now + 1 + random.nextInt(100);
    long until = random.nextInt(3) == 0 ? NEVER : from + 1 + random.nextInt(150);
    return Given.order(selector, says, now, from, until);
  }

  private static boolean naivelyReplaced(Order old, Order by) {
    boolean same =
        old.selector().equals(by.selector()) && old.says().getClass() == by.says().getClass();
    boolean bothBegun = old.from() <= by.since() && by.from() == by.since();
    boolean bothPlanned = old.from() > by.since() && by.from() > by.since();
    boolean overlap = old.from() < by.until() && by.from() < old.until();
    return same && overlap && (bothBegun || bothPlanned);
  }

  private static Roster roster(Random random) {
    List<Entry> entries = new ArrayList<>();
    for (String name : List.of("eu/fra1", "eu/fra2", "us/iad1", "us/iad2", "ap/x")) {
      if (random.nextInt(4) != 0) {
        List<String> tags = random.nextBoolean() ? List.of("blue") : List.of();
        entries.add(new Entry(name.substring(0, 2), name.substring(3), tags));
      }
    }
    return new Roster(entries);
  }

  private static void check(Roster roster, Orders orders, List<Order> naive, long now) {
    Forces forces = new Forces(roster, orders);
    List<ForcedState> states = forces.at(now);
    assertThat(states).hasSize(roster.size());
    for (int backend = 0; backend < roster.size(); backend++) {
      int number = backend;
      List<Order> mine =
          naive.stream().filter(order -> means(order.selector(), roster.entry(number))).toList();
      String is = naiveEffect(mine, now);
      ForcedState state = states.get(backend);
      assertThat(state == null ? "null 0" : state.forced() + " " + state.weight()).isEqualTo(is);
      long change = state == null ? NEVER : Math.min(state.until(), state.planned());
      TreeSet<Long> instants = new TreeSet<>();
      mine.forEach(order -> instants.addAll(Arrays.asList(order.from(), order.until())));
      for (long instant : instants.tailSet(now, false)) {
        if (instant < change) {
          assertThat(naiveEffect(mine, instant)).isEqualTo(is);
        }
      }
      if (change != NEVER) {
        assertThat(change).isGreaterThan(now).isGreaterThanOrEqualTo(forces.nextEdge(now));
        assertThat(naiveEffect(mine, change)).isNotEqualTo(is);
      }
    }
  }

  private static boolean means(Selector selector, Entry entry) {
    return switch (selector.text()) {
      case "eu", "us" -> entry.pool().equals(selector.text());
      case "*/*1" -> entry.backend().endsWith("1");
      case "tag:blue" -> entry.tags().contains("blue");
      case "e*/*" -> entry.pool().startsWith("e");
      default -> entry.name().equals(selector.text());
    };
  }

  private static String naiveEffect(List<Order> mine, long at) {
    Forced forced = null;
    int weight = 0;
    for (int i = mine.size() - 1; i >= 0; i--) {
      Order order = mine.get(i);
      if (order.from() <= at && at < order.until()) {
        if (order.says() instanceof Says.State(Forced state) && forced == null) {
          forced = state;
        }
        if (order.says() instanceof Says.Weight(int said) && weight == 0) {
          weight = said;
        }
      }
    }
    return forced + " " + weight;
  }
}
