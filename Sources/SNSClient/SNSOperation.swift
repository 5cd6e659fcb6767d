// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of the Amazon SNS API (version 2010-03-31).
public protocol SNSOperation: AWSQueryOperation {}

extension SNSOperation {
    /// Amazon SNS.
    public static var service: AWSService {
        AWSService(name: "SNS", endpointPrefix: "sns", wireProtocol: .query(version: "2010-03-31"))
    }
}
