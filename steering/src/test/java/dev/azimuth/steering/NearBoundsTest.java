package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What nearness multiplies is bounded, however many places, sites and names there are. */
class NearBoundsTest {
  private static final int SITES = 60;
  private static final int POINTS = 1 << 16;

  private final Random random = new Random(20261122);
  private final Places places = places();

  private Point point() {
    return new Point(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
  }

  private Places places() {
    PlacesBuilder builder = new PlacesBuilder();
    for (long i = 0; i < POINTS; i++) {
      Place place = new Place("", "", List.of(), City.UNKNOWN, 0, point());
      builder.add(true, 0, i << 16, 16, builder.number(place));
    }
    return builder.build();
  }

  private static Member member(int number) {
    Endpoint endpoint = new Endpoint(Scene.address("192.0.2." + number), -1, Integer.MAX_VALUE);
    Backend backend =
        new Backend("b" + number, number, number, 1, false, List.of(endpoint), Map.of());
    return new Member(backend, List.of(endpoint.address()), 1, 0);
  }

  @Test
  void fewerSitesAreToldApartWhereThatMakesTooManyOrders() {
    Map<String, Point> few = new HashMap<>();
    Map<String, Point> many = new HashMap<>();
    for (int i = 0; i < SITES; i++) {
      Point at = point();
      many.put("b" + i, at);
      if (i < 3) {
        few.put("b" + i, at);
      }
    }
    Nearness.Maker maker = new Nearness.Maker(places);
    assertThat(maker.of(few).told()).isEqualTo(8);
    Nearness nearness = maker.of(many);
    assertThat(nearness.told()).isBetween(1, 7);
    assertThat(nearness.orders()).isLessThanOrEqualTo(SiteOrders.MOST);
  }

  @Test
  void thereIsMoreToLayOutForMoreAnswers() {
    Map<String, Point> many = new HashMap<>();
    for (int i = 0; i < SITES; i++) {
      many.put("b" + i, point());
    }
    Nearness nearness = new Nearness.Maker(places).of(many);
    long one = nearness.work(new Pick(Pick.By.NEAREST, 1), Map.of());
    long several = nearness.work(new Pick(Pick.By.NEAREST, 6), Map.of());
    assertThat(one).isLessThan(Pick.MOST_WORK);
    assertThat(several).isGreaterThan(Pick.MOST_WORK);
    NearRanks nearest = ranks(nearness, new Pick(Pick.By.NEAREST, 1));
    assertThat(one).isEqualTo(Buckets.COUNT * nearest.choices());
    long members =
        IntStream.range(0, nearest.distinct())
            .mapToLong(i -> IntStream.of(nearest.of(i)).filter(rank -> rank == 0).count())
            .sum();
    assertThat(nearest.choices()).as("the nearest of each order alone").isEqualTo(members);
  }

  private static NearRanks ranks(Nearness nearness, Pick pick) {
    List<Member> members = IntStream.range(0, SITES).mapToObj(NearBoundsTest::member).toList();
    return NearRanks.of(members, pick, nearness);
  }

  @Test
  void whatNamesLeadToInAllIsAnErrorWithTheArithmetic() {
    Rule near =
        new Rule(
            "world",
            Condition.ALL,
            new To.Nearest(List.of(0, 1), List.of(new Point(50, 8), new Point(-30, 150)), 2),
            false,
            null);
    SteeredName name =
        new SteeredName(
            "www.example.com.",
            List.of(near),
            new Pick(Pick.By.WEIGHTED, 1),
            new TtlRange(1, 2),
            null,
            AllDown.ofZone(new AllDown.NoData()));
    List<BitSet> views = List.of(new BitSet(), new BitSet());
    List<SteeredName> names = Collections.nCopies(700_000, name);
    assertThatThrownBy(() -> Routes.of(List.of(), views, names, places, Routes.NONE))
        .isInstanceOf(TooManyDestinations.class)
        .hasMessage(
            "names lead to 2,100,000 orders of pools and views in all, 700,000 names by this route"
                + " to 3 each: at most 2,000,000 can be kept ready")
        .extracting(e -> ((TooManyDestinations) e).rule())
        .isEqualTo("world");
  }
}
