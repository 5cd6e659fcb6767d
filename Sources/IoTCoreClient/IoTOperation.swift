// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// An operation of any of the three APIs of AWS IoT, all of which an ``IoTCoreClient/IoTCoreClient`` sends.
public protocol IoTOperation: AWSOperation {}
