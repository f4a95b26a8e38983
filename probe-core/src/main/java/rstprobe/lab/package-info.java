/// Practice networks, each with one known fault: the truth beside which a verdict is judged.
///
/// A [Lab] is five network namespaces in a row, *client – router – bridge – router – server*, joined by
/// veth pairs and by nothing else: no default route and no link to the rest of the machine, so no
/// packet can leave it. The bridge is a thread of this process; it delays and loses frames and passes
/// them through a chain of devices, each a [Device] as a value and a [Rule] at work. What no device
/// does is done by the kernels of the nodes: packet filters, translation, routes, sockets, and real
/// processes that are killed. A [TurningPoint] decides when.
///
/// [Labs] lists the [Scenario]s that can be built; [Truth] says what a right answer to each is, and
/// [Split] which of them weights may be fitted on.
///
/// There is one way of cleaning up, [Janitor], and it is the same after a normal end and after
/// `kill -9`.
package rstprobe.lab;
