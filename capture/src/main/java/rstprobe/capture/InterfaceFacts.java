package rstprobe.capture;

import java.util.Objects;

/// One interface of a capture.
///
/// @param name       its name on the capturing host, empty where the file has none
/// @param link       what its frames begin with
/// @param snapLength how many bytes of a frame were kept at most; 0 means no limit
/// @param filter     the pcap-filter(7) expression of the capture, empty where none is known
public record InterfaceFacts(String name, LinkType link, int snapLength, String filter) {
    public InterfaceFacts {
        Objects.requireNonNull(name);
        Objects.requireNonNull(link);
        Objects.requireNonNull(filter);
    }
}
