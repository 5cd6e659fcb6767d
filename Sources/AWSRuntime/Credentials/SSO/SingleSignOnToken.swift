// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner
package import JSONCoding

/// The token that `aws sso login` leaves in a file, and what it takes to refresh it.
///
/// The description shows its expiry alone.
package struct SingleSignOnToken: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What a token is refreshed with.
    package struct Renewal: Hashable, Sendable {
        package var clientID: String
        package var clientSecret: String
        package var refreshToken: String
        /// When the client's registration ends.
        package var end: AWSTimestamp
    }

    package private(set) var accessToken: String
    package private(set) var expiration: AWSTimestamp
    package private(set) var renewal: Renewal?
    /// The document, whose other members are kept when it is written again.
    private var document: [JSONValue.Member]

    /// Reads the file.
    ///
    /// - Throws: ``AWSErrorCode/signInRequired`` where it holds no token.
    package init(_ bytes: [UInt8], at path: String) throws(AWSError) {
        guard let document = (try? JSONValue(parsing: bytes)), let members = document.objectValue,
            let token = document["accessToken"]?.stringValue, !token.isEmpty,
            let expiration = document["expiresAt"]?.stringValue.flatMap(Self.moment)
        else {
            throw AWSError(.credentials, code: .signInRequired, message: "\(path) holds no token: sign in with `aws sso login`")
        }
        self.accessToken = token
        self.expiration = expiration
        self.document = members
        if let id = document["clientId"]?.stringValue, let secret = document["clientSecret"]?.stringValue,
            let refreshToken = document["refreshToken"]?.stringValue,
            let end = document["registrationExpiresAt"]?.stringValue.flatMap(Self.moment)
        {
            self.renewal = Renewal(clientID: id, clientSecret: secret, refreshToken: refreshToken, end: end)
        }
    }

    /// A new token of the same session.
    package func renewed(_ answer: CreateToken.Output, at time: AWSTimestamp) -> SingleSignOnToken {
        var token = self
        token.accessToken = answer.accessToken
        token.expiration = AWSTimestamp(secondsSinceEpoch: time.secondsSinceEpoch + answer.lifetime)
        if let refreshToken = answer.refreshToken { token.renewal?.refreshToken = refreshToken }
        return token
    }

    /// The file.
    package func encoded() throws(JSONError) -> [UInt8] {
        var members = self.document
        func set(_ key: String, _ value: String) {
            members.removeAll { $0.key == key }
            members.append(.init(key: key, value: .string(value)))
        }
        set("accessToken", self.accessToken)
        set("expiresAt", self.expiration.extendedFormat)
        if let renewal { set("refreshToken", renewal.refreshToken) }
        return try JSONWriter.encode(JSONValue.object(members))
    }

    /// Older versions of AWS's command line write `UTC` in place of `Z`.
    private static func moment(_ text: String) -> AWSTimestamp? {
        AWSTimestamp(text.hasSuffix("UTC") ? text.dropLast(3) + "Z" : text)
    }

    package var description: String { "SingleSignOnToken(until \(self.expiration), redacted)" }
    package var debugDescription: String { self.description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
