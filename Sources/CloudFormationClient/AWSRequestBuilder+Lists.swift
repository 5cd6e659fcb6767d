// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

extension AWSRequestBuilder {
    /// Adds a list to the form: each element under a name such as `Capabilities.member.1`.
    ///
    /// - Parameters:
    ///   - name: the list's name.
    ///   - values: the elements; none are left out.
    mutating func form(_ name: String, list values: [String]?) {
        for (index, value) in (values ?? []).enumerated() { self.form("\(name).member.\(index + 1)", value) }
    }

    /// Adds the parameters of a template to the form.
    mutating func form(parameters: [StackParameter]?) {
        for (index, parameter) in (parameters ?? []).enumerated() {
            self.form("Parameters.member.\(index + 1).ParameterKey", parameter.key)
            self.form("Parameters.member.\(index + 1).ParameterValue", parameter.value)
            self.form("Parameters.member.\(index + 1).UsePreviousValue", parameter.usesPreviousValue ? "true" : nil)
        }
    }

    /// Adds tags to the form.
    mutating func form(tags: [StackTag]?) {
        for (index, tag) in (tags ?? []).enumerated() {
            self.form("Tags.member.\(index + 1).Key", tag.key)
            self.form("Tags.member.\(index + 1).Value", tag.value)
        }
    }
}
