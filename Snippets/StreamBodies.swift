// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Streams the bodies of HTTP requests and responses, and configures how requests go out.

import CurlTransport
import HTTPTypes
import Transport

let proxy = HTTPProxy(
    .https, host: "proxy.example", port: 3128, credentials: .init(username: "ca-service", password: "…"), exceptions: ["169.254.169.254"])
let transport = CurlHTTPTransport(
    configuration: .init(maximumConnections: 64, maximumConnectionsPerHost: 16, version: .negotiated, proxy: .proxy(proxy)))

let identity = TLSConfiguration.Identity(
    certificateChain: .file("/etc/device/certificate.pem"), privateKey: .file("/etc/device/key.pem"), passphrase: PEMPassphrase("…"))
var request = HTTPTransportRequest(
    head: HTTPRequest(method: .post, scheme: "https", authority: "service.example", path: "/events"),
    tls: TLSConfiguration(trustRoots: .custom(.file("/etc/device/ca.pem")), identity: identity, minimumVersion: .tls13))

// A stream without end: a long time for all of it, and a short one without a sign of life.
request.timeout = .seconds(86_400)
request.idleTimeout = .seconds(60)
let events = HTTPRequestStream { writer in
    for number in 0..<1_000 { try await writer.write(Array("event \(number)\n".utf8)) }
}
let count = try await transport.withResponse(to: request, streaming: events) { response in
    var count = 0
    for try await piece in response.body { count += piece.count }
    return count
}
print(count)

await transport.shutdown(finishingWithin: .seconds(10))
