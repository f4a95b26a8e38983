package rstprobe.cli;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import rstprobe.record.SweepTarget;

/// Jazzer looks for a list of targets, in whatever form, that is neither read nor refused in words; and for what
/// sweeps wrote, damaged in a way that nobody thought of.
class TargetFileFuzzTest {
    private static final String NAME = "hosts";

    private interface Form {
        void read(String text, TargetList into);
    }

    private static final List<Form> FORMS = List.of(
            (text, into) -> TargetTable.read(NAME, text.lines().toList(), into),
            (text, into) -> TargetTree.json(NAME, text, into),
            (text, into) -> TargetTree.yaml(NAME, text, into),
            (text, into) -> AnsibleInventory.read(NAME, text.lines().toList(), into));

    @FuzzTest(maxDuration = "60s")
    void anyTextIsAListOrIsRefusedLineByLine(FuzzedDataProvider input) {
        Form form = input.pickValue(FORMS);
        TargetList list = new TargetList();
        try {
            form.read(input.consumeRemainingAsString(), list);
        } catch (WrongWords told) {
            requireWords(told.getMessage());
        }
        for (BrokenLine line : list.broken()) {
            requireWords(line.what());
            if (!line.place().matches(NAME + ":[1-9][0-9]*")) {
                throw new AssertionError(line);
            }
        }
        for (SweepTarget target : list.targets()) {
            boolean plain = target.host().chars().allMatch(c -> c > ' ' && c != 0x7F);
            if (!plain || target.host().startsWith("-") || target.port() < 1 || target.port() > 0xFFFF) {
                throw new AssertionError(target);
            }
        }
    }

    /// The form of a file is told by its name and its text.
    @FuzzTest(maxDuration = "60s")
    void anyFileIsAListOrIsRefused(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("targets", "");
        try {
            Files.write(file, bytes);
            TargetFile.read(file, new TargetList());
        } catch (WrongWords told) {
            requireWords(told.getMessage());
        } finally {
            Files.delete(file);
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyLineOfACheckpointIsAResultOrNone(FuzzedDataProvider input) {
        try {
            if (SweptPaths.line(input.consumeRemainingAsString()).status().isEmpty()) {
                return;
            }
        } catch (IllegalArgumentException told) {
            requireWords(told.getMessage());
        }
    }

    @FuzzTest(maxDuration = "60s")
    void anyEarlierSweepIsReadOrRefused(byte[] bytes) throws IOException {
        Path file = Files.createTempFile("baseline", ".json");
        try {
            Files.write(file, bytes);
            SweptPaths.read(file);
        } catch (WrongWords told) {
            requireWords(told.getMessage());
        } finally {
            Files.delete(file);
        }
    }

    private static void requireWords(String said) {
        if (said == null || said.isBlank()) {
            throw new AssertionError("refused without a word");
        }
    }
}
