package rstprobe.linux;

import java.io.IOException;

/// A system call that failed, with the call and the errno by name: `connect: ECONNREFUSED (Connection refused)`.
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String call;
    private final int number;

    /// @param call what was attempted, the C function first, `setsockopt IP_TTL`
    public LinuxException(String call, Errno errno) {
        super(call + ": " + errno);
        this.call = call;
        this.number = errno.number();
    }

    /// What was attempted, the C function first.
    public String call() {
        return call;
    }

    /// Why it failed.
    public Errno errno() {
        return new Errno(number);
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
}
