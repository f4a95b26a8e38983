/// A tap on a NIC, frames, and capture files in and out.
///
/// Start with [rstprobe.capture.Tap], whose [rstprobe.capture.Frame]s go to a [rstprobe.capture.PcapngWriter] and come
/// back from a [rstprobe.capture.CaptureReader]. Frames are bytes; what is in them is for others to say. Files are read
/// by code of our own, without libpcap: they come from strangers.
package rstprobe.capture;
