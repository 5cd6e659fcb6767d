// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// What all requests of a transport have in common.
typealias CurlHTTPSettings = CurlHTTPTransport.Configuration

extension CurlEasyHandle {
    /// Sets what a transport's configuration says of every request.
    func apply(_ settings: CurlHTTPSettings) throws(TransportError) {
        try self.set(CURLOPT_PROTOCOLS_STR, "http,https")
        try self.set(CURLOPT_PATH_AS_IS, 1)
        try self.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        switch settings.version.kind {
        case .http11: try self.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        case .negotiated: try self.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        }
        if settings.version != .http11 {
            // Requests that come while a connection is made wait for it, and share it if it can be shared.
            try self.set(CURLOPT_PIPEWAIT, 1)
            // Of a head that does not fit in the buffer libcurl would leave the rest until something else arrives.
            try self.set(CURLOPT_BUFFERSIZE, min(max(settings.maximumResponseHeadBytes, 0) + 16 * 1_024, 512 * 1_024))
        }
        try self.set(CURLOPT_MAXAGE_CONN, Int((settings.idleConnectionTime.milliseconds(atLeast: 1) - 1) / 1_000 + 1))
        try self.apply(settings.proxy)
    }

    private func apply(_ proxy: HTTPProxyChoice) throws(TransportError) {
        switch proxy.kind {
        case .environment: break
        case .none: try self.set(CURLOPT_PROXY, "")
        case .proxy(let proxy):
            try self.set(CURLOPT_PROXY, "\(proxy.scheme.name)://\(proxy.authority)")
            // Also empty, lest the environment's list hold.
            try self.set(CURLOPT_NOPROXY, proxy.exceptions.joined(separator: ","))
            if let credentials = proxy.credentials {
                try self.set(CURLOPT_PROXYUSERNAME, credentials.username)
                try self.set(CURLOPT_PROXYPASSWORD, credentials.password)
            }
            if proxy.scheme == .https { try self.applyToProxy(proxy.tls) }
        }
    }
}
