package dev.azimuth.steering;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NearbyTest {
  private static final Point FRANKFURT = new Point(50.1, 8.7);
  private static final Point LONDON = new Point(51.5, -0.1);
  private static final Point VIRGINIA = new Point(38.9, -77.4);
  private static final Point TOKYO = new Point(35.7, 139.7);
  private static final Point FIJI = new Point(-17.7, 178.0);
  private static final Point SAMOA = new Point(-13.8, -171.8);
  private static final Point SYDNEY = new Point(-33.9, 151.2);

  static IntStream seeds() {
    return IntStream.range(0, 60);
  }

  private static List<List<Integer>> turns(Point from, int most, Point... candidates) {
    Sphere points = Sphere.of(List.of(Optional.empty(), Optional.ofNullable(from)));
    Nearby nearby = new Nearby(points, List.of(candidates), most);
    return nearby.turns(nearby.from(from == null ? 0 : 1));
  }

  private static List<List<Integer>> one(int... each) {
    return IntStream.of(each).mapToObj(List::of).toList();
  }

  @Test
  void theNearestComesFirst() {
    Point paris = new Point(48.9, 2.35);
    assertThat(turns(paris, 9, TOKYO, VIRGINIA, FRANKFURT, LONDON)).isEqualTo(one(3, 2, 1, 0));
    assertThat(turns(paris, 2, TOKYO, VIRGINIA, FRANKFURT, LONDON)).isEqualTo(one(3, 2));
  }

  @Test
  void theWayOverTheDateLineIsShort() {
    assertThat(turns(SAMOA, 9, SYDNEY, VIRGINIA, FIJI)).isEqualTo(one(2, 0, 1));
    assertThat(turns(new Point(0, -180), 1, new Point(0, 170), new Point(0, -160)))
        .isEqualTo(one(0));
    assertThat(turns(new Point(0, -180), 1, new Point(3, 170), new Point(3, 180)))
        .isEqualTo(one(1));
  }

  @Test
  void overThePoleItIsShorterThanDegreesSay() {
    // 140 degrees of longitude apart, but only 14 of the globe.
    assertThat(turns(new Point(83, 0), 1, new Point(60, 0), new Point(83, 140))).isEqualTo(one(1));
  }

  @Test
  void nearTiesShareATurnAndAreNotCutByTheLimit() {
    Point equator = new Point(0, 0);
    // 20, 20.9 and 21.1 degrees away: the second is within 5 % of the first, the third is not.
    Point[] three = {new Point(0, 21.1), new Point(0, 20.9), new Point(0, -20)};
    assertThat(turns(equator, 9, three)).isEqualTo(List.of(List.of(1, 2), List.of(0)));
    assertThat(turns(equator, 1, three)).isEqualTo(List.of(List.of(1, 2)));
  }

  @Test
  void aClientThatIsNowhereGetsTheListAsWritten() {
    assertThat(turns(null, 1, TOKYO, LONDON, VIRGINIA)).isEqualTo(one(0, 1, 2));
  }

  @Test
  void whichOfATieIsTheNearestMakesNoOtherOrder() {
    Sphere points =
        Sphere.of(
            List.of(
                Optional.empty(),
                Optional.of(new Point(0, 0.1)),
                Optional.of(new Point(0, -0.1)),
                Optional.of(new Point(0, 19))));
    Nearby nearby = new Nearby(points, List.of(new Point(0, 20), new Point(0, -20)), 2);
    assertThat(nearby.from(1)).isEqualTo(nearby.from(2)).isNotEqualTo(nearby.from(3));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isTheOrderOfTheHaversineFormula(int seed) {
    Random random = new Random(seed);
    List<Point> candidates = new ArrayList<>();
    for (int i = 0; i < 1 + seed % 9; i++) {
      candidates.add(seed % 2 == 0 ? Atlas.point(random) : anywhere(random));
    }
    int most = 1 + random.nextInt(candidates.size());
    Point from = anywhere(random);
    assertThat(turns(from, most, candidates.toArray(Point[]::new)))
        .isEqualTo(naive(from, candidates, most));
  }

  private static Point anywhere(Random random) {
    return new Point(random.nextDouble(-90, 90), random.nextDouble(-180, 180));
  }

  static List<List<Integer>> naive(Point from, List<Point> candidates, int most) {
    List<Integer> rest = new ArrayList<>(IntStream.range(0, candidates.size()).boxed().toList());
    List<List<Integer>> turns = new ArrayList<>();
    while (!rest.isEmpty() && turns.size() < most) {
      double nearest =
          Collections.min(rest.stream().map(i -> kilometres(from, candidates.get(i))).toList());
      List<Integer> tie =
          rest.stream()
              .filter(i -> kilometres(from, candidates.get(i)) <= nearest * 1.05 + 1e-6)
              .toList();
      turns.add(tie);
      rest.removeAll(tie);
    }
    return turns;
  }

  static double kilometres(Point a, Point b) {
    double latitudes = Math.sin(Math.toRadians(b.latitude() - a.latitude()) / 2);
    double longitudes = Math.sin(Math.toRadians(b.longitude() - a.longitude()) / 2);
    double h =
        latitudes * latitudes
            + Math.cos(Math.toRadians(a.latitude()))
                * Math.cos(Math.toRadians(b.latitude()))
                * longitudes
                * longitudes;
    return 2 * 6371 * Math.asin(Math.min(1, Math.sqrt(h)));
  }
}
