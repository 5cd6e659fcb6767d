// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Deploys CloudSync's stack and prints the URL of its response queue.

import CFNTemplates
import CloudFormationClient
import CurlTransport
import Logging

let cloudFormation = CloudFormationClient(AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "aws")))

let template = try CloudSyncStack().template.rendered()
let stack = try await cloudFormation.deploy(
    StackDeployment(stackName: "cloudsync", templateBody: String(decoding: template, as: UTF8.self), capabilities: [.iam]))
print(stack.output(CloudSyncStack.responseQueueURLOutput) ?? "")
