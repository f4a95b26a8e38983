package rstprobe.incident;

import java.util.OptionalInt;
import rstprobe.record.Event;
import rstprobe.record.HostFacts;
import rstprobe.record.Plan;
import rstprobe.record.Recording;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// The lines of `recording.jsonl`: one `run`, then an `event` each, at the end one `capture`.
final class Lines {
    /// The form of the file. A reader refuses a higher number: it could not know what it misses.
    /// 2 adds the events of active tests, 3 connections of others, read from a capture,
    /// 4 the test with a record route and searches for idle timers, 5 controls and the ways they take, 6 algorithms
    /// that are offered alone, 7 surveys of the path MTU.
    static final int VERSION = 7;

    private Lines() {}

    /// How and where the run was made.
    record Run(String line, int version, String name, long startedNanos, Plan plan, HostFacts host, String target) {
        Run {
            IpAddress.parse(target);
        }

        static Run of(String name, Recording recording) {
            return new Run(
                    "run",
                    VERSION,
                    name,
                    recording.startedNanos(),
                    recording.plan(),
                    recording.host(),
                    recording.target());
        }
    }

    /// One event.
    record Happened(String line, Event event) {
        /// A file from elsewhere may name anything as an address.
        Happened {
            if (event instanceof Event.Opened opened) {
                new Endpoint(IpAddress.parse(opened.local()), opened.localPort());
                new Endpoint(IpAddress.parse(opened.remote()), opened.remotePort());
            }
            if (event instanceof Event.OtherWay way) {
                IpAddress.parse(way.local());
                IpAddress.parse(way.remote());
            }
            if (event instanceof Event.Probed probed) {
                new Endpoint(IpAddress.parse(probed.local()), probed.localPort());
                new Endpoint(IpAddress.parse(probed.remote()), probed.remotePort());
            }
        }

        static Happened of(Event event) {
            return new Happened("event", event);
        }
    }

    /// What the capture says of itself.
    record Captured(
            String line, int frames, long dropped, boolean nanoseconds, OptionalInt firstOwnSyn, long clockStepNanos) {
        static Captured of(Recording recording) {
            Recording.CaptureFacts facts = recording.capture();
            return new Captured(
                    "capture",
                    recording.frames().size(),
                    facts.dropped(),
                    facts.nanoseconds(),
                    facts.firstOwnSyn(),
                    facts.clockStepNanos());
        }
    }
}
