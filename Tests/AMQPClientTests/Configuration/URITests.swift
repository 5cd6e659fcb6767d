// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite struct URITests {
    struct Example: Sendable, CustomTestStringConvertible {
        var uri: String
        var host = "localhost"
        var port = 5672
        var virtualHost = "/"
        var username = "guest"
        var password = "guest"
        var testDescription: String { self.uri }
    }

    @Test(arguments: [
        Example(
            uri: "amqp://user:pass@host:10000/vhost", host: "host", port: 10_000, virtualHost: "vhost", username: "user",
            password: "pass"),
        Example(
            uri: "amqp://user%61:%61pass@ho%61st:10000/v%2fhost", host: "hoast", port: 10_000, virtualHost: "v/host",
            username: "usera", password: "apass"),
        Example(uri: "amqp://"),
        Example(uri: "amqp://:@/", virtualHost: "", username: "", password: ""),
        Example(uri: "amqp://user@", username: "user", password: ""),
        Example(uri: "amqp://user:pass@", username: "user", password: "pass"),
        Example(uri: "amqp://host", host: "host"),
        Example(uri: "amqp://:10000", port: 10_000),
        Example(uri: "amqp:///vhost", virtualHost: "vhost"),
        Example(uri: "amqp://host/", host: "host", virtualHost: ""),
        Example(uri: "amqp://host/%2F", host: "host", virtualHost: "/"),
        Example(uri: "amqp://host:/", host: "host", virtualHost: ""),
        Example(uri: "amqp://[::1]", host: "::1"),
        Example(uri: "amqp://[::1]:77/v", host: "::1", port: 77, virtualHost: "v"),
        Example(uri: "AMQP://u:p@h", host: "h", username: "u", password: "p"),
        Example(uri: "amqp://u:p%40%2F%3F%23@h", host: "h", username: "u", password: "p@/?#"),
        Example(uri: "amqp://u:p@ss@h", host: "h", username: "u", password: "p@ss"),
        Example(uri: "amqp://h%C3%A9", host: "hé"),
    ])
    func `a URI says where to connect and as whom`(example: Example) throws {
        let configuration = try AMQPConfiguration(uri: example.uri)
        #expect(configuration.host == example.host)
        #expect(configuration.port == example.port)
        #expect(configuration.virtualHost == example.virtualHost)
        #expect(configuration.credentials == .plain(username: example.username, password: example.password))
        #expect(configuration.tls == nil)
    }

    @Test func `amqps brings TLS and its port`() throws {
        #expect(try AMQPConfiguration(uri: "amqps://host").port == 5671)
        #expect(try AMQPConfiguration(uri: "amqps://host").tls == .systemDefault)
        let tls = TLSConfiguration(minimumVersion: .tls13)
        let configuration = try AMQPConfiguration(uri: "amqps://host:1", tls: tls)
        #expect(configuration.port == 1)
        #expect(configuration.tls == tls)
    }

    @Test func `query parameters set what they name`() throws {
        let configuration = try AMQPConfiguration(
            uri: "amqp://host/v?heartbeat=7&connection_timeout=1500&channel_max=9&auth_mechanism=external")
        #expect(configuration.heartbeat == .seconds(7))
        #expect(configuration.connectTimeout == .milliseconds(1_500))
        #expect(configuration.maximumChannels == 9)
        #expect(configuration.credentials == .external)
        #expect(try AMQPConfiguration(uri: "amqp://u:p@h?auth_mechanism=plain").credentials == .plain(username: "u", password: "p"))
    }

    @Test(arguments: [
        "", "amqp", "amqp:/", "amqp:host", "http://host", "amqpss://host", "amqp://host:port", "amqp://host:0", "amqp://host:65536",
        "amqp://host:-1", "amqp://host:+1", "amqp://host:99999999999999999999", "amqp://%", "amqp://%2", "amqp://%zz", "amqp://%ff",
        "amqp://u:%c0%80@h", "amqp://h/a/b", "amqp://h#f", "amqp://[::1", "amqp://[::1]x", "amqp://h?verify=verify_none",
        "amqp://h?heartbeat", "amqp://h?heartbeat=-1", "amqp://h?heartbeat=65536", "amqp://h?channel_max=0",
        "amqp://h?connection_timeout=0", "amqp://h?auth_mechanism=amqplain",
    ])
    func `what is no AMQP URI is a typed error`(uri: String) {
        #expect(throws: AMQPError(.invalidConfiguration, message: "")) { try AMQPConfiguration(uri: uri) }
    }

    @Test(arguments: ["amqp://u:secret%@h", "amqp://u:sec?ret@h", "amqp://u:secret@h:port", "amqp://u:sec/ret@h/v", "amqp://u:sec#ret@h"])
    func `an error never holds the password`(uri: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(uri: uri) }
        #expect(error?.description.contains("sec") == false)
        #expect(error?.description.contains("ret") == false)
    }

    @Test func `no random text makes the reader trap`() {
        var generator = SeededGenerator(seed: 9)
        let alphabet = Array("amqps://@:%[]?#&=0123456789é\u{0}\u{1F600}/h")
        var accepted = 0
        for _ in 0..<20_000 {
            let tail = String((0..<Int.random(in: 0..<24, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) })
            if (try? AMQPConfiguration(uri: "amqp://" + tail)) != nil { accepted += 1 }
        }
        #expect(accepted > 0)
    }
}
