// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Asks again and again until the condition holds, for what nobody tells; throws if it does not within half a minute.
package func eventually(_ what: String = "the condition holds", _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(2))
    }
}

private struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    var description: String { "it did not come about in time that \(self.what)" }
}
