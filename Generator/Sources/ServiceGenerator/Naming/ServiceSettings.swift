// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a model does not say: where its operations go, and how they are called there.
package struct ServiceSettings: Sendable {
    /// The folder of the model in botocore.
    package var folder: String
    /// The folder of what is generated, in Sources.
    package var output: String
    /// The service as a reader calls it.
    var title: String
    /// The protocol that its operations conform to.
    var operationProtocol: String
    /// The protocol of the operations that the client sends; the one of this service's where it has a client for itself.
    var clientProtocol: String?
    /// The enumeration without cases that holds all of its types; nil where they are at the top of the module.
    var namespace: String?
    /// The type that holds the types of its errors.
    var errorScope: String
    /// The module that users import.
    package var module: String
    /// The address of its API reference, up to the name of an operation or a type.
    var reference: String
    /// Types that are called otherwise than in the model: what would be the name of another module's type, or say too little alone.
    var typeNames: [String: String] = [:]
    /// What the values of an enumeration begin with, and their names in Swift do not.
    var valuePrefixes: [String: String] = [:]
    /// Types that hold what must not be logged, though the model does not say so, such as signed URLs.
    var sensitive: Set<String> = []
    /// Types that can be compared, with all that they hold.
    package var comparable: Set<String> = []
}
