// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What the client says of itself to AWS: name and version, then metadata in the form that AWS reads of all SDKs, `ua/2.1`.
struct UserAgent: Sendable {
    private let beforeService: String
    private let afterService: String

    init(_ configuration: AWSConfiguration) {
        self.beforeService = "lamassu-cloud/\(Self.version) ua/2.1 api/"
        var rest = " os/\(Self.system) md/arch#\(Self.architecture) lang/swift#6"
        if let environment = configuration.executionEnvironment { rest += " exec-env/\(Self.token(environment, maximum: 100))" }
        // The features by the letters that AWS counts them with: E and F are the retry modes, N an endpoint that is not AWS's own.
        rest += " m/\(configuration.retry.mode == .adaptive ? "F" : "E")"
        if configuration.endpoint != nil || !configuration.serviceEndpoints.isEmpty { rest += ",N" }
        if let application = configuration.applicationID, !application.isEmpty { rest += " app/\(Self.token(application, maximum: 50))" }
        self.afterService = rest
    }

    /// The header field's value for calls of a service.
    func value(for service: AWSService) -> String { self.beforeService + service.settingsKey + self.afterService }

    /// The text with `-` for each character that no token has (RFC 9110 section 5.6.2), cut to a length.
    private static func token(_ text: String, maximum: Int) -> String {
        let allowed = "!#$%&'*+-.^_`|~"
        return String(
            text.unicodeScalars.prefix(maximum).map { scalar in
                let character = Character(scalar)
                let isAllowed = scalar.isASCII && (character.isLetter || character.isNumber || allowed.contains(character))
                return isAllowed ? character : "-"
            })
    }

    private static let version = "0.1"

    private static var system: String {
        #if os(Linux)
        "linux"
        #elseif os(macOS)
        "macos"
        #else
        "other"
        #endif
    }

    private static var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "arm64"
        #else
        "other"
        #endif
    }
}
