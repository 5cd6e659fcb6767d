// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A CloudFormation template.
///
/// ```swift
/// let template = Template(description: "Where answers go") {
///     let queue = SQS.Queue("Responses", messageRetentionPeriod: 1_209_600)
///     queue
///     Output("QueueURL", value: queue.ref)
/// }
/// let body = try template.rendered()
/// ```
///
/// Everything is listed in the order in which the closure names it. A resource that is made but not named is not in the template;
/// a reference to it is an error of ``rendered(maximumSize:)``.
public struct Template: Sendable {
    /// What the stack is for; at most 1,024 bytes.
    public var description: String?
    let content: TemplateContent

    /// Makes a template.
    ///
    /// - Parameters:
    ///   - description: what the stack is for.
    ///   - content: names the resources, parameters and outputs.
    public init(description: String? = nil, @TemplateBuilder _ content: () -> TemplateContent) {
        self.description = description
        self.content = content()
    }
}
