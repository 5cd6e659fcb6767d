// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

/// A new token for a refresh token (AWS IAM Identity Center OIDC API); its requests are not signed.
package struct CreateToken: AWSOperation {
    package static var service: AWSService {
        AWSService(name: "SSO OIDC", endpointPrefix: "oidc", signingName: "sso-oauth", wireProtocol: .restJSON)
    }
    package static var name: String { "CreateToken" }
    package static var isSigned: Bool { false }

    package struct Output: Hashable, Sendable {
        package var accessToken: String
        package var refreshToken: String?
        /// For how many seconds the token is valid.
        package var lifetime: Int64
    }

    var renewal: SingleSignOnToken.Renewal

    package func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/token")
        request.json("clientId", self.renewal.clientID)
        request.json("clientSecret", self.renewal.clientSecret)
        request.json("grantType", "refresh_token")
        request.json("refreshToken", self.renewal.refreshToken)
    }

    /// Reads the answer; no part of one that cannot be read is in the error, since it may be a secret.
    package static func decode(_ response: AWSResponse) throws(AWSError) -> Output {
        guard let document = try? JSONValue(parsing: response.body), let token = document["accessToken"]?.stringValue, !token.isEmpty,
            let lifetime = document["expiresIn"]?.numberValue?.integer(as: Int64.self), (1...31_536_000).contains(lifetime)
        else { throw .malformedCredentials(of: "AWS IAM Identity Center", because: "to CreateToken has no token") }
        return Output(accessToken: token, refreshToken: document["refreshToken"]?.stringValue, lifetime: lifetime)
    }
}
