package rstprobe.report;

import rstprobe.diagnose.IdleFinding;
import rstprobe.record.Recording;

/// One search for an idle timer: what was recorded, and what was found.
///
/// @param name the name of its folder
public record IdleIncident(String name, Recording recording, IdleFinding finding) {}
