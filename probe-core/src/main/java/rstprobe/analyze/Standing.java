package rstprobe.analyze;

import rstprobe.diagnose.Origin;
import rstprobe.diagnose.Verdict;
import rstprobe.ssh.Stage;

/// How bad a reset is for whoever is called at night, worst first.
public enum Standing {
    /// Something between client and server sent it.
    ON_THE_WAY("sent on the way, by neither end"),
    /// It cut a connection that stood, and the server's side sent it.
    CUT_BY_SERVER("the server's side cut connections that stood"),
    /// It cut a connection that stood, and who sent it is open.
    CUT_BY_UNKNOWN("connections that stood were cut, by whom is open"),
    /// It refused a connection.
    REFUSED("connections refused"),
    /// It came in the client's name, and nothing shows that the client did not send it.
    BY_CLIENT("in the client's name"),
    /// The connection was closed in order, or reset, already: this one ended nothing that either end still wanted.
    AFTER_END("behind a FIN or another reset, when the connection was over already");

    private final String words;

    Standing(String words) {
        this.words = words;
    }

    /// The heading of such resets.
    public String words() {
        return words;
    }

    /// @param inClientsName whether the reset claims to come from the client
    /// @param foreign       whether a fact proves that the end in whose name it came did not send it
    /// @param over          whether the connection was over before it
    static Standing of(Verdict verdict, boolean inClientsName, boolean foreign, boolean over) {
        return switch (verdict) {
            case Verdict.Fault fault when onTheWay(fault.origin()) -> ON_THE_WAY;
            case Verdict.Fault _, Verdict.Undetermined _, Verdict.Healthy _ -> {
                if (foreign) {
                    yield CUT_BY_UNKNOWN;
                }
                if (over) {
                    yield AFTER_END;
                }
                if (inClientsName) {
                    yield BY_CLIENT;
                }
                if (stage(verdict) == Stage.CONNECT) {
                    yield REFUSED;
                }
                yield verdict instanceof Verdict.Fault ? CUT_BY_SERVER : CUT_BY_UNKNOWN;
            }
        };
    }

    private static boolean onTheWay(Origin origin) {
        return switch (origin) {
            case IN_PATH, ON_PATH, PROXY -> true;
            case SERVER_PROCESS, SERVER_KERNEL, SERVER_FIREWALL, PATH, THIS_HOST, UNKNOWN -> false;
        };
    }

    private static Stage stage(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Fault fault -> fault.stage();
            case Verdict.Undetermined open -> open.stage();
            case Verdict.Healthy _ -> Stage.SESSION;
        };
    }
}
