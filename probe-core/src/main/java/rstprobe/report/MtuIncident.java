package rstprobe.report;

import rstprobe.path.SurveyFinding;
import rstprobe.record.Recording;

/// One survey of the path MTU: what was recorded, and what was found.
///
/// @param name the name of its folder
public record MtuIncident(String name, Recording recording, SurveyFinding finding) {}
