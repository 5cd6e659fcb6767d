// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import Synchronization
internal import SystemCrypto

/// The keys derived last, each good for one day, region and service.
///
/// Deriving takes four HMACs where a signature takes one.
final class SigningKeyCache: Sendable {
    private struct Entry {
        let secretAccessKey: String
        let scope: String
        let key: HMACSHA256
    }

    private let capacity: Int
    private let entries = Mutex<[Entry]>([])

    /// Makes an empty cache.
    ///
    /// - Parameter capacity: how many keys are kept; the one used longest ago makes room.
    init(capacity: Int) { self.capacity = capacity }

    /// How many keys are kept at this moment.
    var count: Int { self.entries.withLock { $0.count } }

    /// The signing key of a context.
    func key(for context: SigningContext) throws(AWSSignerError) -> HMACSHA256 {
        let secret = context.credentials.secretAccessKey
        let scope = context.scope
        if let key = self.kept(secret, scope) { return key }
        let key: HMACSHA256
        do throws(CryptoError) { key = try Self.derive(context) } catch { throw AWSSignerError(error) }
        self.entries.withLock { entries in
            entries.insert(Entry(secretAccessKey: secret, scope: scope, key: key), at: 0)
            entries.removeLast(max(0, entries.count - self.capacity))
        }
        return key
    }

    private func kept(_ secret: String, _ scope: String) -> HMACSHA256? {
        self.entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.scope == scope && $0.secretAccessKey == secret }) else { return nil }
            let entry = entries.remove(at: index)
            entries.insert(entry, at: 0)
            return entry.key
        }
    }

    private static func derive(_ context: SigningContext) throws(CryptoError) -> HMACSHA256 {
        var key = Array("AWS4\(context.credentials.secretAccessKey)".utf8)
        for part in [context.day, context.region, context.service, "aws4_request"] {
            key = try HMACSHA256(key: key.span).authenticationCode(for: Array(part.utf8).span).bytes
        }
        return try HMACSHA256(key: key.span)
    }
}
