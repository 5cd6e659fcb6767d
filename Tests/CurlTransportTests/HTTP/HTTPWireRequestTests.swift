// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite struct HTTPWireRequestTests {
    private static func request(_ head: HTTPRequest, body: [UInt8] = []) -> HTTPTransportRequest {
        HTTPTransportRequest(head: head, body: body)
    }

    @Test(arguments: [
        HTTPRequest(method: .get, scheme: nil, authority: "host", path: "/"),
        HTTPRequest(method: .get, scheme: "file", authority: "host", path: "/etc/passwd"),
        HTTPRequest(method: .get, scheme: "https", authority: nil, path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "", path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "user@host", path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "host/path", path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "host\r\nX: y", path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: ""),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "path"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "@elsewhere/"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/a b"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/a\r\nX: y"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/a\u{0}b"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/a#b"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/é"),
        HTTPRequest(method: .connect, scheme: "https", authority: "host", path: "/"),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/", headerFields: [.transferEncoding: "chunked"]),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/", headerFields: [.expect: "100-continue"]),
        HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/", headerFields: [.contentLength: "1"]),
    ])
    func `what cannot go out as it is goes out not at all`(head: HTTPRequest) {
        #expect(throws: TransportError(.invalidRequest, message: "")) { try HTTPWireRequest(Self.request(head)) }
    }

    @Test func `a line break never reaches the wire`() throws {
        let field = HTTPField(name: try name("X-Name"), value: "a\r\nX-Injected: b\u{0}")
        let head = HTTPRequest(method: .get, scheme: "http", authority: "host", path: "/", headerFields: HTTPFields([field]))
        let wire = try HTTPWireRequest(Self.request(head))
        #expect(wire.lines.allSatisfy { $0.allSatisfy { $0 >= 0x20 } })
    }

    @Test(arguments: [0x01, 0x0B, 0x1B, 0x7F] as [UInt8])
    func `a control character is refused`(byte: UInt8) throws {
        let field = HTTPField(name: try name("X-Name"), lenientValue: [0x61, byte, 0x62])
        let head = HTTPRequest(method: .get, scheme: "http", authority: "host", path: "/", headerFields: HTTPFields([field]))
        #expect(throws: TransportError(.invalidRequest, message: "")) { try HTTPWireRequest(Self.request(head)) }
    }

    @Test func `a Host field is accepted where it says what the authority says`() throws {
        for (authority, host, isValid) in [
            ("host:8080", "host:8080", true), ("host:8080", "host", false), ("host:80", "host", true), ("host:80", "host:80", true),
        ] {
            let head = HTTPRequest(
                method: .get, scheme: "http", authority: authority, path: "/", headerFields: [try name("Host"): host])
            let wire = try? HTTPWireRequest(Self.request(head))
            #expect((wire != nil) == isValid)
            #expect(wire?.lines.count { $0.starts(with: "Host:".utf8) } == (isValid ? 1 : nil))
        }
    }

    @Test(arguments: [
        ("https", "host:443", "host"), ("HTTPS", "host:443", "host"), ("http", "host:80", "host"), ("https", "[::1]:443", "[::1]"),
        ("http", "[fe80::80]:80", "[fe80::80]"), ("https", "[fe80::443]", "[fe80::443]"), ("https", "host:80", "host:80"),
        ("http", "host:443", "host:443"), ("https", "host:8443", "host:8443"), ("https", "host", "host"),
    ])
    func `Host leaves out the scheme's own port, as a signature does`(scheme: String, authority: String, host: String) throws {
        let wire = try HTTPWireRequest(Self.request(HTTPRequest(method: .get, scheme: scheme, authority: authority, path: "/")))
        #expect(wire.lines.first == Array("Host: \(host)".utf8)[...])
        #expect(wire.url == "\(scheme.lowercased())://\(authority)/")
        #expect(wire.authority == authority)
    }

    @Test func `HEAD has no body`() {
        let head = HTTPRequest(method: .head, scheme: "http", authority: "host", path: "/")
        #expect(throws: TransportError(.invalidRequest, message: "")) { try HTTPWireRequest(Self.request(head, body: [1])) }
    }

    @Test(arguments: [
        ("169.254.169.254", true), ("169.254.170.2:80", true), ("[fe80::1]:8080", true), ("[FEBF::1]", true), ("[fd00:ec2::254]", true),
        ("[fd00:ec2::23]:80", true), ("127.0.0.1", true), ("127.255.0.9:8080", true), ("localhost", true), ("LOCALHOST:8080", true),
        ("[::1]", true), ("[::1]:8080", true), ("169.254.example.com", false), ("169.255.0.1", false), ("127.0.0.1.example.com", false),
        ("127.example.com", false), ("127.0.0.256", false), ("127.0.1", false), ("128.0.0.1", false), ("localhost.example.com", false),
        ("otherhost", false), ("[::12]", false), ("[fec0::1]", false), ("[fd00:ec20::1]", false), ("fe80.example.com", false),
        ("sts.amazonaws.com", false),
    ])
    func `an address that only this machine reaches is known`(authority: String, isMachineLocal: Bool) throws {
        let head = HTTPRequest(method: .get, scheme: "http", authority: authority, path: "/")
        #expect(try HTTPWireRequest(Self.request(head)).isMachineLocal == isMachineLocal)
    }

    @Test func `messages name the server and not the query`() throws {
        let head = HTTPRequest(method: .get, scheme: "https", authority: "host", path: "/?X-Amz-Signature=1")
        #expect(try HTTPWireRequest(Self.request(head)).summary == "GET host")
    }
}

extension HTTPWireRequest {
    /// The lines one by one.
    fileprivate var lines: [ArraySlice<UInt8>] { self.fieldLines.split(separator: 0) }
}
