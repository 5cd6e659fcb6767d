// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension Template {
    /// The largest template, in bytes, that a request to CloudFormation may carry.
    public static let maximumRequestSize = 51_200
    /// The largest template, in bytes, that CloudFormation reads from S3.
    public static let maximumObjectSize = 1_000_000

    /// Checks the template and writes it as JSON.
    ///
    /// Equal templates give equal bytes: the order is that of the closure, and there is no white space.
    ///
    /// - Parameter maximumSize: the largest result in bytes; by default what a request may carry, ``maximumRequestSize``.
    /// - Returns: the template in UTF-8, as `TemplateBody` takes it.
    /// - Throws: ``TemplateError`` for the first thing that CloudFormation would refuse.
    public func rendered(maximumSize: Int = Template.maximumRequestSize) throws(TemplateError) -> [UInt8] {
        try self.validate()
        var writer = JSONWriter()
        self.properties.expression.write(to: &writer)
        let bytes: [UInt8]
        do {
            bytes = try writer.finish()
        } catch {
            throw TemplateError(.invalidProperty, message: "a value has no JSON form: \(error.message)")
        }
        guard bytes.count <= maximumSize else {
            throw TemplateError(.limitExceeded, message: "the template has \(bytes.count) bytes; \(maximumSize) are allowed")
        }
        return bytes
    }

    private var properties: Properties {
        var parameters = Properties()
        for (logicalID, properties) in self.content.parameters { parameters.set(logicalID, properties) }
        var resources = Properties()
        for resource in self.content.resources { resources.set(resource.logicalID, Self.properties(of: resource)) }
        var outputs = Properties()
        for output in self.content.outputs { outputs.set(output.logicalID, output.properties) }

        var template = Properties()
        template.set("AWSTemplateFormatVersion", "2010-09-09")
        template.set("Description", self.description)
        template.set("Parameters", unlessEmpty: parameters)
        template.set("Resources", resources)
        template.set("Outputs", unlessEmpty: outputs)
        return template
    }

    private static func properties(of resource: some Resource) -> Properties {
        var properties = Properties()
        properties.set("Type", type(of: resource).type)
        properties.set("DependsOn", unlessEmpty: resource.attributes.dependsOn)
        properties.set("DeletionPolicy", resource.attributes.deletionPolicy)
        properties.set("UpdateReplacePolicy", resource.attributes.updateReplacePolicy)
        properties.set("Properties", unlessEmpty: resource.properties)
        return properties
    }
}
