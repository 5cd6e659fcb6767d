// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import IoTCoreClient
import Transport

/// What AWS answers to each operation, in order, and which operations were called.
struct Script {
    let transport: ScriptedTransport
    let iot: IoTCoreClient

    init(attempts: Int = 1, _ steps: ScriptedTransport.Step...) {
        self.transport = ScriptedTransport(steps)
        self.iot = IoTCoreClient(.scripted(self.transport, attempts: attempts))
    }

    /// Methods and paths of the calls, without their queries.
    var calls: [String] {
        self.transport.requests.map { request in
            "\(request.head.method.rawValue) \(request.head.path?.split(separator: "?").first ?? "")"
        }
    }

    /// The body of a call.
    func body(_ index: Int) throws -> JSONValue { try JSONValue(parsing: self.transport.requests[index].body) }
}

extension ScriptedTransport.Step {
    static let notFound = Self.refusal(404, "ResourceNotFoundException")
    static let alreadyExists = Self.refusal(409, "ResourceAlreadyExistsException")
    static let serverFault = Self.refusal(500, "InternalFailureException")
    static let done = Self.answer(200, "{}")

    static func refusal(_ status: Int, _ code: String) -> Self {
        .answer(status, #"{"message": "as the script says"}"#, ["x-amzn-errortype": code])
    }
}

/// The error that a call throws; `nil` where it throws none.
func error(of call: () async throws(IoTCoreError) -> Void) async -> IoTCoreError? {
    do throws(IoTCoreError) {
        try await call()
        return nil
    } catch {
        return error
    }
}
