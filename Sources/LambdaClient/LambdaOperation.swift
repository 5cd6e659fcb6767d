// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of the AWS Lambda API (version 2015-03-31).
public protocol LambdaOperation: AWSOperation {}

extension LambdaOperation {
    /// AWS Lambda.
    public static var service: AWSService { AWSService(name: "Lambda", endpointPrefix: "lambda", wireProtocol: .restJSON) }
}
