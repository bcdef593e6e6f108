package dev.azimuth.app.geo;

import com.maxmind.db.CHMCache;
import com.maxmind.db.DatabaseRecord;
import com.maxmind.db.InvalidNetworkException;
import com.maxmind.db.Networks;
import com.maxmind.db.Reader;
import dev.azimuth.app.host.Printable;
import dev.azimuth.steering.Addresses;
import dev.azimuth.steering.Place;
import dev.azimuth.steering.Places.Field;
import dev.azimuth.steering.PlacesBuilder;
import dev.azimuth.zones.RegularFile;
import dev.azimuth.zones.SourceFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one database, network by network in the order of addresses. */
final class GeoReader {
  private static final Logger LOG = LoggerFactory.getLogger("azimuth");

  /** Maps that records share, such as those of countries and cities, are read once. */
  private static final int SHARED_MAPS = 1 << 20;

  private static final long TOLD_AFTER_NANOS = 1_000_000_000L;
  private static final int LOOK_AT_CLOCK_EVERY = 1 << 14;

  private final Path path;
  private final PlacesBuilder places;
  private final Set<Field> knows = EnumSet.noneOf(Field.class);
  private long networks;

  private GeoReader(Path path, PlacesBuilder places) {
    this.path = path;
    this.places = places;
  }

  /**
   * Adds a database to a table.
   *
   * @throws GeoUnusable when it is none, or knows nothing that a rule can ask for; the table is
   *     then of no use
   */
  static GeoFile read(Path path, PlacesBuilder places) throws GeoUnusable {
    return new GeoReader(path, places).read();
  }

  private GeoFile read() throws GeoUnusable {
    String stamp = SourceFile.stamp(path);
    try {
      RegularFile.open(path).close();
    } catch (NoSuchFileException e) {
      throw unusable("there is no such file; docs/geo.md says where to get one", null);
    } catch (RegularFile.NotRegular e) {
      throw unusable(String.valueOf(e.getReason()), null);
    } catch (IOException e) {
      throw unusable("permission denied", null);
    }
    // Read whole, not mapped: a mapped file that somebody overwrites takes the process down.
    try (Reader reader =
        new Reader(path.toFile(), Reader.FileMode.MEMORY, new CHMCache(SHARED_MAPS))) {
      String type = Printable.of(reader.getMetadata().databaseType());
      Instant built = reader.getMetadata().buildTime();
      networks(reader.networks(Map.class));
      if (knows.isEmpty()) {
        throw unusable("a database of the type " + type + " says nothing of places", null);
      }
      return new GeoFile(path, type, built, knows, networks, stamp);
    } catch (IOException | InvalidNetworkException | RuntimeException e) {
      throw unusable("it is no sound database in the MaxMind format", e);
    } catch (StackOverflowError e) {
      // The library follows whatever depth a broken file has.
      throw unusable("its records are nested without end", null);
    }
  }

  private GeoUnusable unusable(String why, @Nullable Exception cause) {
    String message = "the database " + path + " cannot be used: " + why;
    return cause == null
        ? new GeoUnusable(path, message)
        : new GeoUnusable(path, message + " (" + Printable.of(cause.toString()) + ")", cause);
  }

  // Map.class stands for the only type that records have; its parameters are never relied upon.
  @SuppressWarnings("rawtypes")
  private void networks(Networks<Map> all) {
    long begun = System.nanoTime();
    boolean told = false;
    while (all.hasNext()) {
      DatabaseRecord<Map> next = all.next();
      networks++;
      if (next.data() != null) {
        add(next.network().ipAddress().getAddress(), next.network().prefixLength(), next.data());
      }
      if (!told
          && networks % LOOK_AT_CLOCK_EVERY == 0
          && System.nanoTime() - begun > TOLD_AFTER_NANOS) {
        told = true;
        LOG.info("reading {}, a large database", path);
      }
    }
    if (told) {
      long millis = (System.nanoTime() - begun) / 1_000_000;
      LOG.info("read {}: {} networks in {} ms", path, networks, millis);
    }
  }

  private void add(byte[] octets, int length, Map<?, ?> record) {
    Place place = Layout.place(record);
    note(place);
    int number = places.number(place);
    if (octets.length == 16) {
      long high = Addresses.number(octets, 0, 8);
      places.add(false, high, Addresses.number(octets, 8, 16), length, number);
    } else if (length >= 0) {
      places.add(true, 0, Addresses.number(octets, 0, 4), length, number);
    } else {
      // An IPv6 network that holds all of ::/96, where IPv4 is; the library counts from there.
      places.add(true, 0, 0, 0, number);
      places.add(false, 0, 0, length + 96, number);
    }
  }

  private void note(Place place) {
    note(Field.CONTINENT, !place.continent().isEmpty());
    note(Field.COUNTRY, !place.country().isEmpty());
    note(Field.SUBDIVISION, !place.subdivisions().isEmpty());
    note(Field.CITY, !place.city().name().isEmpty() || place.city().geonameId() != 0);
    note(Field.ASN, place.asn() != 0);
    note(Field.COORDINATES, place.at() != null);
  }

  private void note(Field field, boolean known) {
    if (known) {
      knows.add(field);
    }
  }
}
