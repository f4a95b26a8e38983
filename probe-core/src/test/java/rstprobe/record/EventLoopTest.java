package rstprobe.record;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import org.junit.jupiter.api.Test;

class EventLoopTest {
    /// Its warnings have stack traces, and a terminal is for verdicts.
    @Test
    void theLibraryBelowHasNoVoice() {
        EventLoop.warmUp();
        InternalLogger logger = InternalLoggerFactory.getInstance("io.netty.util.NetUtilInitializations");
        assertFalse(logger.isWarnEnabled() || logger.isErrorEnabled(), logger::toString);
    }
}
