package rstprobe.lab;

/// Which way a frame crosses the bridge.
enum Direction {
    TO_SERVER,
    TO_CLIENT
}
