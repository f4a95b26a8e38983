package rstprobe.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import rstprobe.incident.IncidentFolder;

/// Where incident folders go, and taking back one in which nothing was recorded.
final class Folders {
    private static final int STICKY = 01000;
    private static final int WRITABLE_BY_ALL = 0002;

    private Folders() {}

    /// A folder that incidents may go into: nobody else can put another in its place, or in theirs.
    ///
    /// @throws WrongWords where it is a symbolic link, or all may write there and remove what others wrote
    static Path trusted(Path into) {
        if (Files.isSymbolicLink(into)) {
            throw new WrongWords(into + " is a symbolic link: name the folder itself with --into DIR");
        }
        try {
            int mode = Files.isDirectory(into) ? (int) Files.getAttribute(into, "unix:mode") : 0;
            if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
                throw new WrongWords(into + " may be written by everybody and has no sticky bit: chmod o-w " + into
                        + ", or name another folder with --into DIR");
            }
            return into;
        } catch (IOException unreadable) {
            throw new WrongWords("cannot look at " + into + ": " + IncidentFolder.reason(unreadable));
        }
    }

    /// The same, made where there is none yet.
    static Path made(Path into) {
        Path folder = trusted(into);
        try {
            return Files.isDirectory(folder)
                    ? folder
                    : Files.createDirectories(
                            folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failed) {
            throw new WrongWords("cannot make the folder " + into + ": " + IncidentFolder.reason(failed));
        }
    }

    /// Removes a folder that holds nothing but files that were begun and never filled.
    static void removeEmpty(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(name -> name.toString().endsWith(".part")).toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (IOException left) {
            System.err.println("rstprobe: " + folder + " could not be removed: " + left.getMessage());
        }
    }
}
