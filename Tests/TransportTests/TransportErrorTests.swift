// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Transport

@Suite struct TransportErrorTests {
    private static let codes: [TransportError.Code] = [
        .nameNotResolved, .connectionRefused, .unreachable, .proxyRefused, .connectTimedOut, .timedOut, .cancelled, .tlsVerificationFailed,
        .tlsHandshakeFailed, .tlsConfigurationInvalid, .connectionClosed, .malformedResponse, .responseTooLarge, .invalidRequest,
        .requestBodyUnwanted, .shutDown, .resourceExhausted, .unknown,
    ]

    @Test func `errors are equal when their codes are, whatever they say`() {
        let error = TransportError(.timedOut, message: "one")
        #expect(error == TransportError(.timedOut, message: "two"))
        #expect(error != TransportError(.connectTimedOut, message: "one"))
        #expect(Set([error, TransportError(.timedOut, message: "two")]).count == 1)
    }

    @Test func `each code has a name of its own`() {
        #expect(Set(Self.codes).count == Self.codes.count)
        #expect(Set(Self.codes.map(\.description)).count == Self.codes.count)
    }

    @Test func `the description has the code and the message`() {
        #expect(TransportError(.timedOut, message: "no answer in 5 s").description == "timedOut: no answer in 5 s")
    }

    @Test func `what the network did may pass, what was asked wrongly will not`() {
        let retryable: Set<TransportError.Code> = [
            .nameNotResolved, .connectionRefused, .unreachable, .connectTimedOut, .timedOut, .connectionClosed, .malformedResponse,
            .resourceExhausted,
        ]
        for code in Self.codes { #expect(TransportError(code, message: "").isRetryable == retryable.contains(code), "\(code)") }
    }

    @Test func `a failure before the request went out says so`() {
        let unsent: Set<TransportError.Code> = [
            .nameNotResolved, .connectionRefused, .unreachable, .proxyRefused, .connectTimedOut, .tlsVerificationFailed,
            .tlsConfigurationInvalid, .invalidRequest,
        ]
        for code in Self.codes { #expect(TransportError(code, message: "").nothingWasSent == unsent.contains(code), "\(code)") }
    }
}
