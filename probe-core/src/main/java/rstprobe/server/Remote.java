package rstprobe.server;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerAnswer.Ended;
import rstprobe.diagnose.ServerQuestion;
import rstprobe.record.CannotProbe;
import rstprobe.record.NoTarget;

/// Another host, through SSH: one session, one channel a question.
///
/// Only a host key that is known already is taken. The user's `ssh_config` is not read: what is not said here
/// is not done.
public final class Remote implements Reach {
    /// How long a host may take to answer an opened connection: a SYN and its two repetitions, and what a way
    /// around the world takes.
    public static final int CONNECT_SECONDS = 5;

    private static final Duration OPEN_CHANNEL = Duration.ofSeconds(10);
    private static final Duration LOG_IN = Duration.ofSeconds(20);

    /// What a channel takes beside the program's own time.
    private static final Duration ROUND_TRIPS = Duration.ofSeconds(3);

    private static final int MAX_CAUSES = 8;

    private final Access access;
    private final SshClient client;
    private final ClientSession session;

    private Remote(Access access, SshClient client, ClientSession session) {
        this.access = access;
        this.client = client;
        this.session = session;
    }

    /// Logs in.
    ///
    /// @throws NoTarget    where the host cannot be reached
    /// @throws CannotProbe where its key is not known, or it does not let us in
    public static Remote open(Access access) throws NoTarget, CannotProbe {
        SshClient client = SshClient.setUpDefaultClient();
        KnownHosts known = new KnownHosts(KnownHosts.usual(access.home()));
        Identities identities = Identities.of(access);
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setServerKeyVerifier(known);
        client.setSignatureFactories(known.knownFirst(client.getSignatureFactories(), access.host(), access.port()));
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setPasswordIdentityProvider(PasswordIdentityProvider.EMPTY_PASSWORDS_PROVIDER);
        // Keys that were named are meant alone: an agent full of others would use up the server's patience.
        if (access.identities().isEmpty()) {
            access.agent().ifPresent(socket -> client.setAgentFactory(AgentSocket.factory(socket)));
        }
        client.start();
        try {
            ClientSession session = connected(client, access);
            identities.keys().forEach(session::addPublicKeyIdentity);
            access.password().ifPresent(session::addPasswordIdentity);
            logIn(session, access, known, identities);
            return new Remote(access, client, session);
        } catch (NoTarget | CannotProbe | RuntimeException failed) {
            client.stop();
            throw failed;
        }
    }

    private static ClientSession connected(SshClient client, Access access) throws NoTarget {
        try {
            return client.connect(access.user(), access.host(), access.port())
                    .verify(Duration.ofSeconds(CONNECT_SECONDS))
                    .getSession();
        } catch (IOException failed) {
            String why = late(failed) ? "no answer within " + CONNECT_SECONDS + " s" : reason(failed);
            throw new NoTarget(
                    NoTarget.Kind.UNREACHABLE,
                    "no SSH connection to " + access.host() + " port " + access.port() + ": " + why
                            + " (on the server itself: rstprobe server local)");
        }
    }

    private static boolean late(IOException failed) {
        return Stream.iterate((Throwable) failed, cause -> cause != null, Throwable::getCause)
                .limit(MAX_CAUSES)
                .anyMatch(TimeoutException.class::isInstance);
    }

    private static void logIn(ClientSession session, Access access, KnownHosts known, Identities identities)
            throws CannotProbe, NoTarget {
        try {
            session.auth().verify(LOG_IN);
        } catch (IOException failed) {
            if (known.refused().isPresent()) {
                throw unknownKey(access, known);
            }
            if (!session.isOpen() && !(failed instanceof SshException said && said.getDisconnectCode() > 0)) {
                throw new NoTarget(
                        NoTarget.Kind.UNREACHABLE,
                        "the SSH connection to " + access.name() + " ended before the login: " + reason(failed));
            }
            throw refused(access, identities, failed);
        }
    }

    private static CannotProbe unknownKey(Access access, KnownHosts known) {
        String shown = KnownHosts.fingerprint(known.refused().orElseThrow());
        String host = access.port() == 22 ? access.host() : "[" + access.host() + "]:" + access.port();
        return known.changed()
                ? new CannotProbe(
                        "the host key of " + host + " is not the one in known_hosts: it shows " + shown
                                + "; another host may answer in its name",
                        "find out why; if it is right, ssh-keygen -R '" + host + "', then log in once with ssh")
                : new CannotProbe(
                        "the host key of " + host + " is not known: it shows " + shown,
                        "compare it with the server's (ssh-keygen -lf /etc/ssh/ssh_host_..._key.pub), then log in"
                                + " once with ssh -p " + access.port() + " " + access.user() + "@" + access.host());
    }

    private static CannotProbe refused(Access access, Identities identities, IOException failed) {
        List<String> tried = new ArrayList<>();
        if (access.identities().isEmpty()) {
            tried.add(access.agent()
                    .map(socket -> "the agent at " + socket)
                    .orElse("no agent (SSH_AUTH_SOCK is not set)"));
        }
        tried.add(identities.keys().size() + (identities.keys().size() == 1 ? " key file" : " key files"));
        if (access.password().isPresent()) {
            tried.add("a password");
        }
        String left = identities.left().isEmpty() ? "" : "; not usable: " + String.join(", ", identities.left());
        return new CannotProbe(
                access.name() + " was not let in (" + reason(failed) + "); tried " + String.join(", ", tried) + left,
                "check the user name; name a key: --identity FILE, or type a password: --password");
    }

    private static String reason(IOException failed) {
        Throwable last = failed;
        while (last.getCause() != null && last.getCause() != last) {
            last = last.getCause();
        }
        String text = last.getMessage();
        return text == null || text.isBlank() ? last.getClass().getSimpleName() : text;
    }

    @Override
    public ServerAnswer ask(ServerQuestion question, List<String> words) {
        String command = Words.shown(words);
        try (ChannelExec channel =
                session.createExecChannel(Words.quoted(Words.elsewhere(words, ServerQuestion.LIMIT_SECONDS)))) {
            Runnable stop = () -> channel.close(true);
            Output out = new Output(Output.MAX_BYTES, stop);
            Output complaints = new Output(Output.MAX_COMPLAINT_BYTES, stop);
            channel.setOut(out);
            channel.setErr(complaints);
            channel.open().verify(OPEN_CHANNEL);
            Set<ClientChannelEvent> seen = channel.waitFor(
                    EnumSet.of(ClientChannelEvent.CLOSED), ROUND_TRIPS.plusSeconds(ServerQuestion.LIMIT_SECONDS));
            boolean cut = out.cut() || complaints.cut();
            Ended ended = !seen.contains(ClientChannelEvent.CLOSED)
                    ? new Ended.TimedOut()
                    : Optional.ofNullable(channel.getExitStatus())
                            .<Ended>map(Ended.Exited::new)
                            .orElse(cut ? new Ended.Exited(0) : new Ended.NotStarted("the channel was closed"));
            return new ServerAnswer(question, command, ended, out.lines(), complaints.lines(), cut);
        } catch (IOException failed) {
            return new ServerAnswer(
                    question,
                    command,
                    new Ended.NotStarted("not asked: " + reason(failed)),
                    List.of(),
                    List.of(),
                    false);
        }
    }

    @Override
    public String name() {
        return access.name();
    }

    @Override
    public void close() {
        session.close(true);
        client.stop();
    }
}
