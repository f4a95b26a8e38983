package rstprobe.diagnose;

/// Lists of ports as rules write them: `22`, `ssh`, `22,80`, `{ 22, 8000-9000 }`, `20:30`.
final class Ports {
    private static final int SSH = 22;

    private Ports() {}

    static boolean hold(String written, int port) {
        for (String part : written.split("[{},\\s]+")) {
            String[] ends = part.split("[-:]", 2);
            if (part.equals("ssh") && port == SSH
                    || number(ends[0]) == port
                    || ends.length == 2 && number(ends[0]) >= 0 && number(ends[0]) <= port && port <= number(ends[1])) {
                return true;
            }
        }
        return false;
    }

    private static int number(String written) {
        return written.matches("\\d{1,5}") ? Integer.parseInt(written) : -1;
    }
}
