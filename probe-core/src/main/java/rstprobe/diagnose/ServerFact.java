package rstprobe.diagnose;

/// Something about a server that is worth knowing and no fault by itself.
///
/// @param name what it is, such as `maxstartups`
/// @param text its value, as the server gave it
public record ServerFact(String name, String text) {}
