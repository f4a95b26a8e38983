/// Searches along the path as values that step: what happened goes in with its time, what to do next comes
/// out.
package rstprobe.path;
