/// Capture files to conversations that held a reset, at the speed of memory.
///
/// Start with [rstprobe.analyze.CaptureScan]. A first pass over the mapped files looks at every packet in place and
/// keeps nothing but what is a reset; a second gathers the frames of the conversations that held one.
package rstprobe.analyze;
