// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Testing
import Transport

@Suite struct HTTPTransportRequestTests {
    @Test func `a request has bounds from the start`() {
        let request = HTTPTransportRequest(head: HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/"))
        #expect(request.body.isEmpty)
        #expect(request.tls == .systemDefault)
        #expect(request.connectTimeout == .seconds(5))
        #expect(request.timeout == .seconds(60))
        #expect(request.idleTimeout == nil)
        #expect(request.maximumResponseBodyBytes == 16 * 1024 * 1024)
    }

    @Test func `a target has ten seconds to connect`() {
        #expect(ByteStreamTarget(host: "host", port: 5_672).connectTimeout == .seconds(10))
        #expect(ByteStreamTarget(host: "host", port: 5_672).tls == nil)
    }
}
