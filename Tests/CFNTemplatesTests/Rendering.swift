// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import JSONCoding

/// The template as JSON text.
func text(_ template: Template) throws -> String { String(decoding: try template.rendered(), as: UTF8.self) }

/// The template as JSON.
func json(_ template: Template) throws -> JSONValue { try JSONValue(parsing: template.rendered()) }

/// What CloudFormation gets as a resource's properties, with `others` in the template to refer to.
func properties(of resource: some Resource, among others: any Resource...) throws -> String? {
    let template = Template {
        resource
        for other in others { other }
    }
    let properties = try json(template)["Resources"]?[resource.logicalID]?["Properties"]
    return try properties.map { String(decoding: try $0.encoded(), as: UTF8.self) }
}
