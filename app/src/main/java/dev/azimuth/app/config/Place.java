package dev.azimuth.app.config;

import java.nio.file.Path;

/**
 * Where something stands.
 *
 * @param line from 1
 * @param column from 1, in code points
 */
public record Place(Path file, int line, int column) {}
