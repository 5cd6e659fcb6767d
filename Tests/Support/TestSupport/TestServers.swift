// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Where the servers are that `Scripts/with-servers.sh` started; a variable that is not set fails the test that needs it.
package enum TestServers {
    private struct Missing: Error, CustomStringConvertible {
        let variable: String
        var description: String { "\(self.variable) is not set: run the tests through Scripts/test.sh, or Scripts/with-servers.sh" }
    }

    /// The broker, plain, with user and password.
    package static var amqpURL: String { get throws { try self.variable("LAMASSU_TEST_AMQP_URL") } }
    /// The port of the same broker for TLS.
    package static var amqpsPort: Int {
        get throws {
            guard let port = Int(try self.variable("LAMASSU_TEST_AMQPS_PORT")) else { throw Missing(variable: "LAMASSU_TEST_AMQPS_PORT") }
            return port
        }
    }
    /// The folder with the certificates of the tests.
    package static var certificates: String { get throws { try self.variable("LAMASSU_TEST_PKI") } }
    /// The AWS emulator.
    package static var awsEndpoint: String { get throws { try self.variable("LAMASSU_TEST_AWS_ENDPOINT") } }
    /// The access key id the emulator knows.
    package static var awsAccessKeyID: String { get throws { try self.variable("LAMASSU_TEST_AWS_ACCESS_KEY_ID") } }
    /// Its secret.
    package static var awsSecretAccessKey: String { get throws { try self.variable("LAMASSU_TEST_AWS_SECRET_ACCESS_KEY") } }

    /// Runs `rabbitmqctl` on the broker's node and returns what it prints.
    @discardableResult
    package static func control(_ arguments: [String]) async throws -> String {
        try await TestCommand.run(["rabbitmqctl", "-q", "-n", try self.variable("LAMASSU_TEST_RABBITMQ_NODE")] + arguments)
    }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Missing(variable: name) }
        return value
    }
}
