// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of the Amazon SQS API (version 2012-11-05).
public protocol SQSOperation: AWSJSONOperation {}

extension SQSOperation {
    /// Amazon SQS.
    public static var service: AWSService {
        AWSService(name: "SQS", endpointPrefix: "sqs", wireProtocol: .json10(targetPrefix: "AmazonSQS"))
    }
}
