// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSRuntime
import AWSSigner
import Logging

extension AWSClient {
    /// A client that waits for nothing.
    package static func scripted(_ transport: ScriptedTransport, attempts: Int = 1) -> AWSClient {
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret")
        let configuration = AWSConfiguration(
            region: "eu-west-1", credentials: StaticCredentialsProvider(credentials), retry: AWSRetryPolicy(maximumAttempts: attempts))
        return AWSClient(configuration, transport: transport, logger: Logger(label: "test"), clock: ClientClock(sleep: { _ in }))
    }
}
