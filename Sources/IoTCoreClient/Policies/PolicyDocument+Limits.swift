// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PolicyDocument {
    /// The longest document, white space not counted ("AWS IoT Core quotas", policy document size).
    public static let maximumLength = 2_048

    /// How many versions of one policy AWS keeps ("AWS IoT Core quotas", versions per named policy).
    public static let maximumVersions = 5

    /// How long the document is as AWS counts: its characters without white space.
    ///
    /// - Returns: the length.
    /// - Throws: ``IoTCoreError/Code/invalidInput`` where a text has no JSON form.
    public func length() throws(IoTCoreError) -> Int { Self.length(of: try self.text()) }

    static func length(of text: String) -> Int { text.unicodeScalars.count { !$0.properties.isWhitespace } }

    /// Checks the document against the rules and limits of AWS IoT, as far as they can be known without asking.
    ///
    /// - Throws: ``IoTCoreError/Code/invalidInput``, with the first rule that is broken.
    public func validate() throws(IoTCoreError) {
        func require(_ condition: Bool, _ rule: @autoclosure () -> String) throws(IoTCoreError) {
            guard condition else { throw IoTCoreError(.invalidInput, message: "the policy document is not one of AWS IoT: \(rule())") }
        }
        try require([Self.languageVersion, "2008-10-17"].contains(self.version), "there is no version \(self.version)")
        try require(!self.statements.isEmpty, "it has no statement")
        for statement in self.statements {
            try require(!statement.actions.isEmpty, "a statement has no action")
            try require(!statement.resources.isEmpty, "a statement has no resource")
            for action in statement.actions {
                try require(action.isWellFormed, "\(action) is no action: it needs the prefix of its service, as in iot:Connect")
            }
            for resource in statement.resources {
                try require(resource.isWellFormed, "\(resource) is neither an ARN nor *")
                try require(
                    self.version == Self.languageVersion || !resource.rawValue.contains("${"),
                    "the variables of \(resource) need the version \(Self.languageVersion)")
            }
            for condition in statement.conditions {
                try require(!condition.values.isEmpty, "the condition on \(condition.key.rawValue) has no value")
            }
        }
        let length = try self.length()
        try require(length <= Self.maximumLength, "it has \(length) characters, and may have \(Self.maximumLength)")
    }

    /// Checks the name of a policy: 1 to 128 letters of ASCII, digits and `_+=,.@-` (CreatePolicy).
    ///
    /// - Parameter name: the name.
    /// - Throws: ``IoTCoreError/Code/invalidInput``.
    public static func validateName(_ name: String) throws(IoTCoreError) {
        try NameRule.policy.check(name, of: "policy")
    }
}

extension PolicyDocument.Action {
    fileprivate var isWellFormed: Bool {
        guard self.rawValue != "*" else { return true }
        let parts = self.rawValue.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
        return parts[0].utf8.allSatisfy { NameRule.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
            && parts[1].utf8.allSatisfy { NameRule.isLetterOrDigit($0) || $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }
}

extension PolicyDocument.Resource {
    fileprivate var isWellFormed: Bool {
        if self.rawValue == "*" || self.rawValue.hasPrefix("${") { return true }
        let parts = self.rawValue.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.first == "arn" && (parts.count == 6 && !parts[5].isEmpty || self.rawValue.contains("*"))
    }
}
