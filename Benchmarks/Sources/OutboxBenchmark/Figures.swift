// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What one run has shown, and the line of JSON that tells of it.
struct Figures {
    private let start = (time: ContinuousClock.now, processor: Self.processorTime)
    private var seconds = 0.0
    private var processorSeconds = 0.0
    /// How long each call, or each round of calls, took.
    var latencies: [Duration] = []

    /// The figures up to now.
    consuming func ended() -> Figures {
        self.seconds = (.now - self.start.time) / .seconds(1)
        self.processorSeconds = Self.processorTime - self.start.processor
        return self
    }

    /// The line of JSON.
    func line(scenario: String, count: Int) -> String {
        let sorted = self.latencies.sorted()
        func quantile(_ share: Double) -> String {
            guard !sorted.isEmpty else { return "null" }
            return "\((sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / .microseconds(1)).rounded())"
        }
        let fields = [
            "\"scenario\":\"\(scenario)\"", "\"count\":\(count)", "\"wall_s\":\(self.seconds)", "\"cpu_s\":\(self.processorSeconds)",
            "\"per_s\":\((Double(count) / self.seconds).rounded())",
            "\"cpu_us_each\":\((self.processorSeconds * 1e7 / Double(count)).rounded() / 10)", "\"p50_us\":\(quantile(0.5))",
            "\"p99_us\":\(quantile(0.99))",
        ]
        return "{\(fields.joined(separator: ","))}"
    }

    /// User and system time of all threads.
    private static var processorTime: Double {
        var usage = rusage()
        getrusage(.init(RUSAGE_SELF.rawValue), &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
