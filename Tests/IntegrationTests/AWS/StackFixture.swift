// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudFormationClient

/// A stack of a test's own: a queue, a role, and a function that echoes its event or fails when told to.
struct StackFixture {
    let name = "test-\(UInt64.random(in: 0...UInt64.max))"
    let cloudFormation: CloudFormationClient

    init() throws { self.cloudFormation = CloudFormationClient(try AWSEmulator.client()) }

    /// The stack as it should be.
    ///
    /// - Parameters:
    ///   - visibilityTimeout: a property of the queue, in seconds.
    ///   - role: the function's role; by default the one in the stack.
    ///   - capabilities: what the template may do.
    func deployment(
        visibilityTimeout: Int = 30, role: String = #"{"Fn::GetAtt": ["Role", "Arn"]}"#, capabilities: [StackCapability] = [.iam]
    ) -> StackDeployment {
        let code =
            #"def handler(event, context):\n    print('got', event)\n    if event.get('fail'): raise ValueError('as told')\n    return event\n"#
        let trust = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, \
            "Action": "sts:AssumeRole"}]}
            """
        let template = """
            {"Description": "ü & <x>", "Parameters": {"Timeout": {"Type": "Number"}}, "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "\(self.name)", "VisibilityTimeout": {"Ref": "Timeout"}}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": \(trust)}},
            "Function": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "\(self.name)", "Handler": "index.handler",
            "Runtime": "python3.12", "Timeout": 30, "Role": \(role), "Code": {"ZipFile": "\(code)"}}}},
            "Outputs": {"QueueURL": {"Value": {"Ref": "Queue"}}}}
            """
        return StackDeployment(
            stackName: self.name, templateBody: template, parameters: [StackParameter(key: "Timeout", value: String(visibilityTimeout))],
            capabilities: capabilities, tags: [StackTag(key: "test", value: self.name)], timeout: .seconds(60),
            pollInterval: .milliseconds(50))
    }

    /// Deletes the stack; the emulator does it within the call.
    func delete() async throws { try await self.cloudFormation.send(DeleteStack(stackName: self.name)) }
}
