// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of the AWS CloudFormation API (version 2010-05-15).
public protocol CloudFormationOperation: AWSQueryOperation {}

extension CloudFormationOperation {
    /// AWS CloudFormation.
    public static var service: AWSService {
        AWSService(name: "CloudFormation", endpointPrefix: "cloudformation", wireProtocol: .query(version: "2010-05-15"))
    }
}
