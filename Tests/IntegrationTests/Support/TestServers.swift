// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// Where the servers are that `Scripts/with-servers.sh` started; a variable that is not set fails the test that needs it.
enum TestServers {
    struct Missing: Error, CustomStringConvertible {
        let variable: String
        var description: String { "\(self.variable) is not set: run the tests through Scripts/test.sh, or Scripts/with-servers.sh" }
    }

    /// The broker, plain, with user and password.
    static var amqpURL: String { get throws { try self.variable("LAMASSU_TEST_AMQP_URL") } }
    /// The broker's node name, for `rabbitmqctl -n`.
    static var rabbitMQNode: String { get throws { try self.variable("LAMASSU_TEST_RABBITMQ_NODE") } }
    /// The AWS emulator.
    static var awsEndpoint: String { get throws { try self.variable("LAMASSU_TEST_AWS_ENDPOINT") } }
    /// The access key id the emulator knows.
    static var awsAccessKeyID: String { get throws { try self.variable("LAMASSU_TEST_AWS_ACCESS_KEY_ID") } }
    /// Its secret.
    static var awsSecretAccessKey: String { get throws { try self.variable("LAMASSU_TEST_AWS_SECRET_ACCESS_KEY") } }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessEnvironment.variables[name] else { throw Missing(variable: name) }
        return value
    }
}
