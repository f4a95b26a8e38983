package rstprobe.analyze;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import rstprobe.capture.Damage;
import rstprobe.capture.LinkType;

/// What must be known of a capture beside its counts, in sentences.
final class Problems {
    private Problems() {}

    static List<String> of(
            FileScan scan, Optional<Damage> damage, Accused accused, Map<Integer, String> refused, long noRoom) {
        List<String> all = new ArrayList<>();
        damage.ifPresent(why -> all.add(why.why() + ", at byte " + why.offset() + "; the frames before it were used"));
        long lost = scan.lost.count();
        if (lost > 0) {
            all.add("the capture lost " + counted(lost, "frame") + ": resets may be among them, and what is called"
                    + " absent is not observed (" + lost + " dropped), not proven absent");
        }
        if (scan.numberedByOthers > 0) {
            all.add("it has "
                    + counted(
                            scan.numberedByOthers, "custom block or journal entry", "custom blocks and journal entries")
                    + ", which Wireshark numbers as frames: its numbers are higher"
                    + " by those that come before");
        }
        if (!scan.linksNotRead.isEmpty()) {
            String links = scan.linksNotRead.stream()
                    .mapToObj(code -> new LinkType(code).toString())
                    .collect(Collectors.joining(", "));
            all.add("frames of " + links + " are counted, and not looked into");
        }
        scan.notFiltered.stream().forEach(link -> all.add(refused.get(link) + "; those frames were left out"));
        if (noRoom > 0) {
            all.add(counted(noRoom, "frame") + " of conversations with a reset were left out for want of room");
        }
        if (scan.backwards > 0) {
            all.add("time goes backwards at " + counted(scan.backwards, "frame"));
        }
        if (scan.streams.letGo() > 0) {
            all.add("it has more than " + ScanLimits.MOST_CONVERSATIONS + " conversations; " + scan.streams.letGo()
                    + " were forgotten on the way, so some may be counted twice");
        }
        if (scan.fragments.givenUp() > 0) {
            all.add(counted(scan.fragments.givenUp(), "datagram") + " in fragments never became whole");
        }
        if (accused.unheard() > 0) {
            all.add("resets of more than " + ScanLimits.MOST_ACCUSED + " conversations are counted, and the "
                    + accused.unheard() + " later ones not attributed");
        }
        return all;
    }

    private static String counted(long number, String what) {
        return counted(number, what, what + "s");
    }

    private static String counted(long number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }
}
