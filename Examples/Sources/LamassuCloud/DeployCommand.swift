// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CFNTemplates
import CloudFormationClient
import CurlTransport
import Logging

/// The command `lamassu-cloud deploy`.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Creates or updates the stack, waits for it, and prints its outputs as shell variables.")

    @Argument(help: "The name of the stack.") var stackName = "lamassu-cloud"

    func run() async throws {
        let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: .quiet)
        let template = String(decoding: try CloudSyncStack().template.rendered(), as: UTF8.self)
        let stack = try await CloudFormationClient(aws).deploy(
            StackDeployment(stackName: self.stackName, templateBody: template, capabilities: [.iam]))
        for (variable, output) in [
            ("RESPONSE_QUEUE_URL", CloudSyncStack.responseQueueURLOutput), ("NOTIFY_FUNCTION", CloudSyncStack.notifyFunctionNameOutput),
        ] {
            print("\(variable)='\(stack.output(output) ?? "")'")
        }
    }
}
