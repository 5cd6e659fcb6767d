// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSRuntime
import AWSSigner
import Logging

extension AWSClient {
    /// A client that waits for nothing.
    ///
    /// - Parameters:
    ///   - transport: what answers.
    ///   - attempts: how often a call is attempted at most.
    ///   - sleep: told how long it would wait.
    ///   - configure: what else is other than by default.
    package static func scripted(
        _ transport: ScriptedTransport, attempts: Int = 1, sleep: @escaping @Sendable (Duration) async throws -> Void = { _ in },
        configure: (inout AWSConfiguration) -> Void = { _ in }
    ) -> AWSClient {
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret")
        var configuration = AWSConfiguration(
            region: "eu-west-1", credentials: StaticCredentialsProvider(credentials), retry: AWSRetryPolicy(maximumAttempts: attempts))
        configure(&configuration)
        return AWSClient(configuration, transport: transport, logger: Logger(label: "test"), clock: ClientClock(sleep: sleep))
    }
}
