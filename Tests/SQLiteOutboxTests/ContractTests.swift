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

    @Test(arguments: ParkedStoreContract.promises)
    func `the store of parked events keeps what every such store promises`(_ promise: ParkedStoreContract) async throws {
        let folder = try DatabaseFolder()
        try await promise.check { try await folder.open().parkedStore(for: "a test", maximumEvents: $0) }
    }
}
