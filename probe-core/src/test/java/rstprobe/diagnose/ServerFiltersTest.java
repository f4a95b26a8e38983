package rstprobe.diagnose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import rstprobe.diagnose.ServerFinding.Whom;

/// Packet filters as `nft` and `iptables-save` print them, and what they would do to the client.
class ServerFiltersTest {
    private static ServerSide nft(String ruleset) {
        return ServerAnswers.none().says(ServerQuestion.NFT, ruleset).side();
    }

    private static ServerSide iptables(String saved) {
        return ServerAnswers.none().says(ServerQuestion.IPTABLES, saved).side();
    }

    private static String told(ServerSide side) {
        return String.join(
                "\n",
                side.findings().stream()
                        .map(found -> found.cause().id() + " " + found.weight() + " "
                                + found.whom().word())
                        .toList());
    }

    @Test
    void aRejectRuleForThePortWithItsCounterIsFound() {
        ServerSide side = nft("""
                table inet filter {
                	chain input { # handle 1
                		type filter hook input priority filter; policy accept;
                		ct state established,related accept # handle 2
                		tcp dport 443 counter packets 9 bytes 540 drop # handle 3
                		tcp dport { 22, 2222 } counter packets 3 bytes 180 reject with tcp reset # handle 4
                	}
                }
                """);
        assertEquals("rejected-with-reset 14 everybody", told(side));
        ServerFinding found = side.findings().getFirst();
        assertTrue(found.text().endsWith("it met 3 packets"), found.text());
        assertEquals(Optional.of(true), side.filtered());
        assertTrue(found.lines().getFirst().contains("reject with tcp reset"));
    }

    @Test
    void aRuleThatMetNothingIsWorthALookOnly() {
        assertFalse(nft("""
                        table inet filter {
                        	chain input {
                        		type filter hook input priority filter; policy accept;
                        		tcp dport 22 counter packets 0 bytes 0 drop
                        	}
                        }
                        """).findings().getFirst().isFault());
    }

    @Test
    void segmentsOfEstablishedConnectionsAreToldApart() {
        assertEquals("established-dropped 14 everybody", told(nft("""
                table inet f {
                	chain i {
                		type filter hook input priority 0; policy accept;
                		tcp dport 22 ct state established counter packets 7 bytes 420 drop
                	}
                }
                """)));
        assertEquals("established-rejected 14 everybody", told(iptables("""
                *filter
                :INPUT ACCEPT [5:300]
                [2:80] -A INPUT -p tcp -m tcp --dport 22 ! --tcp-flags FIN,SYN,RST,ACK SYN -j REJECT --reject-with tcp-reset
                COMMIT
                """)));
    }

    @Test
    void bansOfFail2banAndSshguardAreFoundInTheirSets() {
        assertEquals("banned 25 client", told(nft("""
                table inet f2b-table {
                	set addr-set-sshd {
                		type ipv4_addr
                		elements = { 198.18.0.1, 198.18.0.7 }
                	}
                	chain f2b-chain {
                		type filter hook input priority filter - 1; policy accept;
                		tcp dport 22 ip saddr @addr-set-sshd counter packets 2 bytes 120 reject with icmp port-unreachable
                	}
                }
                """)));
        assertEquals("banned 18 client", told(nft("""
                table ip sshguard {
                	set attackers {
                		type ipv4_addr
                		flags interval
                		elements = { 198.18.0.0/24 timeout 2m expires 1m3s }
                	}
                	chain blacklist {
                		type filter hook input priority filter - 10; policy accept;
                		ip saddr @attackers drop
                	}
                }
                """)));
        assertEquals("banned 25 client", told(iptables("""
                *filter
                :INPUT ACCEPT [5:300]
                :f2b-sshd - [0:0]
                [9:540] -A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
                [4:240] -A f2b-sshd -s 198.18.0.1/32 -j REJECT --reject-with icmp-port-unreachable
                [4:240] -A f2b-sshd -s 198.18.0.9/32 -j REJECT --reject-with icmp-port-unreachable
                [5:300] -A f2b-sshd -j RETURN
                COMMIT
                """)));
    }

    @Test
    void bansOfOthersAreNoFault() {
        assertEquals("", told(nft("""
                table inet f2b-table {
                	set addr-set-sshd {
                		type ipv4_addr
                		elements = { 198.18.0.7 }
                	}
                	chain f2b-chain {
                		type filter hook input priority filter - 1; policy accept;
                		tcp dport 22 ip saddr @addr-set-sshd reject with icmp port-unreachable
                	}
                }
                """)));
    }

    /// As nft 0.9.8 of Debian 11 prints a rule that later ones print without its family.
    @Test
    void aRuleForTheOtherFamilyMeetsNobodyOfThisOne() {
        String rule = """
                table inet filter {
                	chain input {
                		type filter hook input priority filter; policy accept;
                		tcp dport 22 meta nfproto FAMILY reject with icmp type host-unreachable
                	}
                }
                """;
        assertEquals("rejected-with-icmp 14 everybody", told(nft(rule.replace("FAMILY", "ipv4"))));
        ServerSide other = nft(rule.replace("FAMILY", "ipv6"));
        assertEquals("one-family-broken 14 others", told(other));
        assertTrue(other.findings().getFirst().text().contains("over IPv6 to port 22, and none over IPv4"));
        assertEquals(0, other.exitCode());
    }

