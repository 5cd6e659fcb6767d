// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import JSONCoding

/// Looks for secrets in a payload by the names of its members, wherever they stand: in a thing, in what it was before, in a part.
///
/// Of a webhook only what is known to be harmless stays, so that a kind of credentials which this release does not know is taken out too.
struct PayloadRedactor {
    private let redaction: EventRedaction

    init(_ redaction: EventRedaction) { self.redaction = redaction }

    /// Members that hold a webhook; the first is what releases of today write.
    private static let webhookKeys: Set = ["external_webhook_settings", "external_webhook"]
    private static let harmlessWebhookKeys: Set = ["name", "method"]
    private static let harmlessConfigurationKeys: Set = ["validate_server_cert", "log_level", "auth_mode", "call_timeout"]
    private static let harmlessCredentialKeys: [String: Set<String>] = [
        "oidc": ["client_id", "well_known"], "apikey": ["header"], "mtls": ["cert"],
    ]

    /// Takes the secrets out.
    ///
    /// - Returns: whether there were any.
    func redact(_ value: inout JSONValue) -> Bool {
        switch value {
        case .array(let elements):
            return Self.map(elements, into: &value) { self.redact(&$0) }
        case .object(let members):
            return Self.map(members, into: &value) { key, value in
                if self.redaction.redactsWebhookSecrets, Self.webhookKeys.contains(key) { return Self.redactWebhook(&value) }
                if self.redaction.redactsSlotSecrets, key == "slots" { return Self.redactSlots(&value) }
                return self.redact(&value)
            }
        default: return false
        }
    }

    private static func redactWebhook(_ webhook: inout JSONValue) -> Bool {
        guard case .object(let members) = webhook else { return self.blank(&webhook) }
        return self.map(members, into: &webhook) { key, value in
            switch key {
            case "config": self.redactConfiguration(&value)
            case "url": self.redactURL(&value)
            default: self.harmlessWebhookKeys.contains(key) ? false : self.blank(&value)
            }
        }
    }

    private static func redactConfiguration(_ configuration: inout JSONValue) -> Bool {
        guard case .object(let members) = configuration else { return self.blank(&configuration) }
        return self.map(members, into: &configuration) { key, value in
            if self.harmlessConfigurationKeys.contains(key), value.objectValue == nil, value.arrayValue == nil { return false }
            guard let harmless = self.harmlessCredentialKeys[key], case .object(let credentials) = value else { return self.blank(&value) }
            return self.map(credentials, into: &value) { key, value in harmless.contains(key) ? false : self.blank(&value) }
        }
    }

    /// Takes out user and password, the query and the fragment, in which tokens are handed over.
    private static func redactURL(_ url: inout JSONValue) -> Bool {
        guard case .string(let text) = url else { return self.blank(&url) }
        var kept = text.prefix { $0 != "?" && $0 != "#" }
        let hasParameters = kept.endIndex < text.endIndex
        let parameters = hasParameters ? "?\(EventRedaction.placeholder)" : ""
        var hasUser = false
        if let start = kept.firstRange(of: "//")?.upperBound {
            let authority = kept[start...].prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@") {
                kept = kept[..<start] + kept[kept.index(after: at)...]
                hasUser = true
            }
        }
        guard hasUser || hasParameters else { return false }
        url = .string(String(kept) + parameters)
        return true
    }

    /// A slot with a certificate holds serial numbers; what any other holds may be a secret.
    private static func redactSlots(_ slots: inout JSONValue) -> Bool {
        guard case .object(let members) = slots else { return false }
        return self.map(members, into: &slots) { _, slot in
            guard case .object(let members) = slot, slot["type"]?.stringValue != "x509" else { return false }
            return self.map(members, into: &slot) { key, value in key == "versions" ? self.blank(&value) : false }
        }
    }

    /// Replaces every text that is not empty, and every number by 0.
    private static func blank(_ value: inout JSONValue) -> Bool {
        switch value {
        case .null, .bool: return false
        case .number:
            value = 0
            return true
        case .string(let text):
            guard !text.isEmpty else { return false }
            value = .string(EventRedaction.placeholder)
            return true
        case .array(let elements): return self.map(elements, into: &value) { self.blank(&$0) }
        case .object(let members): return self.map(members, into: &value) { _, value in self.blank(&value) }
        }
    }

    private static func map(_ elements: [JSONValue], into value: inout JSONValue, _ redact: (inout JSONValue) -> Bool) -> Bool {
        var elements = elements
        var isChanged = false
        for index in elements.indices where redact(&elements[index]) { isChanged = true }
        if isChanged { value = .array(elements) }
        return isChanged
    }

    private static func map(
        _ members: [JSONValue.Member], into value: inout JSONValue, _ redact: (String, inout JSONValue) -> Bool
    ) -> Bool {
        var members = members
        var isChanged = false
        for index in members.indices where redact(members[index].key, &members[index].value) { isChanged = true }
        if isChanged { value = .object(members) }
        return isChanged
    }
}
