package rstprobe.lab;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// Which half of the practice networks a network belongs to.
///
/// Weights are fitted on the calibration half only, and what is published about them comes from the
/// report half only. A network's half follows from its name and [#SEED] alone, so it stays where it is
/// when networks are added.
public enum Split {
    /// Weights may be fitted on it.
    CALIBRATION,
    /// Kept away from the fitting; results are reported on it.
    REPORT;

    /// The seed of the split. It was chosen before anything was fitted; changing it makes earlier
    /// reports void.
    public static final long SEED = 20261121;

    /// The half a network belongs to.
    public static Split of(Scenario scenario) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest((SEED + "/" + scenario.name()).getBytes(StandardCharsets.UTF_8));
            return (digest[0] & 1) == 0 ? CALIBRATION : REPORT;
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
