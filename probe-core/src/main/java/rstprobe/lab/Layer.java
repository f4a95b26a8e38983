package rstprobe.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What a server's programs take for their root directory: a tree of programs that is never written to, and a private
/// layer on top of it that takes all changes.
///
/// It is an overlay in a mount namespace of its own, inside the server's network namespace, and stands as long as a
/// process lives in there; the lab's janitor ends them all.
final class Layer {

    /// Where programs in the layer leave their logs; it is the folder `log` of the lab's.
    static final String LOGS = "/var/log";

    /// Arguments: the tree, the lab's folder. The mounts are seen in the new namespace only.
    private static final String SCRIPT = """
            set -e
            tree=$1; cd "$2"
            mkdir -p layer log
            mount -t tmpfs -o mode=755 layer layer
            cd layer
            mkdir changes work root
            mount -t overlay -o "lowerdir=$tree,upperdir=$PWD/changes,workdir=$PWD/work" layer root
            mkdir -p root/run root/dev root/proc root/tmp root/var/log
            mount -t tmpfs -o mode=755 run root/run
            mount -t tmpfs -o mode=755 dev root/dev
            mount -t proc proc root/proc
            mount --bind "$2/log" root/var/log
            mkdir -m 755 root/run/sshd root/run/lock root/dev/shm
            for node in null:3 zero:5 full:7 random:8 urandom:9; do
              mknod -m 666 "root/dev/${node%:*}" c 1 "${node#*:}"
            done
            mknod -m 666 root/dev/tty c 5 0
            chmod 1777 root/tmp
            ln -s /proc/self/fd root/dev/fd
            exec chroot root /bin/sh -c 'echo ready; exec sleep infinity'
            """;

    /// Arguments: the layer's folder, then files and folders of this machine: each shows in the layer, where
    /// it is here, and so do the control groups.
    private static final String SHARING = """
            set -e
            cd "$1/layer/root"; shift
            for path; do
              if [ -d "$path" ]; then mkdir -p ".$path"; else mkdir -p ".${path%/*}"; : >".$path"; fi
              mount --bind "$path" ".$path"
            done
            if [ -d /sys/fs/cgroup ]; then mkdir -p sys/fs/cgroup; mount --rbind /sys/fs/cgroup sys/fs/cgroup; fi
            """;

    private final Process holder;
    private final Path folder;

    private Layer(Process holder, Path folder) {
        this.holder = holder;
        this.folder = folder;
    }

    /// Puts a layer on a tree.
    ///
    /// @param namespace the network namespace of the programs
    /// @param tree      the root directory to start from; `/` will do
    /// @param folder    the lab's own, an absolute path
    static Layer start(Path namespace, Path tree, Path folder) throws IOException, CannotBuild {
        List<String> command = Program.UNSHARE.with("--mount", "--propagation", "private", "--", Program.SH.path());
        command.addAll(List.of("-c", SCRIPT, "lab-layer", tree.toString(), folder.toString()));
        Path complaints = folder.resolve("layer-complaints");
        Process holder = new ProcessBuilder(Program.inside(namespace, command))
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(complaints.toFile())
                .start();
        BufferedReader said = holder.inputReader(StandardCharsets.ISO_8859_1);
        if (!"ready".equals(said.readLine())) {
            throw new CannotBuild(
                    "an overlay on " + tree + " cannot be mounted here ("
                            + Files.readString(complaints, StandardCharsets.ISO_8859_1)
                                    .strip() + ")",
                    "run it as root with CAP_SYS_ADMIN on a kernel with overlayfs");
        }
        return new Layer(holder, folder);
    }

    /// A command that will run in the layer, in the server's network namespace; it is that process itself, and no child
    /// of it.
    ProcessBuilder inside(List<String> command) throws CannotBuild {
        List<String> entered = new ArrayList<>(
                Program.NSENTER.with("--target", Long.toString(holder.pid()), "--mount", "--net", "--root", "--wd"));
        entered.add("--");
        entered.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(entered)
                .directory(Path.of("/").toFile())
                .redirectInput(Redirect.from(Path.of("/dev/null").toFile()));
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        return builder;
    }

    /// Lets files and folders of this machine show in the layer under the names they have here.
    ///
    /// @param paths absolute
    void share(List<Path> paths) throws IOException, CannotBuild {
        List<String> command = new ArrayList<>(
                Program.NSENTER.with("--target", Long.toString(holder.pid()), "--mount", "--", Program.SH.path()));
        command.addAll(List.of("-c", SHARING, "lab-share", folder.toString()));
        paths.forEach(path -> command.add(path.toString()));
        Program.await(new ProcessBuilder(command).redirectErrorStream(true).start(), command);
    }

    /// Runs a command in the layer to its end; fails with what it printed if it does not end well.
    void run(List<String> command) throws IOException, CannotBuild {
        Program.await(inside(command).redirectErrorStream(true).start(), command);
    }

    /// A file of the layer, as this process finds it.
    ///
    /// @param path absolute, as seen in the layer; no part of it may be an absolute symbolic link
    Path file(String path) {
        return Path.of("/proc", Long.toString(holder.pid()), "root").resolve(path.substring(1));
    }

    /// Writes a file of the layer, its folders included.
    void write(String path, String text) throws IOException {
        Files.createDirectories(file(path).getParent());
        Files.writeString(file(path), text);
    }

    /// Sockets that listen in the layer's network namespace on that port, of either family.
    int listening(int port) throws IOException {
        String wanted = String.format(":%04X ", port);
        int found = 0;
        for (String table : List.of("tcp", "tcp6")) {
            Path path = Path.of("/proc", Long.toString(holder.pid()), "net", table);
            for (String line : Files.readAllLines(path, StandardCharsets.ISO_8859_1)) {
                // sl, local address, remote address, state: 0A listens (proc_net_tcp).
                String[] fields = line.strip().split("\\s+", 5);
                found += (fields[1] + " ").endsWith(wanted) && fields[3].equals("0A") ? 1 : 0;
            }
        }
        return found;
    }
}
