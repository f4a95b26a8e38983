package rstprobe.capture;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Why a capture file cannot be opened or written; it carries no stack trace. After [Kind#NO_SPACE] the file holds
/// every whole frame that fitted and can be read.
public final class CaptureFileFailure extends IOException {
    private static final long serialVersionUID = 1L;

    /// What went wrong.
    public enum Kind {
        /// There is a file of that name already.
        EXISTS,
        /// There is no such file or folder.
        MISSING,
        /// This user may not.
        NO_PERMISSION,
        /// The disk or the quota is full, or a file may not grow further.
        NO_SPACE,
        /// Anything else; the sentence is the operating system's.
        OTHER
    }

    /// Below this many free bytes a failed write is put down to a full disk, whatever the system's language calls it.
    private static final long NEARLY_NOTHING = 1 << 20;

    private final Kind kind;

    private CaptureFileFailure(Kind kind, String what, IOException cause) {
        super(what, cause);
        this.kind = kind;
    }

    /// Which of the known troubles it is.
    public Kind kind() {
        return kind;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }

    /// The failure to open or create a file.
    static CaptureFileFailure opening(Path file, IOException cause) {
        return switch (cause) {
            case FileAlreadyExistsException _ -> new CaptureFileFailure(Kind.EXISTS, file + " exists already", cause);
            case NoSuchFileException _ ->
                new CaptureFileFailure(Kind.MISSING, "there is no " + cause.getMessage(), cause);
            case AccessDeniedException _ ->
                new CaptureFileFailure(Kind.NO_PERMISSION, "no permission for " + file, cause);
            case FileSystemException system
            when system.getReason() != null ->
                new CaptureFileFailure(kindOf(file, cause), file + ": " + system.getReason(), cause);
            default -> new CaptureFileFailure(kindOf(file, cause), file + ": " + cause.getMessage(), cause);
        };
    }

    /// The failure of a write to a file that is open.
    static CaptureFileFailure writing(Path file, IOException cause) {
        Kind kind = kindOf(file, cause);
        String what = kind == Kind.NO_SPACE ? "no space left for " + file : file + ": " + cause.getMessage();
        return new CaptureFileFailure(kind, what, cause);
    }

    private static Kind kindOf(Path file, IOException cause) {
        String text = String.valueOf(cause.getMessage());
        if (text.contains("No space left") || text.contains("quota exceeded") || text.contains("File too large")) {
            return Kind.NO_SPACE;
        }
        try {
            long free = Files.getFileStore(file).getUsableSpace();
            return free < NEARLY_NOTHING ? Kind.NO_SPACE : Kind.OTHER;
        } catch (IOException _) {
            return Kind.OTHER;
        }
    }
}
