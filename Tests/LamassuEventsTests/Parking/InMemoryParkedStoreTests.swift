// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import OutboxTestSupport
import Testing

@Suite struct InMemoryParkedStoreTests {
    @Test(arguments: ParkedStoreContract.promises)
    func `the store keeps what every store of parked events promises`(_ promise: ParkedStoreContract) async throws {
        try await promise.check { InMemoryParkedStore(maximumEvents: $0) }
    }

    @Test func `it says that it is not durable`() {
        #expect(!InMemoryParkedStore().isDurable)
    }
}
