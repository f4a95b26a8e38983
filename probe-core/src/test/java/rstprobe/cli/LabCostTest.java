package rstprobe.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import rstprobe.incident.IncidentReader;

/// What recorded runs cost, held against a count by hand in Wireshark.
class LabCostTest {
    private static final Path FOLDERS = Path.of("src/test/resources/rstprobe/incident");

    private static LabCost cost(String folder) throws Exception {
        return LabCost.of(IncidentReader.read(FOLDERS.resolve(folder)).recording());
    }

    /// Opening, identifications, key exchange, service, and the question for methods: the far side speaks five times
    /// after we did.
    @Test
    void aHealthyHandshake() throws Exception {
        LabCost cost = cost("healthy");
        assertEquals(1, cost.connections());
        assertEquals(0, cost.crafted());
        assertEquals(15, cost.sent());
        assertEquals(5, cost.roundTrips());
        assertFalse(cost.ofReset());
        assertTrue(cost.seconds() > 0.3 && cost.seconds() < 3, cost.toString());
    }

    @Test
    void aForgedReset() throws Exception {
        LabCost cost = cost("tap-forges-reset");
        assertEquals(3, cost.connections());
        assertTrue(cost.ofReset());
    }
}
