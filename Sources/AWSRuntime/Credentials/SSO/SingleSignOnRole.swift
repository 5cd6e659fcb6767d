// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A role of an account that AWS IAM Identity Center gives credentials for, and the session in which a person signed in.
package struct SingleSignOnRole: Hashable, Sendable {
    /// The account's number.
    package var accountID: String
    /// The role's name.
    package var roleName: String
    /// The region of the Identity Center.
    package var region: String
    /// The URL of the portal.
    package var startURL: String
    /// The name of the `[sso-session …]`; `nil` where the profile has its settings itself, and the token cannot be refreshed.
    package var session: String?

    package init(of profile: AWSProfile, sessions: [String: [String: String]]) throws(AWSError) {
        func setting(_ name: String) throws(AWSError) -> String {
            guard let value = profile[name], !value.isEmpty else { throw SharedConfiguration.refusal(of: profile, "has no \(name)") }
            return value
        }
        self.accountID = try setting("sso_account_id")
        self.roleName = try setting("sso_role_name")
        self.session = profile["sso_session"]
        guard let session = self.session else {
            self.region = try setting("sso_region")
            self.startURL = try setting("sso_start_url")
            return
        }
        guard let settings = sessions[session], let region = settings["sso_region"], !region.isEmpty,
            let startURL = settings["sso_start_url"], !startURL.isEmpty
        else { throw SharedConfiguration.refusal(of: profile, "names an sso_session without section, sso_region or sso_start_url") }
        for (name, value) in [("sso_region", region), ("sso_start_url", startURL)] where profile[name].map({ $0 != value }) ?? false {
            throw SharedConfiguration.refusal(of: profile, "has another \(name) than its sso_session")
        }
        self.region = region
        self.startURL = startURL
    }

    /// What the name of the file with the token is made of.
    package var cacheKey: String { self.session ?? self.startURL }
}
