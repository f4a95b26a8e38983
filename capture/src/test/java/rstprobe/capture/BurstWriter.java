package rstprobe.capture;

import java.io.IOException;
import java.nio.file.Path;

/// A process of its own that writes FILE with so many FRAMES in one burst, says so, and with `stay` waits to be killed.
final class BurstWriter {
    private BurstWriter() {}

    public static void main(String[] words) throws IOException {
        PcapngWriter writer = PcapngWriter.create(Path.of(words[0]), SectionFacts.NONE);
        writer.addInterface(new InterfaceFacts("burst", LinkType.ETHERNET, 0, ""));
        int frames = Integer.parseInt(words[1]);
        for (int number = 1; number <= frames; number++) {
            writer.write(PcapngWritingTest.frame(number, number));
        }
        System.out.println("written");
        if (words.length > 2) {
            int ended = System.in.read();
            System.out.println("stdin gave " + ended);
        }
        writer.close();
    }
}
