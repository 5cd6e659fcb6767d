// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Credentials of a role, asked for with a token of an identity provider; its requests are not signed.
package struct AssumeRoleWithWebIdentity: STSCredentialsOperation {
    package static var name: String { "AssumeRoleWithWebIdentity" }
    package static var isSigned: Bool { false }

    package var role: AWSAssumedRole
    package var defaultSessionName: String
    package var token: String

    package init(role: AWSAssumedRole, defaultSessionName: String, token: String) {
        self.role = role
        self.defaultSessionName = defaultSessionName
        self.token = token
    }

    package func encode(into request: inout AWSRequestBuilder) {
        request.form("RoleArn", self.role.arn)
        request.form("RoleSessionName", self.role.sessionName ?? self.defaultSessionName)
        request.form("DurationSeconds", self.role.duration.map { String($0.components.seconds) })
        request.form("WebIdentityToken", self.token)
    }
}
