package rstprobe.capture;

/// Carries damage from the depth of a format up to the reader, which makes it a value; it never leaves this package.
final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Damage damage;

    DamagedException(Damage.Kind kind, long offset, String why) {
        super(why, null, false, false);
        this.damage = new Damage(kind, offset, why);
    }

    Damage damage() {
        return damage;
    }
}
