package rstprobe.capture;

/// A process of its own that opens one tap on the interface it is told, and says how that went and how long it took.
final class OpenOnce {
    private OpenOnce() {}

    public static void main(String[] words) {
        long start = System.nanoTime();
        try {
            Tap tap = Tap.open(new TapPlan(words[0], ""), frame -> {});
            long millis = (System.nanoTime() - start) / 1_000_000;
            tap.stop();
            System.out.println("opened in " + millis + " ms");
        } catch (TapFailure failure) {
            System.out.println(failure.kind() + "|" + failure.what() + "|" + failure.fix());
        }
    }
}
