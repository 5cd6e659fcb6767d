// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Credentials of a role, asked for with others.
package struct AssumeRole: STSCredentialsOperation {
    package static var name: String { "AssumeRole" }

    package var role: AWSAssumedRole
    package var defaultSessionName: String

    package init(role: AWSAssumedRole, defaultSessionName: String) {
        self.role = role
        self.defaultSessionName = defaultSessionName
    }

    package func encode(into request: inout AWSRequestBuilder) {
        request.form("RoleArn", self.role.arn)
        request.form("RoleSessionName", self.role.sessionName ?? self.defaultSessionName)
        request.form("DurationSeconds", self.role.duration.map { String($0.components.seconds) })
        request.form("ExternalId", self.role.externalID)
    }
}
