// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Logging
import Testing
import Transport

@Suite struct ConfigurationTests {
    @Test func `a password is in no description`() {
        let credentials = AMQPCredentials.plain(username: "user", password: "secret")
        var configuration = AMQPConfiguration(host: "h", credentials: credentials)
        configuration.connectionName = "name"
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("secret"))
        }
    }

    struct Change: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var apply: @Sendable (inout AMQPConfiguration) -> Void
    }

    @Test(arguments: [
        Change(testDescription: "port 0") { $0.endpoints[0].port = 0 },
        Change(testDescription: "port 65,536") { $0.endpoints[0].port = 65_536 },
        Change(testDescription: "no host") { $0.endpoints[0].host = "" },
        Change(testDescription: "a second endpoint without a host") {
            $0.endpoints = AMQPEndpointList(AMQPEndpoint(host: "h"), AMQPEndpoint(host: ""))
        },
        Change(testDescription: "a heartbeat with a fraction") { $0.heartbeat = .milliseconds(1_500) },
        Change(testDescription: "a negative heartbeat") { $0.heartbeat = .seconds(-1) },
        Change(testDescription: "a heartbeat that is too long") { $0.heartbeat = .seconds(65_536) },
        Change(testDescription: "frames that are too short") { $0.maximumFrameBytes = 4_095 },
        Change(testDescription: "frames that are too long") { $0.maximumFrameBytes = 16_777_217 },
        Change(testDescription: "no channels") { $0.maximumChannels = 0 },
        Change(testDescription: "too many channels") { $0.maximumChannels = 65_536 },
        Change(testDescription: "a negative body") { $0.maximumBodyBytes = -1 },
        Change(testDescription: "no connect timeout") { $0.connectTimeout = .zero },
        Change(testDescription: "no handshake timeout") { $0.handshakeTimeout = .zero },
        Change(testDescription: "a negative request timeout") { $0.requestTimeout = .seconds(-1) },
        Change(testDescription: "a confirm timeout beyond the clock") { $0.confirmTimeout = .seconds(Int64.max) },
        Change(testDescription: "no close timeout") { $0.closeTimeout = .zero },
        Change(testDescription: "external credentials without TLS") { $0.credentials = .external },
        Change(testDescription: "external credentials without a certificate") {
            $0.credentials = .external
            $0.tls = .systemDefault
        },
        Change(testDescription: "a zero octet in the user name") { $0.credentials = .plain(username: "a\0b", password: "") },
    ])
    func `a setting outside its range is an error before anything is sent`(change: Change) async {
        var configuration = AMQPConfiguration(host: "h", credentials: .plain(username: "u", password: "p"))
        change.apply(&configuration)
        let transport = ScriptedTransport()
        await #expect(throws: AMQPError(.invalidConfiguration, message: "")) {
            try await AMQPClient.withConnection(to: configuration, over: transport, logger: Logger(label: "test")) { _ in }
        }
        #expect(transport.attempts == 0)
    }
}
