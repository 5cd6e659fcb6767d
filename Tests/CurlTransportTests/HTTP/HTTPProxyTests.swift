// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPProxyTests {
    private static func transport(_ proxy: HTTPProxy) -> CurlHTTPTransport {
        CurlHTTPTransport(configuration: .init(proxy: .proxy(proxy)))
    }

    private static let basic = "basic " + Data("ann:secret".utf8).base64EncodedString().lowercased()
    private static let ann = HTTPProxy.Credentials(username: "ann", password: "secret")

    @Test(arguments: [nil, Self.ann])
    func `a request for http is handed to the proxy`(credentials: HTTPProxy.Credentials?) async throws {
        try await withServer { server in
            let transport = Self.transport(HTTPProxy(host: "127.0.0.1", port: server.port("proxy"), credentials: credentials))
            #expect(try await transport.send(server.request("/echo", host: "service.example")).head.status == .ok)
            let target = "http://service.example:\(server.port("http"))/echo"
            try await server.expectResult("GET \(target) \(credentials == nil ? "nobody" : Self.basic)")
        }
    }

    @Test(arguments: [HTTPProxy.Scheme.http, .https])
    func `a request for https goes through a tunnel, whose head is not the response's`(scheme: HTTPProxy.Scheme) async throws {
        try await withServer(tls: true) { server in
            let port = server.port(scheme == .https ? "proxy-tls" : "proxy")
            let transport = Self.transport(HTTPProxy(scheme, host: "localhost", port: port, credentials: Self.ann, tls: server.tls()))
            let response = try await transport.send(server.request("/echo", to: "https", host: "localhost", tls: server.tls()))
            #expect(response.head.headerFields[try name("X-Proxy")] == nil)
            #expect(!response.text.lowercased().contains("proxy"), "the server learns nothing of the proxy")
            try await server.expectResult("CONNECT localhost:\(server.port("https")) \(Self.basic)")
        }
    }

    @Test func `a proxy over TLS is verified`() async throws {
        try await withServer(tls: true) { server in
            let proxy = HTTPProxy(.https, host: "localhost", port: server.port("proxy-tls"))
            #expect(await Self.transport(proxy).failure(of: server.request("/echo"))?.code == .tlsVerificationFailed)
        }
    }

    @Test func `SOCKS 5 resolves the name at the proxy`() async throws {
        try await withServer { server in
            let proxy = HTTPProxy(.socks5h, host: "127.0.0.1", port: server.port("socks"), credentials: Self.ann)
            #expect(try await Self.transport(proxy).send(server.request("/echo", host: "service.example")).head.status == .ok)
            try await server.expectResult("name service.example ann")
        }
    }

    @Test(
        arguments: [
            ("http", "forbidden.example", .proxyRefused), ("http", "unreachable.example", .unreachable),
            ("socks5h", "forbidden.example", .proxyRefused), ("socks5h", "unreachable.example", .unreachable),
            ("socks5h", "refused.example", .connectionRefused),
        ] as [(String, String, TransportError.Code)])
    func `what a proxy refuses is told as what it is, and nothing was sent`(
        scheme: String, host: String, code: TransportError.Code
    ) async throws {
        try await withServer(tls: true) { server in
            let proxy =
                scheme == "http"
                ? HTTPProxy(host: "127.0.0.1", port: server.port("proxy"))
                : HTTPProxy(.socks5h, host: "127.0.0.1", port: server.port("socks"))
            let error = await Self.transport(proxy).failure(of: server.request("/echo", to: "https", host: host, tls: server.tls()))
            #expect(error?.code == code, "\(error?.message ?? "")")
            #expect(error?.nothingWasSent == true)
        }
    }

    @Test func `a wrong password is refused, and shown to nobody`() async throws {
        try await withServer { server in
            let credentials = HTTPProxy.Credentials(username: "ann", password: "wrong-password")
            let proxy = HTTPProxy(.socks5h, host: "127.0.0.1", port: server.port("socks"), credentials: credentials)
            let error = await Self.transport(proxy).failure(of: server.request("/echo"))
            #expect(error?.code == .proxyRefused)
            var dumped = "\(proxy) \(String(reflecting: proxy)) \(error.map { "\($0)" } ?? "")"
            dump(CurlHTTPTransport.Configuration(proxy: .proxy(proxy)), to: &dumped)
            #expect(dumped.contains("ann"))
            #expect(!dumped.contains("wrong-password"))
        }
    }

    @Test(arguments: ["127.0.0.1", "127.0.0.0/8", "*", "example.com,127.0.0.1"])
    func `an exception is reached directly`(exception: String) async throws {
        try await withServer { server in
            let proxy = HTTPProxy(host: "127.0.0.1", port: 1, exceptions: exception.split(separator: ",").map(String.init))
            let response = try await Self.transport(proxy).send(server.request("/echo"))
            #expect(response.head.status == .ok)
            let other = await Self.transport(HTTPProxy(host: "127.0.0.1", port: 1, exceptions: ["example.com"])).failure(
                of: server.request("/"))
            #expect(other?.code == .connectionRefused)
        }
    }

    @Test func `the environment's proxy is not for this machine`() async {
        // The environment is that of a process.
        await #expect(processExitsWith: .success) {
            for variable in ["no_proxy", "NO_PROXY"] { unsafe unsetenv(variable) }
            unsafe setenv("http_proxy", "http://127.0.0.1:1", 1)
            try await withServer { server in
                let transport = CurlHTTPTransport()
                for host in ["127.0.0.1", "localhost"] {
                    let response = try await transport.send(server.request("/echo", host: host))
                    #expect(response.head.status == .ok)
                }
                let other = await transport.failure(of: server.request("/echo", host: "service.example"))
                #expect(other?.code == .connectionRefused)
            }
        }
    }

    @Test func `a body streams through a tunnel`() async throws {
        try await withServer(tls: true) { server in
            let transport = Self.transport(HTTPProxy(host: "127.0.0.1", port: server.port("proxy")))
            let request = server.request("/digest", method: .post, to: "https", tls: server.tls())
            let stream = HTTPRequestStream { for _ in 0..<20 { try await $0.write(pattern(251 * 400)) } }
            let text = try await transport.withResponse(to: request, streaming: stream) { try await $0.body.bytes(upTo: 100) }
            #expect(String(decoding: text, as: UTF8.self) == "chunked \(20 * 251 * 400) intact")
        }
    }
}
