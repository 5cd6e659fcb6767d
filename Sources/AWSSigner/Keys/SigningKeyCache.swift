// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import Synchronization
internal import SystemCrypto

/// The keys derived last: each good for one day, region and service, or, for ``SigningAlgorithm/v4a``, for one access key.
///
/// Deriving takes four HMACs where a signature takes one, or a multiplication on the curve. What is dropped is overwritten: the
/// secret by `SecretBytes`, the derived key by OpenSSL when it frees the contexts and numbers that hold it.
final class SigningKeyCache: Sendable {
    private final class Entry: Sendable {
        let secretAccessKey: SecretBytes
        let scope: String
        let key: SigningKey

        init(secretAccessKey: String, scope: String, key: SigningKey) {
            self.secretAccessKey = SecretBytes(utf8: secretAccessKey, after: "")
            self.scope = scope
            self.key = key
        }

        func isKey(of secret: String, in scope: String) -> Bool {
            self.scope == scope && self.secretAccessKey.withSpan { ConstantTime.areEqual($0, secret.utf8.span) }
        }
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
    func key(for context: SigningContext, in credentialScope: CredentialScope) throws(AWSSignerError) -> SigningKey {
        let secret = context.credentials.secretAccessKey
        let scope = context.algorithm == .v4a ? context.credentials.accessKeyID : credentialScope.text
        if let key = self.kept(secret, scope) { return key }
        let key: SigningKey
        do throws(CryptoError) { key = try SigningKey(context, scope: credentialScope) } catch { throw AWSSignerError(error) }
        let entry = Entry(secretAccessKey: secret, scope: scope, key: key)
        self.entries.withLock { entries in
            // Another task may have derived the same key meanwhile.
            entries.removeAll { $0.isKey(of: secret, in: scope) }
            entries.insert(entry, at: 0)
            entries.removeLast(max(0, entries.count - self.capacity))
        }
        return key
    }

    private func kept(_ secret: String, _ scope: String) -> SigningKey? {
        self.entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.isKey(of: secret, in: scope) }) else { return nil }
            if index > 0 { entries.insert(entries.remove(at: index), at: 0) }
            return entries[0].key
        }
    }
}
