// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A device as it stands in AWS IoT Core.
public struct DeviceBinding: Hashable, Sendable {
    /// The id of the device in the PKI, which is the name of its thing.
    public var deviceID: String
    /// The serial number of its certificate, in lower-case hex.
    public var serialNumber: String
    /// The id of the certificate in AWS: the SHA-256 of its DER form.
    public var certificateID: String
    /// The ARN of the certificate in AWS.
    public var certificateARN: String

    /// Makes a binding.
    ///
    /// - Parameters:
    ///   - deviceID: the id of the device in the PKI.
    ///   - serialNumber: the serial number of its certificate, in lower-case hex.
    ///   - certificateID: the id of the certificate in AWS.
    ///   - certificateARN: the ARN of the certificate in AWS.
    public init(deviceID: String, serialNumber: String, certificateID: String, certificateARN: String) {
        self.deviceID = deviceID
        self.serialNumber = serialNumber
        self.certificateID = certificateID
        self.certificateARN = certificateARN
    }
}
