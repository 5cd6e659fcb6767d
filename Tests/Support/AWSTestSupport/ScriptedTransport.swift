// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Synchronization
package import Transport

/// Answers as it was told, one step an attempt, and keeps the requests: for the order of attempts, which no real server can be told.
package final class ScriptedTransport: HTTPTransport {
    package enum Step: Sendable {
        case answer(Int, String, [String: String] = [:])
        case fail(TransportError.Code)
    }

    private let state: Mutex<(steps: [Step], requests: [HTTPTransportRequest])>

    package init(_ steps: [Step]) { self.state = Mutex((steps, [])) }

    package var requests: [HTTPTransportRequest] { self.state.withLock { $0.requests } }

    package func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse {
        let step = self.state.withLock { state -> Step? in
            state.requests.append(request)
            return state.steps.isEmpty ? nil : state.steps.removeFirst()
        }
        switch step {
        case .answer(let status, let body, let fields):
            var head = HTTPResponse(status: HTTPResponse.Status(code: status))
            for (name, value) in fields {
                if let name = HTTPField.Name(name) { head.headerFields[name] = value }
            }
            return HTTPTransportResponse(head: head, body: Array(body.utf8))
        case .fail(let code): throw TransportError(code, message: "as the script says")
        case nil: throw TransportError(.unknown, message: "the script is at its end")
        }
    }
}
