// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What is taken out of events before they are stored and sent.
///
/// An event goes to every queue that is bound to its type, and stays there for as long as nobody takes it. So what only its own service
/// needs does not belong in it: the credentials of webhooks inside every `dms` event, tokens in the slots of a device, and the
/// claims of whoever called the service, which are personal data.
///
/// A text that is taken out is replaced by ``placeholder``; one that was empty stays so, and a consumer still sees which credentials are
/// set. A payload with placeholders must not be written back: read the present one from its service instead.
public struct EventRedaction: Hashable, Sendable {
    /// What stands where a secret was: `[redacted]`.
    public static let placeholder = "[redacted]"

    /// Whether the credentials of webhooks are taken out of `dms` events; by default true.
    public var redactsWebhookSecrets: Bool
    /// Whether the contents of slots that hold no certificate, such as tokens, are taken out of `dms` and `device` events; by default true.
    public var redactsSlotSecrets: Bool
    /// Which claims of the caller stay in the extension `authclaims`; `nil` for all; by default `iss`, `sub` and `azp`.
    ///
    /// Where none of them is there the extension is left out, as with a caller who is known by a certificate, all of which would be in it.
    public var keptClaims: Set<String>?

    /// Makes a redaction.
    ///
    /// - Parameters:
    ///   - redactsWebhookSecrets: whether the credentials of webhooks are taken out.
    ///   - redactsSlotSecrets: whether the contents of slots that hold no certificate are taken out.
    ///   - keptClaims: which claims of the caller stay; `nil` for all.
    public init(redactsWebhookSecrets: Bool = true, redactsSlotSecrets: Bool = true, keptClaims: Set<String>? = ["iss", "sub", "azp"]) {
        self.redactsWebhookSecrets = redactsWebhookSecrets
        self.redactsSlotSecrets = redactsSlotSecrets
        self.keptClaims = keptClaims
    }

    /// All that is secret or personal is taken out.
    public static let standard = EventRedaction()

    /// Nothing is taken out, as the Go services do it.
    public static let none = EventRedaction(redactsWebhookSecrets: false, redactsSlotSecrets: false, keptClaims: nil)
}
