// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A provisioning template of an account: its body, and how AWS uses it.
public struct ProvisioningTemplateDefinition: Sendable {
    /// The template's name: 1 to 36 letters, digits, `_` and `-`.
    public var name: String
    /// What it makes for a device.
    public var body: ProvisioningTemplate
    /// The ARN of the role with which AWS makes it.
    public var provisioningRoleARN: String
    /// What it is for; `nil` means fleet provisioning, and it never changes.
    public var type: TemplateType?
    /// What it is about, for a person.
    public var description: String?
    /// Whether devices may use it.
    public var isEnabled: Bool
    /// The function that decides on each device before it is registered; for fleet provisioning only.
    public var preProvisioningHook: ProvisioningHook?
    /// The tags of a template that is made; those of one that exists stay.
    public var tags: [Tag]?

    /// Makes a definition.
    ///
    /// - Parameters:
    ///   - name: the template's name.
    ///   - body: what it makes for a device.
    ///   - provisioningRoleARN: the ARN of the role with which AWS makes it.
    ///   - type: what it is for.
    ///   - description: what it is about, for a person.
    ///   - isEnabled: whether devices may use it.
    ///   - preProvisioningHook: the function that decides on each device before it is registered.
    ///   - tags: the tags of a template that is made.
    public init(
        name: String, body: ProvisioningTemplate, provisioningRoleARN: String, type: TemplateType? = nil, description: String? = nil,
        isEnabled: Bool = true, preProvisioningHook: ProvisioningHook? = nil, tags: [Tag]? = nil
    ) {
        self.name = name
        self.body = body
        self.provisioningRoleARN = provisioningRoleARN
        self.type = type
        self.description = description
        self.isEnabled = isEnabled
        self.preProvisioningHook = preProvisioningHook
        self.tags = tags
    }

    /// Checks the template against the rules and limits of AWS IoT, as far as they can be known without asking.
    ///
    /// - Throws: ``IoTCoreError/Code/invalidInput``, with the first rule that is broken.
    public func validate() throws(IoTCoreError) {
        try NameRule.provisioningTemplate.check(self.name, of: "provisioning template")
        guard self.preProvisioningHook == nil || self.type != .jitp else {
            throw ProvisioningTemplate.malformed("one for just-in-time provisioning has no pre-provisioning hook")
        }
        try self.body.validate()
    }
}
