package rstprobe.record;

import java.net.InetAddress;
import java.util.Optional;
import java.util.function.Consumer;
import rstprobe.linux.IntOption;
import rstprobe.linux.LinuxException;
import rstprobe.linux.Sockets;
import rstprobe.ssh.Login;
import rstprobe.ssh.Observation;

/// What a login wants of the world beside bytes on its connection: signatures, and another marking of its
/// packets.
final class LoginEffects {
    private final LoginPlan plan;
    private final int fd;
    private final InetAddress theirs;
    private final int usualTypeOfService;
    private Optional<Login.Wanted> signing = Optional.empty();

    /// @param usualTypeOfService how packets are marked before the session
    LoginEffects(LoginPlan plan, int fd, InetAddress theirs, int usualTypeOfService) {
        this.plan = plan;
        this.fd = fd;
        this.theirs = theirs;
        this.usualTypeOfService = usualTypeOfService;
    }

    /// What is tried.
    Login login() {
        return plan.login();
    }

    /// How long it can take, beside what comes before it.
    long longestMillis(long answerMillis) {
        return plan.longestMillis(answerMillis);
    }

    /// Marks our packets as clients do: anew before the first request of a session, and as before where that
    /// is taken back. The kernel marks what it repeats as it marks everything from then on.
    void on(Observation observation) {
        if (observation instanceof Observation.SessionOpened) {
            mark(plan.marking().typeOfService());
        } else if (observation instanceof Observation.MarkingRestored) {
            mark(usualTypeOfService);
        }
    }

    private void mark(int typeOfService) {
        try {
            Sockets.set(fd, IntOption.IP_TOS.on(theirs), typeOfService);
        } catch (LinuxException gone) {
            // The connection has just ended, which is told elsewhere; the capture shows what was marked how.
            signing = Optional.empty();
        }
    }

    /// Has a signature made, once each, on a thread of its own.
    ///
    /// @param made takes it, on that thread
    void sign(Login.Wanted wanted, Consumer<Optional<byte[]>> made) {
        if (signing.filter(same -> same == wanted).isPresent()) {
            return;
        }
        signing = Optional.of(wanted);
        Thread.ofPlatform().name("rstprobe-sign").daemon().start(() -> made.accept(signed(wanted)));
    }

    /// An agent that breaks down has not signed.
    private Optional<byte[]> signed(Login.Wanted wanted) {
        try {
            return plan.signer().sign(wanted);
        } catch (RuntimeException failed) {
            return Optional.empty();
        }
    }
}
