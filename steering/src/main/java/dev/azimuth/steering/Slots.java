package dev.azimuth.steering;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Numbers for things that are counted, given once and kept for as long as the process runs, so that
 * a counter survives rebuilds and reloads. Grows with the distinct things that configurations ever
 * named, never with what clients send. One thread gives them; any may ask what has one.
 */
public final class Slots {
  private final Map<String, Integer> numbers = new HashMap<>();

  /** By number. A cell is written once, before its number is given. */
  private volatile String[] things = new String[16];

  /** No numbers given yet. */
  public Slots() {}

  /** The number of a thing: 0 for the first one, one more for each new one. */
  public int of(String thing) {
    Integer known = numbers.get(thing);
    if (known != null) {
      return known;
    }
    int number = numbers.size();
    if (number == things.length) {
      things = Arrays.copyOf(things, 2 * number);
    }
    things[number] = thing;
    numbers.put(thing, number);
    return number;
  }

  /** The thing that has a number. For any thread that got the number from the one that gave it. */
  public String thing(int number) {
    return things[number];
  }

  /** How many numbers were given. */
  public int size() {
    return numbers.size();
  }
}
