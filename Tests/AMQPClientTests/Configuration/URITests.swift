// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing
import Transport

@Suite struct URITests {
    struct Example: Sendable, CustomTestStringConvertible {
        var uri: String
        var host = "localhost"
        var port: Int?
        var virtualHost = "/"
        var username = "guest"
        var password = "guest"
        var testDescription: String { self.uri }
    }

    @Test(arguments: [
        // The examples of "RabbitMQ URI Specification", appendix A
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
        Example(uri: "amqp://[::1]", host: "::1"),
        // Further ones
        Example(uri: "amqp://host:/", host: "host", virtualHost: ""),
        Example(uri: "amqp://[::1]:77/v", host: "::1", port: 77, virtualHost: "v"),
        Example(uri: "AMQP://u:p@h", host: "h", username: "u", password: "p"),
        Example(uri: "amqp://u:p%40%2F%3F%23@h", host: "h", username: "u", password: "p@/?#"),
        Example(uri: "amqp://u:p@ss@h", host: "h", username: "u", password: "p@ss"),
        Example(uri: "amqp://u:p,q@h", host: "h", username: "u", password: "p,q"),
        Example(uri: "amqp://h%C3%A9", host: "hé"),
        Example(uri: "amqp://h?", host: "h"),
    ])
    func `a URI says where to connect and as whom`(example: Example) throws {
        let configuration = try AMQPConfiguration(uri: example.uri)
        #expect(configuration.endpoints == AMQPEndpointList(AMQPEndpoint(host: example.host, port: example.port)))
        #expect(configuration.virtualHost == example.virtualHost)
        #expect(configuration.credentials == .plain(username: example.username, password: example.password))
        #expect(configuration.tls == nil)
    }

    @Test func `amqps brings TLS and its port`() throws {
        let configuration = try AMQPConfiguration(uri: "amqps://host")
        #expect(configuration.endpoints[0].port(with: configuration.tls) == 5671)
        #expect(configuration.tls == .systemDefault)
        let tls = TLSConfiguration(minimumVersion: .tls13)
        #expect(try AMQPConfiguration(uri: "amqps://host:1", tls: tls).tls == tls)
        #expect(try AMQPConfiguration(uri: "amqps://host:1", tls: tls).endpoints[0].port == 1)
    }

