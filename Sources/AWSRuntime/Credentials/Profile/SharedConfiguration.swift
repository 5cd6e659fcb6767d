// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the shared configuration and credentials files of AWS hold (AWS SDKs and Tools Reference, "Shared config and credentials files").
public struct SharedConfiguration: Hashable, Sendable {
    /// The profiles by name.
    public internal(set) var profiles: [String: AWSProfile] = [:]
    /// The settings of each `[sso-session …]` by name.
    package private(set) var singleSignOnSessions: [String: [String: String]] = [:]
    /// The settings of each `[services …]` by name.
    package private(set) var services: [String: [String: String]] = [:]

    /// The name of the profile that the environment selects.
    let selected: String
    /// Whether the environment names it.
    let isSelectedByName: Bool

    /// Reads the files that `AWS_CONFIG_FILE` and `AWS_SHARED_CREDENTIALS_FILE` name, or else `~/.aws/config` and `~/.aws/credentials`.
    ///
    /// A file that is not there, may not be opened or is no regular one counts as empty, as botocore has it. Reading takes no thread of the
    /// cooperative pool, 10 seconds a file at most, and not more than 1 MiB.
    ///
    /// - Parameters:
    ///   - environment: the variables; by default those of the process, read now.
    ///   - profile: the profile to select; by default that of `AWS_PROFILE`, or else `default`.
    /// - Returns: what the files hold.
    /// - Throws: ``AWSErrorCode/invalidCredentialsConfiguration`` where a file cannot be read, with the number of the line that is wrong.
    public static func load(
        environment: [String: String] = ProcessEnvironment.variables, profile: String? = nil
    ) async throws(AWSError) -> SharedConfiguration {
        let paths = self.paths(environment)
        var configuration: [UInt8] = []
        if let path = paths.configuration { configuration = try await CredentialsFile.contents(of: path, isOptional: true) ?? [] }
        var credentials: [UInt8] = []
        if let path = paths.credentials { credentials = try await CredentialsFile.contents(of: path, isOptional: true) ?? [] }
        let named = profile ?? environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        return try SharedConfiguration(
            configuration: configuration, at: paths.configuration ?? "", credentials: credentials, at: paths.credentials ?? "",
            selecting: named)
    }

    /// Reads files at hand.
    package init(
        configuration: [UInt8], at configurationPath: String = "config", credentials: [UInt8], at credentialsPath: String = "credentials",
        selecting profile: String? = nil
    ) throws(AWSError) {
        self.selected = profile ?? "default"
        self.isSelectedByName = profile != nil
        var hasDefaultProfile = false
        for (section, settings) in try Self.parse(configuration, at: configurationPath).sections {
            guard let words = CommandWords.split(section) else { continue }
            switch (words.first, words.count) {
            case ("default", 1) where !hasDefaultProfile:
                self.profiles["default", default: AWSProfile(name: "default")].configuration = settings
            case ("profile", 2):
                // `[profile default]` goes before `[default]`.
                hasDefaultProfile = hasDefaultProfile || words[1] == "default"
                self.profiles[words[1], default: AWSProfile(name: words[1])].configuration = settings
            case ("sso-session", 2): self.singleSignOnSessions[words[1]] = settings
            case ("services", 2): self.services[words[1]] = settings
            default: continue
            }
        }
        for (section, settings) in try Self.parse(credentials, at: credentialsPath).sections {
            self.profiles[section, default: AWSProfile(name: section)].credentials = settings
        }
    }

    /// The profile that the environment selects; `nil` where the files do not have it.
    public var selectedProfile: AWSProfile? { self.profiles[self.selected] }

    /// The settings of an environment and of the selected profile.
    ///
    /// - Parameter environment: the variables, which go before the profile.
    package func settings(with environment: [String: String]) -> AWSSettings {
        let profile = self.selectedProfile
        let settings = profile.map { $0.configuration.merging($0.credentials) { $1 } } ?? [:]
        let services = settings["services"].flatMap { self.services[$0] } ?? [:]
        return AWSSettings(
            environment: environment, profile: settings, services: services.mapValues { SharedConfigurationParser.nested($0) })
    }

    private static func parse(_ bytes: [UInt8], at path: String) throws(AWSError) -> SharedConfigurationParser {
        do throws(SharedConfigurationParser.Failure) {
            return try SharedConfigurationParser(bytes)
        } catch {
            throw .invalidCredentialsConfiguration("line \(error.line) of \(path) cannot be read: \(error.reason)")
        }
    }

    private static func paths(_ environment: [String: String]) -> (configuration: String?, credentials: String?) {
        func path(_ variable: String, _ name: String) -> String? {
            let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
            guard let path = environment[variable], !path.isEmpty else { return home.map { "\($0)/.aws/\(name)" } }
            guard path.hasPrefix("~/"), let home else { return path }
            return home + path.dropFirst()
        }
        return (path("AWS_CONFIG_FILE", "config"), path("AWS_SHARED_CREDENTIALS_FILE", "credentials"))
    }
}
