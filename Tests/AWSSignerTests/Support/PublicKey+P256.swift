// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemCrypto
import Testing

extension PublicKey {
    /// The key on P-256 of two coordinates in hexadecimal digits.
    init(p256 x: String, _ y: String) throws {
        // SubjectPublicKeyInfo (RFC 5480): id-ecPublicKey, prime256v1, and the point uncompressed.
        let head = try #require(Hexadecimal.decode("3059301306072a8648ce3d020106082a8648ce3d03010703420004"))
        let point = try #require(Hexadecimal.decode(x + y))
        let base64 = Data(head + point).base64EncodedString()
        try self.init(pem: "-----BEGIN PUBLIC KEY-----\n\(base64)\n-----END PUBLIC KEY-----\n")
    }
}
