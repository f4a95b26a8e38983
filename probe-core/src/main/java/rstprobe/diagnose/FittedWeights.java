package rstprobe.diagnose;

/// What `make calibrate` fitted: written by it, not by hand. [WeightTable] says what the columns are.
final class FittedWeights {
    private FittedWeights() {}

    /// A method, since a constant would be copied into every class that reads it.
    static String table() {
        return """
                # fitted on the calibration half of the practice networks (seed of the split 20261121)
                # 37 networks, 6 runs each, of which 180 in 30 networks met a reset or a FIN
                # conditions, delay in ms / loss, run by run: 0/0 10/0 50/0 0/0.01 10/0.01 50/0.01; seed of the first run 1
                # kernel 6.18.44-fc-v595
                # made by: rstprobe lab calibrate --runs 6 --seed 1
                # pull towards the guesses: 0.01; mean log-likelihood of a network: guesses -0.200, fitted -0.174, left out -0.187
                # named wrongly: proxied-server-closes, one-attempt
                # named wrongly: proxy-aborts, one-attempt
                # named wrongly: proxied-server-closes, attempts-alike
                # named wrongly: proxy-aborts, attempts-alike
                limit  one-attempt                                  0.70   16   14
                limit  attempts-alike                               0.83   16   14
                limit  active-test-agrees                           0.93   14   14
                limit  conclusive-fact                              0.93   10   10
                limit  two-conclusive-facts                         0.93    4    4
                weight conversation-ends-at-host                       5   20    9    1
                weight conversation-ends-before-host                  22   22    2    0
                weight fin-continues-socket                           25   25    1    0
                weight fin-ttl-equal                                   5    5    1    0
                weight reference-echoes-record-route-port-is-silent     10   10    1    0
                weight reference-echoes-tos-reset-does-not            20   20    6    0
                weight reference-ttl-differs                          15   15    4    0
                weight reference-ttl-differs                          12   11    4    0
                weight reference-ttl-equal                             5    1   13    1
                weight reset-before-round-trip                        25   25    7    1
                weight reset-breaks-kernel-rules                      20   20    5    0
                weight reset-continues-socket                         25   25    7    0
                weight reset-copies-identification                    25   25    1    0
                weight reset-copies-ttl                               25   25    1    0
                weight reset-copies-window                            25   25    2    0
                weight reset-echoes-tos                               15   16    4    0
                weight reset-equals-reference                         25   25    4    0
                weight reset-like-closed-ports                         5    5    1    0
                weight reset-nearer-than-drawn                        20   20    2    0
                weight reset-never-routed                             12   12    3    0
                weight reset-tos-zero                                  8    8    8    1
                weight reset-ttl-differs                              15   15    4    0
                weight reset-ttl-differs                              12   12    2    1
                weight reset-ttl-equal                                 5    4   11    1
                weight reset-without-socket                           20   19    3    0
                weight reset-without-timestamps                       20   20    2    0
                weight server-continues-after-reset                   40   40    6    0
                weight server-counts-fin                              15   15    1    0
                weight server-never-received-trigger                  15   15    2    0
                weight server-no-longer-knows-connection              10   15    8    0
                weight server-received-trigger                        25   25    4    0
                weight server-still-knows-connection                  40   40    4    0
                weight syn-ack-after-reset                            40   40    1    0
                weight trigger-answered-before-round-trip             25   20    4    1
                weight trigger-answered-before-round-trip             10    0    5    1
                weight trigger-died-on-the-way                        40   40    1    0
                weight trigger-goes-beyond-address                    12   12    1    0
                weight trigger-is-content                             15   15    4    0
                weight trigger-is-swallowed                           25   25    4    0
                weight trigger-is-time                                15   15    1    0
                weight trigger-must-reach-server                      15   15    1    1
                weight trigger-stops-short                            40   40    7    0
                weight trigger-travels-on                             25   21    3    1
                weight wrong-checksum-answered                        40   40    2    0
                """;
    }
}
