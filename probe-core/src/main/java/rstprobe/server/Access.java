package rstprobe.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Who logs in where, and with what.
///
/// @param identities files with private keys; without one, the agent and the usual files are tried
/// @param password   typed by the user; empty where none was asked for
/// @param agent      the agent's socket
/// @param home       where `.ssh` is
public record Access(
        String user,
        String host,
        int port,
        List<Path> identities,
        Optional<String> password,
        Optional<Path> agent,
        Path home) {
    public Access {
        identities = List.copyOf(identities);
    }

    /// As ssh writes it.
    public String name() {
        return user + "@" + host + (port == 22 ? "" : ":" + port);
    }

    /// Never the password.
    @Override
    public String toString() {
        return name();
    }
}
