// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import OutboxTestSupport
import SQLiteOutbox
import Testing

struct ContractTests {
    @Test(arguments: OutboxContract.promises)
    func `the store keeps what every store promises`(_ promise: OutboxContract) async throws {
        // The folder outlives the stores, which a check may make several of.
        let folder = try DatabaseFolder()
        try await promise.check { limits in try await folder.open { $0.limits = limits } }
    }
}
