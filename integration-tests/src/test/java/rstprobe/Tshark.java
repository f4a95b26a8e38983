package rstprobe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A capture as Wireshark's own dissectors read it.
record Tshark(Path capture) {
    /// One line a frame that fits the filter, one column a field; what a frame has not is empty. Fails where tshark
    /// warns of anything.
    List<List<String>> read(String filter, String... fields) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("tshark", "-n", "-r", capture.toString(), "-Y", filter, "-T", "fields"));
        for (String field : fields) {
            words.addAll(List.of("-e", field));
        }
        Command ran = Command.run(new ProcessBuilder(words)).mustEndWith(0);
        assertEquals("", withoutRootNotice(ran.err()), "tshark warns about " + capture);
        return ran.out()
                .lines()
                .map(line -> Arrays.asList(line.split("\t", -1)))
                .toList();
    }

    /// One field of every frame that fits the filter.
    List<String> column(String filter, String field) throws IOException, InterruptedException {
        return read(filter, field).stream().map(List::getFirst).toList();
    }

    /// Numbers of the frames that fit the filter.
    List<Integer> frames(String filter) throws IOException, InterruptedException {
        return column(filter, "frame.number").stream().map(Integer::valueOf).toList();
    }

    private static String withoutRootNotice(String said) {
        return String.join(
                "\n",
                said.lines()
                        .filter(line -> !line.startsWith("Running as user \"root\""))
                        .toList());
    }
}
