// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct ByteStreamTests {
    @Test func `what is written comes back`() async throws {
        try await withServer { server in
            let handler = RecordingHandler()
            let stream = try await server.stream("echo", handler: handler)
            stream.write(pattern(1_000_000))
            #expect(await handler.receive(1_000_000) == pattern(1_000_000))
            stream.close()
            #expect(await handler.receiveUntilClosed().error == nil)
            #expect(handler.timesClosed == 1)
        }
    }
}
