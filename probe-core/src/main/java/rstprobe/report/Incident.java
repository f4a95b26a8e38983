package rstprobe.report;

import rstprobe.diagnose.Finding;
import rstprobe.record.Recording;

/// A recording and what was found in it: what every report renders and the folder keeps.
///
/// @param name name of the incident and of its folder, such as `incident-20261103T141502Z-db7-22`
public record Incident(String name, Recording recording, Finding finding) {}
