package rstprobe.lab;

import org.apache.sshd.common.digest.Digest;
import org.apache.sshd.common.kex.KeyExchange;
import org.apache.sshd.common.kex.KeyExchangeFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/// A key exchange that takes the client's half and never answers, as a server does that offers more than it can.
record MuteKex(KeyExchange able) implements KeyExchange {

    /// Makes one for each connection, under the name of the one that would answer.
    record Factory(KeyExchangeFactory able) implements KeyExchangeFactory {

        @Override
        public String getName() {
            return able.getName();
        }

        @Override
        public KeyExchange createKeyExchange(Session session) throws Exception {
            return new MuteKex(able.createKeyExchange(session));
        }
    }

    @Override
    public String getName() {
        return able.getName();
    }

    @Override
    public Session getSession() {
        return able.getSession();
    }

    @Override
    public void init(byte[] serverLine, byte[] clientLine, byte[] serverProposal, byte[] clientProposal)
            throws Exception {
        able.init(serverLine, clientLine, serverProposal, clientProposal);
    }

    /// Takes a message, and waits for another.
    @Override
    public boolean next(int number, Buffer message) {
        return false;
    }

    @Override
    public Digest getHash() {
        return able.getHash();
    }

    @Override
    public byte[] getH() {
        return able.getH();
    }

    @Override
    public byte[] getK() {
        return able.getK();
    }
}
