// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Transport

/// What of a request shapes an easy handle, and is often the same for the next one.
struct CurlHTTPProfile: Equatable {
    let method: String
    let body: HTTPWireRequest.Body
    let connectTimeout: Duration
    let idleTimeout: Duration?
    let isMachineLocal: Bool
    /// `nil` where the scheme is `http`.
    let tls: TLSConfiguration?

    init(_ submission: HTTPSubmission) {
        self.method = submission.wire.method
        self.body = submission.wire.body
        self.connectTimeout = submission.request.connectTimeout
        self.idleTimeout = submission.request.idleTimeout
        self.isMachineLocal = submission.wire.isMachineLocal
        self.tls = submission.wire.isSecured ? submission.request.tls : nil
    }
}
