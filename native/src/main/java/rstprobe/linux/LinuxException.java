package rstprobe.linux;

import java.io.IOException;

/// A system call that failed, with the call and the errno by name: `connect: ECONNREFUSED (Connection refused)`.
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int number;

    /// @param call what was attempted, the C function first, `setsockopt IP_TTL`
    public LinuxException(String call, Errno errno) {
        this.call = call;
        this.number = errno.number();
    }

    /// The call, the errno's name and its text; put together only when asked for, since many are expected and caught.
    @Override
    public String getMessage() {
        return call + ": " + errno();
    }

    /// What was attempted, the C function first.
    public String call() {
        return call;
    }

    /// Why it failed.
    public Errno errno() {
        return new Errno(number);
    }

    /// Whether it failed for this reason.
    public boolean is(Errno reason) {
        return number == reason.number();
    }

    /// Passes on a result that is not negative.
    ///
    /// @throws LinuxException where it is minus an errno
    static int check(String call, int result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(call, new Errno(-result));
        }
        return result;
    }

    /// Like the other, for a call whose name takes a second word; the words are joined only where it failed.
    static int check(String call, Object word, int result) throws LinuxException {
        if (result < 0) {
            throw new LinuxException(call + " " + word, new Errno(-result));
        }
        return result;
    }
}
