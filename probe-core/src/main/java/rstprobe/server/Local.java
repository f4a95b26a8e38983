package rstprobe.server;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import rstprobe.diagnose.ServerAnswer;
import rstprobe.diagnose.ServerAnswer.Ended;
import rstprobe.diagnose.ServerQuestion;

/// This host: programs are started directly, with an environment of their own.
public final class Local implements Reach {
    private static final int MAX_CHUNK_BYTES = 1 << 13;
    private static final int DRAIN_MILLIS = 2_000;

    @Override
    public ServerAnswer ask(ServerQuestion question, List<String> words) throws InterruptedException {
        String command = Words.shown(words);
        Optional<List<String>> whole = Words.inPath(words);
        if (whole.isEmpty()) {
            return new ServerAnswer(
                    question, command, new Ended.NotStarted("not installed"), List.of(), List.of(), false);
        }
        Process process;
        try {
            process = start(whole.get());
        } catch (IOException failed) {
            return new ServerAnswer(
                    question, command, new Ended.NotStarted(reason(failed)), List.of(), List.of(), false);
        }
        Runnable stop = () -> end(process);
        Output out = new Output(Output.MAX_BYTES, stop);
        Output complaints = new Output(Output.MAX_COMPLAINT_BYTES, stop);
        Thread reader = copy(process.getInputStream(), out);
        Thread listener = copy(process.getErrorStream(), complaints);
        boolean inTime = false;
        try {
            inTime = process.waitFor(ServerQuestion.LIMIT_SECONDS, TimeUnit.SECONDS);
        } finally {
            if (!inTime) {
                end(process);
            }
        }
        // A grandchild may hold the pipe open: what it says later is not waited for.
        reader.join(DRAIN_MILLIS);
        listener.join(DRAIN_MILLIS);
        end(process);
        process.destroyForcibly();
        boolean cut = out.cut() || complaints.cut();
        Ended ended = !inTime
                ? new Ended.TimedOut()
                : new Ended.Exited(cut && process.exitValue() > 128 ? 0 : process.exitValue());
        return new ServerAnswer(question, command, ended, out.lines(), complaints.lines(), cut);
    }

    private static Process start(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", PATH);
        environment.put("LC_ALL", LANGUAGE);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Thread copy(InputStream from, Output to) {
        return Thread.ofPlatform().daemon().start(() -> {
            byte[] chunk = new byte[MAX_CHUNK_BYTES];
            try (from) {
                for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
                    to.write(chunk, 0, read);
                }
            } catch (IOException _) {
                // The program was ended: what it had said until then counts.
                Thread.onSpinWait();
            }
        });
    }

    /// Ends it and its children; what it has said stays readable, which [Process#destroyForcibly] would not
    /// leave.
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
    }

    /// `Cannot run program "nft": Exec failed, error: 2 (No such file or directory)`; older JDKs write
    /// `error=2`.
    private static String reason(IOException failed) {
        String text = String.valueOf(failed.getMessage());
        if (text.matches("(?s).*error(?:=|: )2\\b.*")) {
            return "not installed";
        }
        return text.matches("(?s).*error(?:=|: )13\\b.*") ? "permission denied" : "cannot be run";
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public void close() {
        // Every program ended with its answer.
    }
}
