package rstprobe.ssh;

import java.util.List;

/// The eight name-lists of one side's KEXINIT, most wanted first (RFC 4253 §7.1). "Out" is client to server, "in" is
/// server to client, for both sides' lists. Names are ISO-8859-1 readings of the bytes on the wire.
public record Algorithms(
        List<String> kex,
        List<String> hostKeys,
        List<String> ciphersOut,
        List<String> ciphersIn,
        List<String> macsOut,
        List<String> macsIn,
        List<String> compressionOut,
        List<String> compressionIn) {

    private static final List<String> KEX = List.of(
            "mlkem768x25519-sha256",
            "sntrup761x25519-sha512",
            "sntrup761x25519-sha512@openssh.com",
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
            "diffie-hellman-group-exchange-sha256",
            "diffie-hellman-group16-sha512",
            "diffie-hellman-group18-sha512",
            "diffie-hellman-group14-sha256");
    private static final List<String> HOST_KEYS = List.of(
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256");
    private static final List<String> CIPHERS = List.of(
            "chacha20-poly1305@openssh.com",
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "aes128-ctr",
            "aes192-ctr",
            "aes256-ctr");
    private static final List<String> MACS = List.of(
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-512-etm@openssh.com",
            "hmac-sha1-etm@openssh.com",
            "hmac-sha2-256",
            "hmac-sha2-512",
            "hmac-sha1");
    private static final List<String> COMPRESSION = List.of("none");

    public Algorithms {
        kex = List.copyOf(kex);
        hostKeys = List.copyOf(hostKeys);
        ciphersOut = List.copyOf(ciphersOut);
        ciphersIn = List.copyOf(ciphersIn);
        macsOut = List.copyOf(macsOut);
        macsIn = List.copyOf(macsIn);
        compressionOut = List.copyOf(compressionOut);
        compressionIn = List.copyOf(compressionIn);
    }

    /// All we can speak, in the order of an OpenSSH 10 client, so that the same key exchange is picked.
    public static Algorithms standard() {
        return new Algorithms(KEX, HOST_KEYS, CIPHERS, CIPHERS, MACS, MACS, COMPRESSION, COMPRESSION);
    }

    /// The same offer with other key exchanges.
    public Algorithms withKex(List<String> names) {
        return new Algorithms(names, hostKeys, ciphersOut, ciphersIn, macsOut, macsIn, compressionOut, compressionIn);
    }

    /// The same offer with other host key algorithms.
    public Algorithms withHostKeys(List<String> names) {
        return new Algorithms(kex, names, ciphersOut, ciphersIn, macsOut, macsIn, compressionOut, compressionIn);
    }

    /// The same offer with other ciphers, both ways.
    public Algorithms withCiphers(List<String> names) {
        return new Algorithms(kex, hostKeys, names, names, macsOut, macsIn, compressionOut, compressionIn);
    }

    /// The same offer with other MACs, both ways.
    public Algorithms withMacs(List<String> names) {
        return new Algorithms(kex, hostKeys, ciphersOut, ciphersIn, names, names, compressionOut, compressionIn);
    }
}
