package rstprobe.server;

import java.util.List;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerQuestion;

/// How a server is reached: this host itself, or another one through SSH.
public sealed interface Reach extends AutoCloseable permits Local, Remote {
    /// The search path of every program that is asked.
    String PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

    /// Programs speak English and UTF-8.
    String LANGUAGE = "C.UTF-8";

    /// Asks one question. Trouble is an answer, too; one program at a time, at most
    /// [ServerQuestion#LIMIT_SECONDS], at most [Output#MAX_BYTES] bytes.
    ///
    /// @param words the program and its words, as they are, for no shell
    ServerAnswer ask(ServerQuestion question, List<String> words) throws InterruptedException;

    /// `local`, or who is asked where.
    String name();

    @Override
    void close();
}
