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

extension CurlEasyHandle {
    /// Sets what every connection of ours has in common.
    ///
    /// - Parameter connectTimeout: how long name resolution, connecting and the TLS handshake may take together.
    func prepareSocket(connectTimeout: Duration) throws(TransportError) {
        try self.set(CURLOPT_CONNECTTIMEOUT_MS, Int(connectTimeout.milliseconds(atLeast: 1)))
        try self.set(CURLOPT_TCP_NODELAY, 1)
        try self.set(CURLOPT_TCP_KEEPALIVE, 1)
        try self.set(CURLOPT_NOSIGNAL, 1)
        // A name that does not resolve must not hold up the thread when the attempt is given up.
        try self.setIfKnown(CURLOPT_QUICK_EXIT, 1)
        unsafe try self.setNewSocket { _, socket, _ in
            // A process that is started meanwhile must not hold the connection open.
            fcntl(socket, F_SETFD, FD_CLOEXEC) == 0 ? Int32(CURL_SOCKOPT_OK) : Int32(CURL_SOCKOPT_ERROR)
        }
    }
}
