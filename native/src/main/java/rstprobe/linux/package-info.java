/// The Linux facts Java lacks, through `java.lang.foreign`: no C code, no third-party code.
///
/// Every call into the C library stands in one class. A failed call is a [rstprobe.linux.LinuxException] that names
/// the call and the errno. Nothing here waits without a limit.
package rstprobe.linux;
