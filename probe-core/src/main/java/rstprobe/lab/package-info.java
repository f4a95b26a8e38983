/// Practice networks, each with one known fault: the truth beside which a verdict is judged.
///
/// A [Lab] is five network namespaces in a row, *client – router – bridge – router – server*, joined by veth pairs and
/// by nothing else: no default route and no link to the rest of the machine, so no packet can leave it. The bridge is a
/// thread of this process; it delays, loses and forges frames. [Labs] lists the [Scenario]s that can be built.
///
/// There is one way of cleaning up, [Janitor], and it is the same after a normal end and after `kill -9`.
package rstprobe.lab;
