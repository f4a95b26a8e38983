package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must not leave a server, and what must.
class SecretsTest {
    private static final String CANARY = "Tr0ub4dor";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Invalid user Tr0ub4dor from 198.18.0.9 port 40000",
                "Invalid user Tr0ub4dor from 198.18.0.9",
                "Invalid user x from 198.18.0.8 Tr0ub4dor from 198.18.0.9 port 40000",
                "Failed password for invalid user Tr0ub4dor from 198.18.0.9 port 40000 ssh2",
                "Failed none for illegal user my Tr0ub4dor from 2001:db8::9 port 40000 ssh2",
                "Connection closed by invalid user Tr0ub4dor 198.18.0.9 port 40000 [preauth]",
                "Disconnecting invalid user Tr0ub4dor 198.18.0.9 port 4: Too many authentication failures [preauth]",
                "input_userauth_request: invalid user Tr0ub4dor [preauth]",
                "Login attempt for nonexistent user 'Tr0ub4dor' from 198.18.0.9:4",
                "mysql --password=Tr0ub4dor",
                "helper --api-key Tr0ub4dor %u",
                "openssl s_server -pass pass:Tr0ub4dor",
                "\"password\": \"Tr0ub4dor and more\"",
                "db_passwd = Tr0ub4dor",
                "abuseipdb_apikey=Tr0ub4dor",
                "Authorization: Bearer Tr0ub4dorTr0ub4dor",
                "https://bot:Tr0ub4dor@198.18.0.9/hook",
                "from http://198.18.0.1:80 to https://bot:Tr0ub4dor@198.18.0.9"
            })
    void aSecretIsReplacedByItsLength(String line) {
        assertFalse(Secrets.redacted(line).contains(CANARY), Secrets.redacted(line));
    }

    @Test
    void aPrivateKeyIsReplacedLineByLine() {
        assertEquals(
                List.of("before", "<private key>", "<private key>", "<private key>", "after"),
                Secrets.redacted(List.of(
                        "before",
                        "-----BEGIN OPENSSH PRIVATE KEY-----",
                        "b3BlbnNzaC1rZXktdjE=",
                        "-----END OPENSSH PRIVATE KEY-----",
                        "after")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Failed password for root from 198.18.0.1 port 40000 ssh2",
                "Accepted publickey for root from 198.18.0.1 port 4 ssh2: RSA SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDfRGSsPzsUjHzvFHk",
                "passwordauthentication yes",
                "refused connect from jump.example (198.18.0.1)",
                "proxy http://198.18.0.9:3128/$1 is down, so is ssh://jump:22 beside root@db7",
                "Unable to negotiate with 198.18.0.1 port 4: no matching cipher found. Their offer: aes128-cbc,3des-cbc"
            })
    void whatIsNoSecretStays(String line) {
        assertEquals(line, Secrets.redacted(line));
    }
}
