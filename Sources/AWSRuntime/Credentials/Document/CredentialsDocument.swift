// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner
import JSONCoding

/// The forms in which sources write credentials as JSON.
package struct CredentialsDocument: Hashable, Sendable {
    /// The member that holds the others; `nil` where they are those of the document.
    package var container: String?
    /// The names of the members.
    package var accessKeyID: String
    package var secretAccessKey: String
    package var sessionToken: String
    package var expiration: String
    /// Whether credentials without session token and expiry are taken.
    package var mayBeLasting: Bool

    /// What instances and containers are given.
    package static let metadata = CredentialsDocument(
        container: nil, accessKeyID: "AccessKeyId", secretAccessKey: "SecretAccessKey", sessionToken: "Token", expiration: "Expiration",
        mayBeLasting: false)
    /// What a `credential_process` prints.
    package static let process = CredentialsDocument(
        container: nil, accessKeyID: "AccessKeyId", secretAccessKey: "SecretAccessKey", sessionToken: "SessionToken",
        expiration: "Expiration", mayBeLasting: true)
    /// What the credential provider of AWS IoT answers.
    package static let iot = CredentialsDocument(
        container: "credentials", accessKeyID: "accessKeyId", secretAccessKey: "secretAccessKey", sessionToken: "sessionToken",
        expiration: "expiration", mayBeLasting: false)
    /// What `GetRoleCredentials` of AWS IAM Identity Center answers; its expiry counts milliseconds.
    package static let singleSignOn = CredentialsDocument(
        container: "roleCredentials", accessKeyID: "accessKeyId", secretAccessKey: "secretAccessKey", sessionToken: "sessionToken",
        expiration: "expiration", mayBeLasting: false)

    /// Reads credentials.
    ///
    /// - Parameters:
    ///   - bytes: the document.
    ///   - source: who wrote it, for the error's message.
    /// - Returns: the credentials.
    /// - Throws: ``AWSError`` of code ``AWSErrorCode/malformedCredentials``, or of the code that the document tells; no part of the document
    ///   but that code and its message is in the error.
    package func credentials(in bytes: [UInt8], from source: String) throws(AWSError) -> AWSCredentials {
        guard let document = try? JSONValue(parsing: bytes), document.kind == .object else {
            throw .malformedCredentials(of: source, because: bytes.isEmpty ? "is empty" : "is no JSON object (\(bytes.count) bytes)")
        }
        return try self.credentials(in: document, from: source)
    }

    /// Reads credentials from a document that was parsed.
    package func credentials(in document: JSONValue, from source: String) throws(AWSError) -> AWSCredentials {
        if let code = document["Code"]?.stringValue, code != "Success" {
            let message = document["Message"]?.stringValue ?? "without a message"
            throw AWSError(
                .credentials, code: AWSErrorCode(rawValue: String(code.prefix(100))), message: "\(source): \(message.prefix(300))",
                isRetryable: false)
        }
        let members = self.container.map { document[$0] ?? .null } ?? document
        func text(_ name: String) throws(AWSError) -> String {
            guard let value = members[name]?.stringValue, !value.isEmpty else {
                throw .malformedCredentials(of: source, because: "has no \(name)")
            }
            return value
        }
        func optional(_ name: String) -> JSONValue? { members[name].flatMap { $0.isNull ? nil : $0 } }
        let accessKeyID = try text(self.accessKeyID)
        let secret = try text(self.secretAccessKey)
        if self.mayBeLasting, optional(self.expiration) == nil {
            let token = optional(self.sessionToken)?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
            return AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token)
        }
        let token = self.mayBeLasting && optional(self.sessionToken) == nil ? nil : try text(self.sessionToken)
        guard let expiration = optional(self.expiration).flatMap(Self.moment) else {
            throw .malformedCredentials(of: source, because: "has no moment as its \(self.expiration)")
        }
        return AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token, expiration: expiration)
    }

    /// A moment of ISO 8601, or milliseconds since 1970.
    private static func moment(_ value: JSONValue) -> AWSTimestamp? {
        if let milliseconds = value.numberValue?.integer(as: Int64.self) {
            return AWSTimestamp(secondsSinceEpoch: milliseconds / 1_000)
        }
        return value.stringValue.flatMap { AWSTimestamp($0) }
    }
}
