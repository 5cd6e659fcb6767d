// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceSettings {
    /// Every service there is a client of.
    package static let all: [ServiceSettings] = [
        ServiceSettings(
            folder: "iot", output: "IoTCoreClient/Generated/Core", title: "AWS IoT", operationProtocol: "IoTCoreOperation",
            clientProtocol: "IoTOperation",
            errorScope: "IoTCoreClient", module: "IoTCoreClient", reference: "https://docs.aws.amazon.com/iot/latest/apireference/API_",
            comparable: ["CACertificateDescription", "CertificateDescription", "Tag"]),
        ServiceSettings(
            folder: "iot-data", output: "IoTCoreClient/Generated/Data", title: "AWS IoT data", operationProtocol: "IoTDataOperation",
            clientProtocol: "IoTOperation",
            namespace: "IoTData", errorScope: "IoTData", module: "IoTCoreClient",
            reference: "https://docs.aws.amazon.com/iot/latest/apireference/API_iotdata_"),
        ServiceSettings(
            folder: "iot-jobs-data", output: "IoTCoreClient/Generated/JobsData", title: "AWS IoT jobs data",
            operationProtocol: "IoTJobsDataOperation", clientProtocol: "IoTOperation", namespace: "IoTJobsData", errorScope: "IoTJobsData",
            module: "IoTCoreClient",
            reference: "https://docs.aws.amazon.com/iot/latest/apireference/API_iot-jobs-data_"),
        ServiceSettings(
            folder: "lambda", output: "LambdaClient/Generated", title: "AWS Lambda", operationProtocol: "LambdaOperation",
            errorScope: "LambdaClient", module: "LambdaClient", reference: "https://docs.aws.amazon.com/lambda/latest/api/API_",
            typeNames: ["State": "FunctionState", "StateReasonCode": "FunctionStateReasonCode"],
            sensitive: ["FunctionCodeLocation", "LayerVersionContentOutput"], comparable: ["FunctionConfiguration"]),
        ServiceSettings(
            folder: "cloudformation", output: "CloudFormationClient/Generated", title: "AWS CloudFormation",
            operationProtocol: "CloudFormationOperation", errorScope: "CloudFormationClient", module: "CloudFormationClient",
            reference: "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_",
            typeNames: ["Output": "StackOutput", "Parameter": "StackParameter", "Tag": "StackTag", "Capability": "StackCapability"],
            valuePrefixes: ["Capability": "CAPABILITY_"], comparable: ["Stack", "StackEvent", "StackResource"]),
        ServiceSettings(
            folder: "sqs", output: "SQSClient/Generated", title: "Amazon SQS", operationProtocol: "SQSOperation", errorScope: "SQSClient",
            module: "SQSClient", reference: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_",
            typeNames: [
                "MessageAttributeValue": "MessageAttribute", "MessageSystemAttributeValue": "MessageSystemAttribute",
                "BatchResultErrorEntry": "BatchFailure",
            ], comparable: ["Message", "BatchResultErrorEntry"]),
        ServiceSettings(
            folder: "sns", output: "SNSClient/Generated", title: "Amazon SNS", operationProtocol: "SNSOperation", errorScope: "SNSClient",
            module: "SNSClient", reference: "https://docs.aws.amazon.com/sns/latest/api/API_",
            typeNames: ["Subscription": "TopicSubscription", "BatchResultErrorEntry": "PublishFailure"],
            comparable: ["Subscription", "BatchResultErrorEntry", "MessageAttributeValue"]),
        ServiceSettings(
            folder: "sts", output: "AWSRuntime/Generated", title: "AWS STS", operationProtocol: "STSOperation", namespace: "STS",
            errorScope: "STS", module: "AWSRuntime", reference: "https://docs.aws.amazon.com/STS/latest/APIReference/API_"),
    ]
}