    @Test func `one URI may name the hosts of a cluster`() throws {
        let configuration = try AMQPConfiguration(uri: "amqp://u:p@h1:5672,h2,[::1]:77,[fe80::2]/vhost?heartbeat=5")
        #expect(
            Array(configuration.endpoints) == [
                AMQPEndpoint(host: "h1", port: 5672), AMQPEndpoint(host: "h2"), AMQPEndpoint(host: "::1", port: 77),
                AMQPEndpoint(host: "fe80::2"),
            ])
        #expect(configuration.virtualHost == "vhost")
        #expect(configuration.credentials == .plain(username: "u", password: "p"))
        #expect(configuration.heartbeat == .seconds(5))
    }

    @Test func `several URIs make one configuration`() throws {
        let uris = ["amqps://u:p@h1/v?heartbeat=5", "amqps://u:p@h2:7/v?heartbeat=5", "amqps://u:p@h3,h4/v?heartbeat=5"]
        let configuration = try AMQPConfiguration(uris: uris)
        #expect(configuration.endpoints.map(\.description) == ["h1", "h2:7", "h3", "h4"])
        var first = try AMQPConfiguration(uri: uris[0])
        first.endpoints = configuration.endpoints
        #expect(configuration == first)
        #expect(try AMQPConfiguration(uris: ["amqp://h"]) == AMQPConfiguration(uri: "amqp://h"))
    }

    @Test(arguments: [
        ("amqps://u:p@h/v", "scheme"), ("amqp://x:p@h/v", "user"), ("amqp://u:x@h/v", "password"), ("amqp://u:p@h/x", "virtual host"),
        ("amqp://u:p@h/v?heartbeat=1", "heartbeat"), ("amqp://u:p@h/v?connection_timeout=1", "connection_timeout"),
        ("amqp://u:p@h/v?channel_max=1", "channel_max"), ("amqp://u:p@h/v?frame_max=4096", "frame_max"),
        ("amqp://u:p@h/v?auth_mechanism=external", "auth_mechanism"),
    ])
    func `URIs that differ in more than hosts and ports are an error that says in what`(uri: String, difference: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(uris: ["amqp://u:p@h/v", "amqp://u:p@h:9/v", uri]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(difference) == true)
        #expect(error?.message.contains("number 3") == true)
    }

    @Test func `no URI at all is an error`() {
        #expect(throws: AMQPError(.invalidConfiguration, message: "")) { try AMQPConfiguration(uris: []) }
    }

    @Test(arguments: [
        "", "amqp", "amqp:/", "amqp:host", "http://host", "amqpss://host", "amqp://host:port", "amqp://host:0", "amqp://host:65536",
        "amqp://host:-1", "amqp://host:+1", "amqp://host:99999999999999999999", "amqp://%", "amqp://%2", "amqp://%zz", "amqp://%ff",
        "amqp://u:%c0%80@h", "amqp://h/a/b", "amqp://h#f", "amqp://[::1", "amqp://[::1]x", "amqp://h1,", "amqp://,h2", "amqp://h1,,h2",
        "amqp://:1,h2", "amqp://u:p@h1,u:p@h2", "amqp://h?a=%zz",
    ])
    func `what is no AMQP URI is a typed error`(uri: String) {
        #expect(throws: AMQPError(.invalidConfiguration, message: "")) { try AMQPConfiguration(uri: uri) }
    }

    @Test(arguments: [
        "amqp://u:secret%@h", "amqp://u:sec?ret@h", "amqp://u:secret@h:port", "amqp://u:sec/ret@h/v", "amqp://u:sec#ret@h",
        "amqp://u:sec?ret=1@h", "amqp://u:secret@h1,u:secret@h2", "amqps://h?password=secret", "amqps://h?password=secret%",
        "amqps://h?certfile=secret&certfile=secret",
    ])
    func `an error never holds the password`(uri: String) {
        let error = #expect(throws: AMQPError.self) { try AMQPConfiguration(uri: uri) }
        #expect(error?.description.contains("sec") == false)
        #expect(error?.description.contains("ret") == false)
    }

    @Test func `random parts come out of a URI as they went in`() throws {
        var generator = SeededGenerator(seed: 11)
        let alphabet = Array("abcXYZ019-._~!$&'()*+,;=:@/?#[]%é\u{1F600} \u{0}")
        func text() -> String {
            String((0..<Int.random(in: 1..<12, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) })
        }
        func encoded(_ text: String) -> String {
            text.utf8.map { byte in
                let hexadecimal = String(byte, radix: 16)
                return "%" + (hexadecimal.count == 1 ? "0" : "") + hexadecimal
            }.joined()
        }
        for _ in 0..<500 {
            let (username, password, virtualHost) = (text(), text(), text())
            let endpoints = (0...Int.random(in: 0..<4, using: &generator)).map { _ in
                AMQPEndpoint(host: text(), port: Bool.random(using: &generator) ? Int.random(in: 1...65_535, using: &generator) : nil)
            }
            let hosts = endpoints.map { encoded($0.host) + ($0.port.map { ":\($0)" } ?? "") }.joined(separator: ",")
            let configuration = try AMQPConfiguration(
                uri: "amqp://\(encoded(username)):\(encoded(password))@\(hosts)/\(encoded(virtualHost))")
            #expect(Array(configuration.endpoints) == endpoints)
            #expect(configuration.credentials == .plain(username: username, password: password))
            #expect(configuration.virtualHost == virtualHost)
        }
    }

    @Test func `no random text makes the reader trap`() {
        var generator = SeededGenerator(seed: 9)
        let alphabet = Array("amqps://@:%[]?#&=,0123456789é\u{0}\u{1F600}/h")
        var accepted = 0
        for _ in 0..<20_000 {
            let tail = String((0..<Int.random(in: 0..<24, using: &generator)).compactMap { _ in alphabet.randomElement(using: &generator) })
            if (try? AMQPConfiguration(uri: "amqp://" + tail)) != nil { accepted += 1 }
        }
        #expect(accepted > 0)
    }
}
