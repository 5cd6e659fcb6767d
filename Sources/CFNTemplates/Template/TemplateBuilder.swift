// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Collects the resources, parameters and outputs that a template's closure names, in their order.
@resultBuilder
public enum TemplateBuilder {
    /// Takes a resource.
    public static func buildExpression(_ resource: some Resource) -> TemplateContent { TemplateContent(resources: [resource]) }

    /// Takes a parameter.
    public static func buildExpression(_ parameter: Parameter<some ParameterType>) -> TemplateContent {
        TemplateContent(parameters: [(parameter.logicalID, parameter.properties)])
    }

    /// Takes an output.
    public static func buildExpression(_ output: Output) -> TemplateContent { TemplateContent(outputs: [output]) }

    /// Takes what another function has collected.
    public static func buildExpression(_ content: TemplateContent) -> TemplateContent { content }

    /// Joins what the statements of a block give.
    public static func buildBlock(_ parts: TemplateContent...) -> TemplateContent { self.buildArray(parts) }

    /// Takes what an `if` without `else` gives.
    public static func buildOptional(_ content: TemplateContent?) -> TemplateContent { content ?? TemplateContent() }

    /// Takes what the first branch gives.
    public static func buildEither(first content: TemplateContent) -> TemplateContent { content }

    /// Takes what the other branch gives.
    public static func buildEither(second content: TemplateContent) -> TemplateContent { content }

    /// Joins what the rounds of a loop give.
    public static func buildArray(_ parts: [TemplateContent]) -> TemplateContent {
        TemplateContent(
            parameters: parts.flatMap(\.parameters), resources: parts.flatMap(\.resources), outputs: parts.flatMap(\.outputs))
    }
}

/// A part of a template, as a function marked with ``TemplateBuilder`` returns it.
public struct TemplateContent: Sendable {
    var parameters: [(logicalID: String, properties: Properties)] = []
    var resources: [any Resource] = []
    var outputs: [Output] = []
}
