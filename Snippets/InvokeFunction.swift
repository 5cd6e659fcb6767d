// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Invokes a Lambda function and waits for its answer, or reads it bit by bit.

import CurlTransport
import LambdaClient
import Logging

let lambda = LambdaClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

do {
    let answer = try await lambda.invoke("notify", with: ["certificate_id": "4f2a"], returning: [String: Int].self)
    print(answer)
} catch {
    print("\(error)", error.failure?.logTail ?? "")
}

try await lambda.withResponseStream(of: "report", with: ["year": 2026]) { pieces in
    for try await piece in pieces { print("\(piece.count) bytes") }
}
