package rstprobe.lab;

import java.util.concurrent.locks.LockSupport;

/// A JVM that builds a lab and holds it until somebody ends the JVM.
final class LabHolder {

    private LabHolder() {}

    public static void main(String[] arguments) throws Exception {
        Lab lab = Lab.build(Labs.named(arguments[0]).orElseThrow(), Conditions.plain());
        System.out.println(lab.name());
        while (true) {
            LockSupport.park(lab);
        }
    }
}
