// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Sends one HTTP request over libcurl.

import CurlTransport
import HTTPTypes
import Transport

let transport = CurlHTTPTransport()
defer { transport.shutdown() }

var request = HTTPTransportRequest(
    head: HTTPRequest(method: .get, scheme: "https", authority: "www.rfc-editor.org", path: "/rfc/rfc9110.txt"))
request.timeout = .seconds(20)
let response = try await transport.send(request)
print(response.head.status, response.body.count)
