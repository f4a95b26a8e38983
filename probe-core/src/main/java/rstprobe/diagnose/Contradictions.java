package rstprobe.diagnose;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import rstprobe.diagnose.BothSides.Contradiction;
import rstprobe.record.Recording;

/// Where the server's side denies what the client's side concluded.
final class Contradictions {
    /// The very connection, by its ports.
    private static final int OTHER_END_SAW_RESET = 25;

    private static final int LISTENED_ALL_THE_TIME = 15;
    private static final int NO_RULE = 10;

    private Contradictions() {}

    static List<Contradiction> of(Verdict verdict, Recording recording, ServerSide server, ServerWindow window) {
        if (!(verdict instanceof Verdict.Fault fault)) {
            return List.of();
        }
        List<Contradiction> all = new ArrayList<>();
        bothReset(fault, recording, server).ifPresent(all::add);
        listened(fault, server, window).ifPresent(all::add);
        noRule(fault, server).ifPresent(all::add);
        return List.copyOf(all);
    }

    /// The server read a reset in our name on a connection on which we sent none: both ends were reset, so
    /// neither of them began.
    private static Optional<Contradiction> bothReset(Verdict.Fault fault, Recording recording, ServerSide server) {
        boolean blamesServer = fault.origin() == Origin.SERVER_PROCESS || fault.origin() == Origin.SERVER_KERNEL;
        if (!blamesServer) {
            return Optional.empty();
        }
        return wasResetToo(recording, server)
                .map(saw -> new Contradiction(
                        "server-was-reset-too",
                        OTHER_END_SAW_RESET,
                        saw.command(),
                        saw.line(),
                        "it read a reset in our name on this connection, and we sent none: both ends were reset by"
                                + " somebody between them"));
    }

    /// A reset in our name that the server read on a connection on which we were reset and sent none.
    static Optional<ServerSaw> wasResetToo(Recording recording, ServerSide server) {
        return Attempts.of(recording).stream()
                .filter(attempt -> attempt.whole() && attempt.reset().isPresent())
                .filter(attempt -> attempt.segments().stream().noneMatch(seen -> seen.ours() && seen.reset()))
                .flatMap(attempt -> server.saw().stream()
                        .filter(saw -> saw.kind() == ServerSaw.Kind.RESET_BY_CLIENT)
                        .filter(saw ->
                                saw.port() == attempt.conversation().ours().port()
                                        && server.scope().isClient(saw.address())))
                .findFirst();
    }

    /// A closed port with a listener that ran before the connection was tried.
    private static Optional<Contradiction> listened(Verdict.Fault fault, ServerSide server, ServerWindow window) {
        boolean ran = server.running().isPresent()
                && server.clock().nowSeconds() - server.running().getAsLong() < window.from();
        if (fault.cause() != Cause.NO_LISTENER || !ran || !server.listens().orElse(false)) {
            return Optional.empty();
        }
        return Optional.of(new Contradiction(
                "server-listened",
                LISTENED_ALL_THE_TIME,
                "ss, ps",
                "sshd has listened for " + server.running().getAsLong() + " s",
                "sshd listens on port " + server.scope().port() + " and did so when the connection was refused:"
                        + " somebody refused it in its place"));
    }

    /// A packet filter on the host that has no rule for this.
    private static Optional<Contradiction> noRule(Verdict.Fault fault, ServerSide server) {
        if (fault.origin() != Origin.SERVER_FIREWALL || server.filtered().orElse(true)) {
            return Optional.empty();
        }
        return Optional.of(new Contradiction(
                "server-has-no-rule",
                NO_RULE,
                "nft -a list ruleset",
                "",
                "its packet filter holds no rule that rejects or drops this client or port "
                        + server.scope().port()));
    }
}
