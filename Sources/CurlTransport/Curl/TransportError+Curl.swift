// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

extension TransportError {
    /// Says what a failed transfer or connect means.
    ///
    /// - Parameters:
    ///   - result: libcurl's code.
    ///   - handle: the handle that failed, for its text and figures.
    ///   - peer: host and port, to name in the message.
    init(_ result: CURLcode, of handle: borrowing CurlEasyHandle, peer: String) {
        let text = handle.message(for: result)
        let hasBegun = handle.offset(CURLINFO_PRETRANSFER_TIME_T) != 0
        // What a proxy said to CONNECT; a tunnel that it made has 200.
        let connectStatus = handle.integer(CURLINFO_HTTP_CONNECTCODE)
        let code: Code
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: code = .nameNotResolved
        case CURLE_COULDNT_CONNECT: code = Self.connectCode(errno: Int32(truncatingIfNeeded: handle.integer(CURLINFO_OS_ERRNO)))
        case CURLE_OPERATION_TIMEDOUT: code = hasBegun ? .timedOut : .connectTimedOut
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: code = .tlsVerificationFailed
        case CURLE_SSL_CONNECT_ERROR: code = Self.endedInHandshake(text) ? .connectionClosed : .tlsHandshakeFailed
        case CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER: code = .tlsConfigurationInvalid
        case CURLE_PROXY: code = Self.proxyCode(socks: handle.integer(CURLINFO_PROXY_ERROR))
        case CURLE_RECV_ERROR where connectStatus >= 300: code = connectStatus < 500 ? .proxyRefused : .unreachable
        case CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2_STREAM: code = Self.transferCode(text)
        case CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE, CURLE_SEND_FAIL_REWIND: code = .connectionClosed
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2: code = .malformedResponse
        case CURLE_URL_MALFORMAT: code = .invalidRequest
        // A header line that does not end looks to libcurl like this; later releases have a code for it (100).
        case CURLE_OUT_OF_MEMORY where hasBegun, CURLcode(100): code = .responseTooLarge
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT: code = .resourceExhausted
        default: code = .unknown
        }
        self.init(code, message: "\(peer): \(text) (libcurl code \(result.rawValue))")
    }

    private static func connectCode(errno: Int32) -> Code {
        switch errno {
        case ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EACCES, EPERM: .unreachable
        case ETIMEDOUT: .connectTimedOut
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: .resourceExhausted
        default: .connectionRefused
        }
    }

    /// What a proxy of SOCKS means by its refusal (RFC 1928, section 6).
    private static func proxyCode(socks: Int) -> Code {
        switch CURLproxycode(UInt32(truncatingIfNeeded: socks)) {
        case CURLPX_IDENTD_DIFFER, CURLPX_NO_AUTH, CURLPX_GSSAPI, CURLPX_REPLY_NOT_ALLOWED, CURLPX_USER_REJECTED: .proxyRefused
        case CURLPX_REPLY_CONNECTION_REFUSED: .connectionRefused
        case CURLPX_RESOLVE_HOST: .nameNotResolved
        case CURLPX_REPLY_NETWORK_UNREACHABLE, CURLPX_REPLY_HOST_UNREACHABLE, CURLPX_REPLY_TTL_EXPIRED, CURLPX_REPLY_GENERAL_SERVER_FAILURE:
            .unreachable
        default: .connectionClosed
        }
    }

    /// What a failed send or receive means, of which libcurl's text alone says more than that the connection failed.
    private static func transferCode(_ text: String) -> Code {
        // Under TLS 1.3 the peer looks for a client certificate only after this side is through with the handshake.
        let complaints = ["certificate", "unknown ca", "access denied"]
        if text.contains(" alert "), complaints.contains(where: text.contains) { return .tlsHandshakeFailed }
        return text.contains("chunked-encoding") ? .malformedResponse : .connectionClosed
    }

    /// Whether the peer went away during the handshake, which is the network's failure and not that of TLS.
    ///
    /// libcurl tells it in its text alone: it names OpenSSL's state where there is no error of the protocol.
    private static func endedInHandshake(_ text: String) -> Bool {
        text.contains("SSL_ERROR_SYSCALL") || text.contains("unexpected eof") || text.contains("Connection reset")
    }
}
