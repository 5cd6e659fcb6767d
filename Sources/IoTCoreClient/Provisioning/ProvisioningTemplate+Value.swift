// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

extension ProvisioningTemplate {
    /// A value of a template: a text, or a function of parameters ("Provisioning templates", developer guide).
    public indirect enum Value: Hashable, Sendable, ExpressibleByStringLiteral {
        /// A text.
        case text(String)
        /// A list, as an argument of a function.
        case list([Value])
        /// A parameter (`Ref`).
        case parameter(String)
        /// The elements of a list with a separator between them (`Fn::Join`).
        case join(separator: String, Value)
        /// An element of a list, counted from 0 (`Fn::Select`).
        case select(Int, from: Value)
        /// The parts of a text between separators, as a list (`Fn::Split`).
        case split(separator: String, Value)
        /// A value of ``ProvisioningTemplate/mappings`` (`Fn::FindInMap`).
        case find(Value, Value, in: Value)
        /// A text in which `${NAME}` stands for a variable, or else a parameter (`Fn::Sub`).
        case substitute(String, [String: Value] = [:])

        /// A text.
        public init(stringLiteral value: String) { self = .text(value) }

        /// The id of the certificate with which a device registers itself just in time.
        public static let certificateID = Value.parameter("AWS::IoT::Certificate::Id")
        /// The common name of the certificate with which a device registers itself just in time.
        public static let certificateCommonName = Value.parameter("AWS::IoT::Certificate::CommonName")
        /// The serial number of the certificate with which a device registers itself just in time.
        public static let certificateSerialNumber = Value.parameter("AWS::IoT::Certificate::SerialNumber")

        /// What begins the names of the parameters that AWS fills in itself, from the certificate.
        static let certificateParameters = "AWS::IoT::Certificate::"

        /// The parameters that the value names.
        var references: [String] {
            switch self {
            case .text: []
            case .list(let values): values.flatMap(\.references)
            case .parameter(let name): [name]
            case .join(_, let value), .split(_, let value), .select(_, let value): value.references
            case .find(let first, let second, let mapping): first.references + second.references + mapping.references
            case .substitute(let text, let variables):
                variables.values.flatMap(\.references) + Self.placeholders(of: text).filter { variables[$0] == nil }
            }
        }

        /// The names in `${NAME}`.
        private static func placeholders(of text: String) -> [String] {
            text.split(separator: "${", omittingEmptySubsequences: false).dropFirst().compactMap { part in
                part.firstIndex(of: "}").map { String(part[..<$0]) }
            }
        }

        var json: JSONValue {
            switch self {
            case .text(let text): .string(text)
            case .list(let values): .array(values.map(\.json))
            case .parameter(let name): ["Ref": .string(name)]
            case .join(let separator, let value): ["Fn::Join": [.string(separator), value.json]]
            case .select(let index, let value): ["Fn::Select": [.string(String(index)), value.json]]
            case .split(let separator, let value): ["Fn::Split": [.string(separator), value.json]]
            case .find(let first, let second, let mapping): ["Fn::FindInMap": [mapping.json, first.json, second.json]]
            case .substitute(let text, let variables):
                variables.isEmpty
                    ? ["Fn::Sub": .string(text)]
                    : [
                        "Fn::Sub": [
                            .string(text), .object(variables.sorted { $0.key < $1.key }.map { .init(key: $0.key, value: $0.value.json) }),
                        ]
                    ]
            }
        }

        init(_ json: JSONValue) throws(IoTCoreError) {
            if let text = json.stringValue {
                self = .text(text)
            } else if let elements = json.arrayValue {
                self = .list(try Self.values(of: elements))
            } else if let members = json.objectValue, let function = members.first, members.count == 1 {
                self = try Self.function(function.key, function.value)
            } else {
                throw ProvisioningTemplate.malformed("a value is neither a text nor a function")
            }
        }

        private static func values(of elements: [JSONValue]) throws(IoTCoreError) -> [Value] {
            try elements.map { (element) throws(IoTCoreError) in try Value(element) }
        }

        private static func function(_ name: String, _ argument: JSONValue) throws(IoTCoreError) -> Value {
            switch (name, argument.stringValue, argument.arrayValue ?? []) {
            case ("Ref", let parameter?, _):
                return .parameter(parameter)
            case ("Fn::Sub", let text?, _):
                return .substitute(text)
            case ("Fn::Join", nil, let arguments) where arguments.count == 2:
                if let separator = arguments[0].stringValue { return .join(separator: separator, try Value(arguments[1])) }
            case ("Fn::Split", nil, let arguments) where arguments.count == 2:
                if let separator = arguments[0].stringValue { return .split(separator: separator, try Value(arguments[1])) }
            case ("Fn::Select", nil, let arguments) where arguments.count == 2:
                if let index = (arguments[0].stringValue ?? arguments[0].numberValue?.description).flatMap({ Int($0) }) {
                    return .select(index, from: try Value(arguments[1]))
                }
            case ("Fn::FindInMap", nil, let arguments) where arguments.count == 3:
                return .find(try Value(arguments[1]), try Value(arguments[2]), in: try Value(arguments[0]))
            case ("Fn::Sub", nil, let arguments) where arguments.count == 2:
                if let text = arguments[0].stringValue, let members = arguments[1].objectValue {
                    var variables: [String: Value] = [:]
                    for member in members { variables[member.key] = try Value(member.value) }
                    return .substitute(text, variables)
                }
            default: break
            }
            throw ProvisioningTemplate.malformed("\(name) is no function of a template, or has other arguments")
        }
    }

    static func malformed(_ why: String) -> IoTCoreError {
        IoTCoreError(.invalidInput, message: "the provisioning template is not one of AWS IoT: \(why)")
    }
}
