// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite struct URIParameterTests {
    @Test func `query parameters set what they name`() throws {
        let configuration = try AMQPConfiguration(
            uri: "amqp://host/v?heartbeat=7&connection_timeout=1500&channel_max=9&frame_max=8192&auth_mechanism=external")
        #expect(configuration.heartbeat == .seconds(7))
        #expect(configuration.connectTimeout == .milliseconds(1_500))
        #expect(configuration.maximumChannels == 9)
        #expect(configuration.maximumFrameBytes == 8_192)
        #expect(configuration.credentials == .external)
    }

    @Test func `zero is no heartbeat, and no limit where it is one`() throws {
        let configuration = try AMQPConfiguration(uri: "amqp://host?heartbeat=0&channel_max=0&frame_max=0")
        #expect(configuration.heartbeat == .zero)
        #expect(configuration.maximumChannels == 65_535)
        #expect(configuration.maximumFrameBytes == 16_777_216)
    }

    @Test func `of several mechanisms the first counts`() throws {
        #expect(try AMQPConfiguration(uri: "amqp://u:p@h?auth_mechanism=plain").credentials == .plain(username: "u", password: "p"))
        #expect(try AMQPConfiguration(uri: "amqp://u:p@h?auth_mechanism=amqplain").credentials == .amqplain(username: "u", password: "p"))
        #expect(try AMQPConfiguration(uri: "amqp://h?auth_mechanism=external&auth_mechanism=plain").credentials == .external)
    }

    @Test func `the files of a URI become its TLS`() throws {
        let base = TLSConfiguration(minimumVersion: .tls13)
        let uri = "amqps://myhost?cacertfile=/path/to/ca%20certificate.pem&certfile=/path/to/client.pem&keyfile=/path/to/client.key"
        let configuration = try AMQPConfiguration(uri: uri + "&verify=verify_peer&server_name_indication=MyHost", tls: base)
        #expect(
            configuration.tls
                == TLSConfiguration(
                    trustRoots: .custom(.file("/path/to/ca certificate.pem")),
                    identity: TLSConfiguration.Identity(
                        certificateChain: .file("/path/to/client.pem"), privateKey: .file("/path/to/client.key")),
                    minimumVersion: .tls13))
    }

    @Test func `a certificate file without a key file holds both`() throws {
        let identity = try AMQPConfiguration(uri: "amqps://h?certfile=/both.pem").tls?.identity
        #expect(identity == TLSConfiguration.Identity(certificateChain: .file("/both.pem"), privateKey: .file("/both.pem")))
    }

    @Test(arguments: [
        "verify=verify_peer", "fail_if_no_peer_cert=true", "customize_hostname_check=https", "server_name_indication=h",
    ])
    func `what asks for what is always so changes nothing`(parameter: String) throws {
        #expect(try AMQPConfiguration(uri: "amqps://h?\(parameter)") == AMQPConfiguration(uri: "amqps://h"))
    }

    @Test(arguments: [
        "heartbeat", "heartbeat=-1", "heartbeat=65536", "heartbeat=1.5", "channel_max=65536", "channel_max=", "frame_max=4095",
        "frame_max=16777217", "connection_timeout=0", "connection_timeout=99999999999", "auth_mechanism=crdemo", "auth_mechanism=",
        "heartbeat=1&heartbeat=1", "cacertfile=", "certfile=%00", "keyfile=/k", "verify=verify_none", "verify=", "verify",
        "fail_if_no_peer_cert=false", "customize_hostname_check=none", "server_name_indication=other",
        "server_name_indication=disable", "password=x", "depth=3", "unheard_of=1", "Heartbeat=1",
    ])
    func `what cannot be done is an error that names the parameter`(parameter: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(uri: "amqps://h?\(parameter)") }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(parameter.prefix { $0 != "=" }) == true)
    }

    @Test(arguments: [
        "cacertfile=/c", "certfile=/c", "certfile=/c&keyfile=/k", "verify=verify_peer", "fail_if_no_peer_cert=true",
        "customize_hostname_check=https", "server_name_indication=h",
    ])
    func `what concerns TLS is an error without it`(parameter: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(uri: "amqp://h?\(parameter)") }
        #expect(error?.message.contains(parameter.prefix { $0 != "=" }) == true)
        #expect(error?.message.contains("amqps") == true)
    }

    @Test func `a name is verified at each host of a list`() {
        #expect(throws: AMQPError.self) { try AMQPConfiguration(uri: "amqps://h,i?server_name_indication=h") }
    }
}
