package rstprobe.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import rstprobe.linux.NetworkNamespace;

/// Runs a piece of work inside a network namespace, on a thread of its own that ends with it. What it opened there
/// stays there and can be used by any thread.
final class Entering {

    private Entering() {}

    /// Work that may fail.
    @FunctionalInterface
    interface Work<T> {
        T run() throws IOException;
    }

    /// The result of the work done inside that namespace, or what it threw.
    static <T> T call(Path namespace, Work<T> work) throws IOException {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("lab-inside").start(() -> {
            try {
                NetworkNamespace.enter(namespace);
                result.complete(work.run());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        try {
            return result.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case IOException trouble -> throw trouble;
                case RuntimeException mistake -> throw mistake;
                case Throwable other -> throw failed;
            }
        }
    }
}
