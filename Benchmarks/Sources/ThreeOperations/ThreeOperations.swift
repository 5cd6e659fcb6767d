// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import IoTCoreClient
import LambdaClient
import Logging

/// Revokes the certificate of a device, reads what there is of the device, and tells a function: only to see how large such a program is.
@main struct ThreeOperations {
    static func main() async throws {
        let aws = AWSClient(try AWSConfiguration(), transport: .curl, logger: Logger(label: "three-operations"))
        let things = IoTCoreClient(aws)
        try await things.send(UpdateCertificate(certificateID: String(repeating: "0", count: 64), newStatus: .revoked))
        let thing = try await things.send(DescribeThing(thingName: "pump-4711"))
        let answer = try await LambdaClient(aws).invoke(
            "notify", with: ["thing": thing.thingARN ?? "none"], returning: [String: String].self)
        print(answer)
    }
}
