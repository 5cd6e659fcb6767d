// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Finds credentials where AWS's tools do, and by the certificate of a device.

import AWSRuntime
import CurlTransport
import Logging
import Transport

let logger = Logger(label: "aws")

// Environment, web identity, profile, container or instance: whatever is set up, kept and refreshed ahead of its expiry.
let configuration = AWSConfiguration(region: "eu-west-1", credentials: .default(transport: .curl, logger: logger))
let aws = AWSClient(configuration, transport: .curl, logger: logger)

// The same, with the region and the endpoints of environment or profile.
let loaded = try await AWSConfiguration.load(transport: .curl, logger: logger)

// A device, or a connector, signs in with the certificate that AWS IoT knows it by.
let device = try IoTCredentialsProvider(
    endpoint: AWSEndpoint(url: "https://c123example.credentials.iot.eu-west-1.amazonaws.com"), roleAlias: "connector",
    tls: TLSConfiguration(
        identity: .init(certificateChain: .file("/etc/connector/device.pem"), privateKey: .file("/etc/connector/device.key"))),
    transport: .curl)

// And takes on a role of another account, whose credentials are kept.
let role = AWSAssumedRole(arn: "arn:aws:iam::123456789012:role/sync", sessionName: "connector-7", externalID: "lamassu")
let credentials = CachedCredentialsProvider(
    AssumeRoleCredentialsProvider(
        role, configuration: AWSConfiguration(region: "eu-west-1", credentials: CachedCredentialsProvider(device, logger: logger)),
        transport: .curl, logger: logger),
    logger: logger)

// Beside the work of the service: refreshes happen here, and no call waits for one.
try await withThrowingDiscardingTaskGroup { group in
    group.addTask { await credentials.run() }
    print(try await credentials.credentials().accessKeyID)
    group.cancelAll()
}
