// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Invokes a Lambda function and waits for its answer.

import CurlTransport
import LambdaClient
import Logging

let lambda = LambdaClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

let answer = try await lambda.send(Invoke(functionName: "notify", payload: Array(#"{"certificate_id": "4f2a"}"#.utf8)))
if let error = answer.functionError {
    print("the function failed, \(error): \(String(decoding: answer.payload ?? [], as: UTF8.self))")
}
