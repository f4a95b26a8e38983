package rstprobe.ssh;

/// Message and reason numbers of SSH.
final class Numbers {
    /// RFC 4253 §12.
    static final int DISCONNECT = 1;

    static final int IGNORE = 2;
    static final int UNIMPLEMENTED = 3;
    static final int DEBUG = 4;
    static final int SERVICE_REQUEST = 5;
    static final int SERVICE_ACCEPT = 6;
    /// RFC 8308 §2.3.
    static final int EXT_INFO = 7;
    /// RFC 4253 §12.
    static final int KEXINIT = 20;

    static final int NEWKEYS = 21;
    /// RFC 4253 §8 and RFC 5656 §7.1 share these two.
    static final int KEX_INIT = 30;

    static final int KEX_REPLY = 31;
    /// What every key exchange method numbers for itself goes from 30 to here (RFC 4251 section 7).
    static final int LAST_OF_KEX = 49;
    /// RFC 4419 §5.
    static final int GROUP = 31;

    static final int GROUP_INIT = 32;
    static final int GROUP_REPLY = 33;
    static final int GROUP_REQUEST = 34;
    /// RFC 4252 §6.
    static final int USERAUTH_REQUEST = 50;

    static final int USERAUTH_FAILURE = 51;
    static final int USERAUTH_SUCCESS = 52;
    static final int USERAUTH_BANNER = 53;
    /// RFC 4252 §7.
    static final int USERAUTH_PK_OK = 60;
    /// RFC 4254 §9.
    static final int GLOBAL_REQUEST = 80;

    static final int REQUEST_SUCCESS = 81;
    static final int REQUEST_FAILURE = 82;
    static final int CHANNEL_OPEN = 90;
    static final int CHANNEL_OPEN_CONFIRMATION = 91;
    static final int CHANNEL_OPEN_FAILURE = 92;
    static final int CHANNEL_CLOSE = 97;
    static final int CHANNEL_REQUEST = 98;
    static final int CHANNEL_SUCCESS = 99;
    static final int CHANNEL_FAILURE = 100;

    /// Reasons for a goodbye, RFC 4253 §11.1.
    static final int PROTOCOL_ERROR = 2;

    static final int KEY_EXCHANGE_FAILED = 3;
    static final int MAC_ERROR = 5;
    static final int HOST_KEY_NOT_VERIFIABLE = 9;
    static final int BY_APPLICATION = 11;

    private Numbers() {}
}
