/// From an incident to text, JSON, Markdown, HTML and packet comments: pure functions, and the same incident
/// gives the same bytes.
///
/// Text that came from the network is cleaned where it is printed, not where it is made: every page builder
/// here sends what it is given through [rstprobe.report.Sanitizer], so a report cannot forget to.
package rstprobe.report;
