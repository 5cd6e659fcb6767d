// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of the AWS IoT API (version 2015-05-28).
public protocol IoTCoreOperation: AWSJSONOperation {}

extension IoTCoreOperation {
    /// AWS IoT.
    public static var service: AWSService { AWSService(name: "IoT", endpointPrefix: "iot", wireProtocol: .restJSON) }
}
