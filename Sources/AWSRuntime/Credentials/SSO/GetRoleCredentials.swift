// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// The credentials of a role, for the token of who signed in (AWS IAM Identity Center Portal API); its requests are not signed.
package struct GetRoleCredentials: AWSOperation {
    package static var service: AWSService {
        AWSService(name: "SSO", endpointPrefix: "portal.sso", signingName: "awsssoportal", wireProtocol: .restJSON)
    }
    package static var name: String { "GetRoleCredentials" }
    package static var isSigned: Bool { false }

    package var role: SingleSignOnRole
    package var token: String

    package init(role: SingleSignOnRole, token: String) {
        self.role = role
        self.token = token
    }

    package func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/federation/credentials")
        request.query("role_name", self.role.roleName)
        request.query("account_id", self.role.accountID)
        request.header("x-amz-sso_bearer_token", self.token)
    }

    /// Reads the answer; no part of one that cannot be read is in the error, since it may be a secret.
    package static func decode(_ response: AWSResponse) throws(AWSError) -> AWSCredentials {
        try CredentialsDocument.singleSignOn.credentials(in: response.body, from: "AWS IAM Identity Center")
    }
}
