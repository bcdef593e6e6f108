package dev.azimuth.bench;

import dev.azimuth.steering.City;
import dev.azimuth.steering.Place;
import dev.azimuth.steering.Places;
import dev.azimuth.steering.PlacesBuilder;
import dev.azimuth.steering.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A made-up allocation of the address space that looks like the real one: blocks go to countries
 * and to networks within them, prefixes within a block to cities. The same for the same size.
 */
final class Registry {
  static final int COUNTRIES = 240;
  static final int NETWORKS = 70_000;
  private static final int CITIES = 100_000;

  /** An operator's block serves a few cities. */
  private static final int CITIES_OF_BLOCK = 8;

  private static final List<String> CODES =
      Arrays.stream(Locale.getISOCountries()).sorted().toList();

  private static final List<String> CONTINENTS = List.of("AF", "AS", "EU", "NA", "OC", "SA", "AN");

  /** What is given out: addresses 1.0.0.0 to 223.255.255.255, and 2000::/3. */
  private static final long FIRST_V4 = 0x01000000L;

  private static final long LAST_V4 = 0xe0000000L;
  private static final long FIRST_V6 = 0x2400_0000_0000_0000L;

  private final Random random = new Random(1);

  /** By country: the numbers of its cities. */
  private final List<int[]> cities = new ArrayList<>();

  private final PlacesBuilder places = new PlacesBuilder();
  private final Sink sink;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * What one network has, in some cities of one country.
   *
   * @param city the first of them
   */
  private record Block(boolean v4, long high, long low, int length, int country, int city) {}

  /** Takes what is given out, by family in rising order. */
  interface Sink {
    /**
     * @param country its number
     */
    void add(boolean v4, long high, long low, int length, int country);
  }

  private Registry(Sink sink) {
    this.sink = sink;
  }

  /** About so many prefixes with cities, a fifth of them IPv6; and joined to them the networks. */
  static Places of(int prefixes) {
    return new Registry((v4, high, low, length, country) -> {}).places(prefixes);
  }

  /** The same prefixes with their countries alone. */
  static void countries(int prefixes, Sink sink) {
    new Registry(sink).places(prefixes);
  }

  static String continent(int country) {
    return CONTINENTS.get(country % CONTINENTS.size());
  }

  static String country(int number) {
    return CODES.get(number);
  }

  static String city(int number) {
    return "City " + number;
  }

  private Places places(int prefixes) {
    for (int country = 0; country < COUNTRIES; country++) {
      Point middle = new Point(random.nextDouble(-55, 65), random.nextDouble(-175, 175));
      // A few countries have most cities.
      int[] its = new int[1 + CITIES / (4 * (1 + country))];
      for (int i = 0; i < its.length; i++) {
        its[i] = places.number(city(country, country * 1_000_000 + i, middle));
      }
      cities.add(its);
    }
    blocksOfV4(prefixes * 4 / 5);
    blocksOfV6(prefixes / 5);
    places.next();
    for (Block block : blocks) {
      Place network =
          new Place("", "", List.of(), City.UNKNOWN, 1 + random.nextInt(NETWORKS), null);
      places.add(block.v4, block.high, block.low, block.length, places.number(network));
    }
    return places.build();
  }

  private Place city(int country, int number, Point middle) {
    Point at =
        new Point(
            Math.clamp(middle.latitude() + random.nextGaussian() * 3, -90, 90),
            Math.clamp(middle.longitude() + random.nextGaussian() * 4, -180, 180));
    City city = new City(city(number), number + 1);
    return new Place(continent(country), country(country), List.of(), city, 0, at);
  }

  private void blocksOfV4(int prefixes) {
    long mean = (LAST_V4 - FIRST_V4) / prefixes;
    int length = 32 - (63 - Long.numberOfLeadingZeros(mean));
    for (long address = FIRST_V4; address < LAST_V4; ) {
      int fitting = 32 - Long.numberOfTrailingZeros(address);
      Block block = block(true, 0, address, Math.clamp(13 + random.nextInt(9), fitting, 32));
      long end = address + (1L << (32 - block.length));
      for (long at = address; at < end; ) {
        int split = Math.clamp(length - 2 + random.nextInt(3), block.length, 32);
        split = Math.max(split, 32 - Long.numberOfTrailingZeros(at));
        give(block, 0, at, split);
        at += 1L << (32 - split);
      }
      address = end;
    }
  }

  private void blocksOfV6(int prefixes) {
    long high = FIRST_V6;
    for (int given = 0; given < prefixes; ) {
      Block block = block(false, high, 0, 32);
      int count = 1 + random.nextInt(64);
      for (int i = 0; i < count; i++) {
        give(block, high + ((long) i << 26), 0, 38);
      }
      given += count;
      high += 1L << 32;
    }
  }

  private Block block(boolean v4, long high, long low, int length) {
    // The product of two makes low numbers common, as a few countries have most addresses.
    int country = (int) (COUNTRIES * random.nextDouble() * random.nextDouble());
    int city = random.nextInt(cities.get(country).length);
    blocks.add(new Block(v4, high, low, length, country, city));
    return blocks.getLast();
  }

  private void give(Block block, long high, long low, int length) {
    int[] its = cities.get(block.country);
    places.add(
        block.v4,
        high,
        low,
        length,
        its[(block.city + random.nextInt(CITIES_OF_BLOCK)) % its.length]);
    sink.add(block.v4, high, low, length, block.country);
  }
}
