// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Deploys a function from a folder, and gives it the messages of a queue. Run again, it changes nothing.

import CurlTransport
import LambdaClient
import Logging

let lambda = LambdaClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

var wish = FunctionDeployment(
    "notify", package: try FunctionPackage(folder: "functions/notify"), role: "arn:aws:iam::123456789012:role/notify",
    runtime: .python3_12, handler: "index.handler")
wish.environment = Environment(variables: ["QUEUE": "responses"])
wish.alias = "live"
let deployed = try await lambda.deploy(wish)
print(deployed.changes.isEmpty ? "unchanged" : "version \(deployed.version ?? "")")

try await lambda.put(
    CreateEventSourceMapping(
        eventSourceARN: "arn:aws:sqs:eu-west-1:123456789012:requests", functionName: "notify:live", batchSize: 10,
        functionResponseTypes: [.reportBatchItemFailures]))
