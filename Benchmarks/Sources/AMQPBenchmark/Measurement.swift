// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The measured section of one run, and the line of JSON that tells of it.
struct Measurement {
    private let begin = (time: ContinuousClock.now, usage: Usage.now)
    private var end: (time: ContinuousClock.Instant, usage: Usage)?
    /// How long each round trip or connect took, in microseconds; `nil` in a scenario that has none.
    var latencies: [Double]?

    /// Ends the section, unless it has ended.
    mutating func finish() {
        if self.end == nil { self.end = (.now, .now) }
    }

    /// The line of JSON, as every peer prints it.
    func line(peer: String, scenario: String, count: Int) -> String {
        let end = self.end ?? (.now, .now)
        let wall = (end.time - self.begin.time) / .seconds(1)
        let processor = end.usage.processorSeconds - self.begin.usage.processorSeconds
        let sorted = self.latencies?.sorted()
        func quantile(_ share: Double) -> String {
            sorted.map { "\(($0[Int(Double($0.count) * share)] * 10).rounded() / 10)" } ?? "null"
        }
        var fields = [
            "\"peer\":\"\(peer)\"", "\"scenario\":\"\(scenario)\"", "\"count\":\(count)", "\"wall_s\":\(wall)",
            "\"client_cpu_s\":\(processor)", "\"msgs_per_s\":\((Double(count) / wall).rounded())",
            "\"cpu_us_per_msg\":\(processor * 1e6 / Double(count))", "\"p50_us\":\(quantile(0.5))", "\"p99_us\":\(quantile(0.99))",
            "\"max_rss_kib\":\(Usage.now.peakMemory)",
        ]
        if let before = self.begin.usage.allocations, let after = end.usage.allocations {
            fields.append("\"allocations_per_msg\":\(Double(after - before) / Double(count))")
        }
        return "{\(fields.joined(separator: ","))}"
    }
}
