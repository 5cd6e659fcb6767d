// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// Where the credentials of a profile come from, as its settings say.
package indirect enum ProfileCredentialsSource: Hashable, Sendable {
    /// Keys that stand in the profile.
    case keys(AWSCredentials)
    /// A program that prints them.
    case process(command: String)
    /// AWS IAM Identity Center.
    case singleSignOn(SingleSignOnRole)
    /// A role, for a token that stands in a file.
    case webIdentity(AWSAssumedRole, tokenFile: String)
    /// A role, for the credentials of another source.
    case role(AWSAssumedRole, from: ProfileCredentialsSource)
    /// The variables of the process.
    case environment
    /// The metadata service of the instance.
    case instanceMetadata
    /// The agent of the container.
    case container
}

extension SharedConfiguration {
    /// How many profiles may lead from one to the other.
    package static let longestChain = 16

    /// Where the credentials of the selected profile come from; in the order in which botocore looks.
    ///
    /// - Throws: ``AWSErrorCode/noCredentials`` where the profile says nothing of credentials, or is not there and nobody asked for it by
    ///   name; ``AWSErrorCode/mfaRequired`` where a role wants a code; ``AWSErrorCode/invalidCredentialsConfiguration`` where the settings
    ///   contradict each other or are not whole.
    package func credentialsSource() throws(AWSError) -> ProfileCredentialsSource {
        guard let profile = self.selectedProfile else {
            guard self.isSelectedByName else { throw .noCredentials("the shared files have no profile 'default'") }
            throw .invalidCredentialsConfiguration("the shared files have no profile '\(self.selected)'")
        }
        guard let source = try self.source(of: profile, from: []) else {
            throw .noCredentials("the profile '\(profile.name)' of the shared files has no credentials")
        }
        return source
    }

    /// - Parameter visited: the profiles that led here.
    private func source(of profile: AWSProfile, from visited: [String]) throws(AWSError) -> ProfileCredentialsSource? {
        guard visited.count < Self.longestChain else {
            throw .invalidCredentialsConfiguration("more than \(Self.longestChain) profiles lead from one to the other by source_profile")
        }
        let hasKeys = profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
        // Keys of a profile that others name as their source go before its role; of the selected one, the role does.
        if profile["role_arn"] != nil, profile["web_identity_token_file"] == nil, visited.isEmpty || !hasKeys {
            return try self.role(of: profile, from: visited)
        }
        if let path = profile["web_identity_token_file"] {
            guard profile["role_arn"] != nil else {
                throw Self.refusal(of: profile, "has a web_identity_token_file and no role_arn")
            }
            return .webIdentity(try Self.assumedRole(of: profile), tokenFile: path)
        }
        if profile["sso_account_id"] != nil || profile["sso_role_name"] != nil {
            return .singleSignOn(try SingleSignOnRole(of: profile, sessions: self.singleSignOnSessions))
        }
        if let keys = try Self.keys(in: profile.credentials, of: profile) { return .keys(keys) }
        if let command = profile["credential_process"] { return .process(command: command) }
        return try Self.keys(in: profile.configuration, of: profile).map { .keys($0) }
    }

    private func role(of profile: AWSProfile, from visited: [String]) throws(AWSError) -> ProfileCredentialsSource {
        if let serial = profile["mfa_serial"], !serial.isEmpty {
            throw AWSError(
                .credentials, code: .mfaRequired,
                message: "the profile '\(profile.name)' has an mfa_serial, and nobody can enter its code here: use a role without one")
        }
        let role = try Self.assumedRole(of: profile)
        switch (profile["source_profile"], profile["credential_source"]) {
        case (nil, nil): throw Self.refusal(of: profile, "has a role_arn, and neither source_profile nor credential_source")
        case (_?, _?): throw Self.refusal(of: profile, "has both source_profile and credential_source")
        case (nil, "Environment"): return .role(role, from: .environment)
        case (nil, "Ec2InstanceMetadata"): return .role(role, from: .instanceMetadata)
        case (nil, "EcsContainer"): return .role(role, from: .container)
        case (nil, _?): throw Self.refusal(of: profile, "has a credential_source other than Environment, Ec2InstanceMetadata, EcsContainer")
        case (let name?, nil):
            guard let source = self.profiles[name] else { throw Self.refusal(of: profile, "names a source_profile that is not there") }
            let hasKeys = source["aws_access_key_id"] != nil
            guard !visited.contains(name), name != profile.name || hasKeys else {
                throw Self.refusal(of: profile, "leads back to itself by source_profile")
            }
            guard let credentials = try self.source(of: source, from: visited + [profile.name]) else {
                throw Self.refusal(of: profile, "names a source_profile that has no credentials")
            }
            return .role(role, from: credentials)
        }
    }

    private static func assumedRole(of profile: AWSProfile) throws(AWSError) -> AWSAssumedRole {
        var role = AWSAssumedRole(
            arn: profile["role_arn"] ?? "", sessionName: profile["role_session_name"], externalID: profile["external_id"])
        if let text = profile["duration_seconds"] {
            guard let seconds = Int64(text), (900...43_200).contains(seconds) else {
                throw self.refusal(of: profile, "has a duration_seconds that is not from 900 to 43200")
            }
            role.duration = .seconds(seconds)
        }
        guard !role.arn.isEmpty else { throw self.refusal(of: profile, "has an empty role_arn") }
        return role
    }

    private static func keys(in settings: [String: String], of profile: AWSProfile) throws(AWSError) -> AWSCredentials? {
        guard let accessKeyID = settings["aws_access_key_id"] else { return nil }
        guard let secret = settings["aws_secret_access_key"], !secret.isEmpty, !accessKeyID.isEmpty else {
            throw self.refusal(of: profile, "has one of aws_access_key_id and aws_secret_access_key, or an empty one")
        }
        let token = settings["aws_session_token"].flatMap { $0.isEmpty ? nil : $0 }
        return AWSCredentials(accessKeyID: accessKeyID, secretAccessKey: secret, sessionToken: token)
    }

    static func refusal(of profile: AWSProfile, _ reason: String) -> AWSError {
        .invalidCredentialsConfiguration("the profile '\(profile.name)' \(reason)")
    }
}
