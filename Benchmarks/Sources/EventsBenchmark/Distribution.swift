// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Durations in microseconds.
struct Distribution: Sendable {
    private let sorted: [Double]

    init(_ durations: [Duration]) { self.sorted = durations.map { $0 / .microseconds(1) }.sorted() }

    var median: Double { self.quantile(0.5) }

    func quantile(_ share: Double) -> Double { self.sorted.isEmpty ? 0 : self.sorted[Int(Double(self.sorted.count - 1) * share)] }
}
