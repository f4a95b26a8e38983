package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import rstprobe.lab.Conditions;
import rstprobe.lab.Labs;
import rstprobe.lab.Scenario;

/// Which practice networks the words after `rstprobe lab verify` choose.
class LabChoiceTest {

    private static LabConditions chosen(String... words) {
        LabConditions conditions = new LabConditions();
        Vocabulary vocabulary = new Vocabulary("verify", () -> Exit.WORKS);
        conditions.addTo(vocabulary);
        new CommandLine(vocabulary.spec()).parseArgs(words);
        return conditions;
    }

    @Test
    void aGroupStandsForItsNetworks() {
        assertEquals(Labs.of(Scenario.Group.CAUSES), chosen("--only", "causes").scenarios());
        assertEquals(Labs.of(Scenario.Group.RESETS), chosen("--only", "resets").scenarios());
        assertEquals(Labs.all(), chosen().scenarios());
        assertFalse(chosen().choosesNetworks());
    }

    @Test
    void namesAndGroupsStandBesideEachOtherAndNoNetworkIsTakenTwice() {
        LabConditions both = chosen("--only", "healthy,causes,haproxy");
        assertTrue(both.choosesNetworks());
        assertEquals(Labs.of(Scenario.Group.CAUSES).size() + 1, both.scenarios().size());
        assertEquals("healthy", both.scenarios().getFirst().name());
    }

    @Test
    void whatIsNeitherIsAMistakeOfTheUsers() {
        LabConditions unknown = chosen("--only", "nonsense");
        WrongWords wrong = assertThrows(WrongWords.class, unknown::scenarios);
        assertTrue(wrong.getMessage().contains("'nonsense'"), wrong.getMessage());
    }

    @Test
    void theFolderOfProgramsGoesIntoEveryCondition() {
        List<Conditions> conditions = chosen("--software", "/somewhere").conditions(LabConditions.Course.all);
        assertEquals(
                List.of(Optional.of(Path.of("/somewhere"))),
                conditions.stream().map(Conditions::software).distinct().toList());
    }
}
