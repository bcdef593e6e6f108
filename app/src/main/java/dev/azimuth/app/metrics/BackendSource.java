package dev.azimuth.app.metrics;

/** The health of every backend and what it was given out. Called at every scrape, on any thread. */
public interface BackendSource {

  /** Visits every address of every backend, each pool's together. */
  void addresses(AddressVisitor visitor);

  /** Visits every check of every combination, for each address by itself. */
  void checks(CheckVisitor visitor);

  /** Visits every backend that has been given in an answer, each pool's together. */
  void answers(AnswerVisitor visitor);

  /** Visits every pool. */
  void pools(PoolVisitor visitor);

  /** Visits every host name that backends or aliases have. */
  void hosts(HostVisitor visitor);

  /** Takes how a host name stands. */
  @FunctionalInterface
  interface HostVisitor {
    /**
     * @param resolves whether the newest look at it succeeded; its last addresses stay if not
     */
    void host(String host, boolean resolves);
  }

  /** Takes how a pool stands. */
  @FunctionalInterface
  interface PoolVisitor {
    /**
     * @param serves by its own measure: enough of it is up, or a standby stands in
     * @param held whether it is on failback hold
     */
    void pool(String pool, boolean serves, boolean held);
  }

  /** Takes the state of one address. */
  @FunctionalInterface
  interface AddressVisitor {
    /**
     * @param up as the checks say, before any forced state
     * @param latencyMicros the smoothed latency of its probes; 0 when none has succeeded
     */
    void address(String pool, String backend, String address, boolean up, double latencyMicros);
  }

  /** Takes the state of one check of an address. */
  @FunctionalInterface
  interface CheckVisitor {
    /**
     * @param check the name of the check
     */
    void check(String pool, String backend, String address, String check, boolean up);
  }

  /** Takes what one backend was given out. */
  @FunctionalInterface
  interface AnswerVisitor {
    /**
     * @param count answers that held an address of the backend
     */
    void answers(String pool, String backend, long count);
  }
}
