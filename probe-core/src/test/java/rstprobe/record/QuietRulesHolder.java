package rstprobe.record;

import rstprobe.wire.Conversation;
import rstprobe.wire.Endpoint;
import rstprobe.wire.IpAddress;

/// Places a rule and waits to be killed, or, told `look`, begins and ends as any run does.
final class QuietRulesHolder {
    private QuietRulesHolder() {}

    public static void main(String[] words) throws Exception {
        QuietRules rules = QuietRules.open();
        if (words.length > 0 && words[0].equals("look")) {
            rules.close();
            System.out.println("looked");
            return;
        }
        rules.quiet(new Conversation(
                new Endpoint(IpAddress.parse("198.18.1.2"), 50_000), new Endpoint(IpAddress.parse("198.18.3.2"), 22)));
        System.out.println("placed");
        System.in.read();
        if (words.length > 0 && words[0].equals("fail")) {
            try (rules) {
                throw new IllegalStateException("a mistake of ours");
            }
        }
        rules.close();
    }
}
