package rstprobe.path;

import rstprobe.wire.Conversation;

/// The 4-tuples and numbers by which answers to a survey's probes are told from all else.
///
/// @param connection the kernel's connection
/// @param strays     where segments of no connection come from
/// @param identifier of the ICMP echoes
public record SurveyFlow(Conversation connection, Conversation strays, int identifier) {}