    @Test
    void whatMeetsBothFamiliesIsNoMatterOfOne() {
        String both = """
                table inet filter {
                	chain input {
                		type filter hook input priority filter; policy accept;
                		tcp dport 22 reject with icmp host-prohibited
                		tcp dport 22 reject with icmpv6 admin-prohibited
                	}
                }
                """;
        assertEquals("rejected-with-icmp 14 everybody", told(nft(both)));
    }

    @Test
    void tablesOfTheOtherFamilyMeetNobodyOfThisOne() {
        assertEquals("one-family-broken 14 others", told(nft("""
                table ip6 filter {
                	chain input {
                		type filter hook input priority filter; policy accept;
                		tcp dport 22 drop
                	}
                }
                """)));
    }

    /// All that nft printed on a host whose zone `public` had its service `ssh` removed.
    @Test
    void aWholeRulesetOfFirewalldsIsReadAsItIs() throws IOException {
        String printed;
        try (InputStream resource = ServerFiltersTest.class.getResourceAsStream("firewalld-without-ssh.nft")) {
            printed = new String(resource.readAllBytes(), StandardCharsets.US_ASCII);
        }
        assertEquals("rejected-with-icmp 14 everybody", told(nft(printed)));
        String allow = "chain filter_IN_public_allow { # handle 63\n";
        assertTrue(printed.contains(allow));
        assertEquals("", told(nft(printed.replace(allow, allow + "\t\ttcp dport 22 accept # handle 73\n"))));
        String forwards = "chain nat_PRE_public_allow { # handle 106\n";
        assertTrue(printed.contains(forwards));
        assertEquals("", told(nft(printed.replace(forwards, forwards + "\t\ttcp dport 22 redirect to :2222\n"))));
    }

    @Test
    void panicOfFirewalldDropsAll() {
        assertEquals("syn-dropped 14 everybody", told(nft("""
                table inet firewalld_policy_drop {
                	chain raw_prerouting {
                		type filter hook prerouting priority raw + 9; policy drop;
                	}
                }
                """)));
    }

    @Test
    void whoeverAcceptsNothingForThePortClosesIt() {
        assertEquals("syn-dropped 14 everybody", told(nft("""
                table inet filter {
                	chain input {
                		type filter hook input priority filter; policy drop;
                		ct state established,related accept
                		iif "lo" accept
                		tcp dport 443 accept
                	}
                }
                """)));
        assertEquals("rejected-with-icmp 14 everybody", told(nft("""
                table inet firewalld {
                	chain filter_INPUT {
                		type filter hook input priority filter + 10; policy accept;
                		ct state { established, related } accept
                		iifname "lo" accept
                		jump filter_IN_public
                		reject with icmpx admin-prohibited
                	}
                	chain filter_IN_public {
                		tcp dport 443 accept
                	}
                }
                """)));
        assertEquals("syn-dropped 14 everybody", told(iptables("""
                *filter
                :INPUT DROP [7:420]
                [5:300] -A INPUT -i lo -j ACCEPT
                [5:300] -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
                COMMIT
                """)));
    }

    @Test
    void whoeverAcceptsThePortDoesNot() {
        assertEquals("", told(nft("""
                table inet firewalld {
                	chain filter_INPUT {
                		type filter hook input priority filter + 10; policy drop;
                		ct state { established, related } accept
                		jump filter_IN_public
                		reject with icmpx admin-prohibited
                	}
                	chain filter_IN_public {
                		tcp dport 22 accept
                	}
                }
                """)));
        assertEquals("", told(iptables("""
                *filter
                :INPUT DROP [7:420]
                [5:300] -A INPUT -p tcp -m state --state NEW,ESTABLISHED -m tcp --dport 22 -j ACCEPT
                COMMIT
                """)));
    }

    @Test
    void aLimitIsALimit() {
        assertEquals("rate-limited 14 everybody", told(iptables("""
                *filter
                :INPUT ACCEPT [5:300]
                :ufw-user-limit - [0:0]
                [9:540] -A INPUT -p tcp -m tcp --dport 22 -m recent --update --seconds 30 --hitcount 6 --name DEFAULT -j ufw-user-limit
                [3:180] -A ufw-user-limit -j REJECT --reject-with icmp-port-unreachable
                COMMIT
                """)));
    }

    @Test
    void fail2bansOwnWordIsRead() {
        ServerSide side = ServerAnswers.none()
                .says(
                        ServerQuestion.BANNED_SSHD,
                        "Status for the jail: sshd",
                        "`- Actions",
                        "   `- Banned IP list:\t198.18.0.9 198.18.0.1")
                .side();
        assertEquals(Whom.CLIENT, side.findings().getFirst().whom());
        assertEquals(Cause.BANNED, side.findings().getFirst().cause());
        assertEquals(
                List.of(),
                ServerAnswers.none()
                        .says(ServerQuestion.BANNED, "[{'sshd': []}]")
                        .side()
                        .findings());
    }

    @Test
    void rulesThatCouldNotBeReadAreNoRules() {
        ServerSide side = ServerAnswers.none()
                .complains(ServerQuestion.NFT, 1, "Operation not permitted (you must be root)")
                .side();
        assertEquals(Optional.empty(), side.filtered());
        assertEquals("permission denied", side.notRead().getFirst().why());
    }
}
