// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import ServiceGenerator
import Testing

@Suite struct EmissionTests {
    /// What is written of a model, file by file.
    static func files(operations: JSONValue, shapes: JSONValue, paginators: JSONValue? = nil) throws -> [String: String] {
        let metadata: JSONValue = ["apiVersion": "2026-01-01", "serviceId": "Test", "endpointPrefix": "test", "protocol": "rest-json"]
        let model = try ServiceModel(
            folder: "test", service: ["metadata": metadata, "operations": operations, "shapes": shapes], paginators: paginators,
            waiters: nil)
        var settings = try #require(ServiceSettings.all.first { $0.folder == "lambda" })
        settings.comparable = []
        return try ServiceEmitter(model, settings, botocore: "1.0").files()
    }

    static let operations: JSONValue = [
        "ListThings": [
            "name": "ListThings", "http": ["method": "GET", "requestUri": "/things/{groupId}/{path+}?all=1"],
            "input": ["shape": "ListThingsRequest"], "output": ["shape": "ListThingsResponse"],
        ]
    ]
    static let shapes: JSONValue = [
        "ListThingsRequest": [
            "type": "structure", "required": ["groupId", "path"],
            "members": [
                "groupId": ["shape": "Text", "location": "uri", "locationName": "groupId"],
                "path": ["shape": "Text", "location": "uri", "locationName": "path"],
                "nextToken": ["shape": "Text", "location": "querystring", "locationName": "next"],
                "clientToken": ["shape": "Text", "idempotencyToken": true],
            ],
        ],
        "ListThingsResponse": ["type": "structure", "members": ["things": ["shape": "Things"], "nextToken": ["shape": "Text"]]],
        "Things": ["type": "list", "member": ["shape": "Thing"]],
        "Thing": ["type": "structure", "required": ["kind"], "members": ["kind": ["shape": "Kind"], "parts": ["shape": "Things2"]]],
        "Things2": ["type": "map", "key": ["shape": "Text"], "value": ["shape": "Bytes"]],
        "Kind": ["type": "string", "enum": ["ONE", "TWO_WORDS"]],
        "Text": ["type": "string"], "Bytes": ["type": "integer"],
    ]

    @Test func `an operation is written with its path, its query, its body and its pages`() throws {
        let paginators: JSONValue = [
            "pagination": ["ListThings": ["input_token": "nextToken", "output_token": "nextToken", "result_key": "things"]]
        ]
        let files = try Self.files(operations: Self.operations, shapes: Self.shapes, paginators: paginators)
        let text = try #require(files["LambdaClient/Generated/Things/Things.swift"])
        for line in [
            "public struct ListThings: LambdaOperation, AWSJSONOperation, AWSPaginatedOperation {", "public var clientToken: String?",
            #"request.http(.get, "/things/\(self.groupID)/\(segments: self.path)")"#, #"request.query("all", "1")"#,
            #"request.query("next", self.nextToken)"#, #"request.json("clientToken", self.clientToken ?? request.idempotencyToken())"#,
            "public static func items(of output: Output) -> [Thing] { output.things ?? [] }",
            #"case "things": self.things = try [Thing](from: &json)"#, "public struct Kind: AWSEnumeration {",
            #"public static var twoWords: Self { Self(rawValue: "TWO_WORDS") }"#, "public var parts: [String: Int]?",
            "public var kind: Kind?",
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }

    @Test(arguments: [
        ("document", #"{"type": "structure", "members": {}, "document": true}"#), ("union", #"{"type": "structure", "union": true}"#),
        ("type", #"{"type": "bigdecimal"}"#),
    ])
    func `what the generator does not know is refused, not overlooked`(trait: String, shape: String) throws {
        let shapes: JSONValue = ["Odd": try JSONValue(parsing: Array(shape.utf8))]
        #expect(throws: GeneratorError.self) { try Self.files(operations: [:], shapes: shapes) }
    }

    @Test func `a path that needs what the input does not have is refused`() {
        let operations: JSONValue = ["GetThing": ["name": "GetThing", "http": ["method": "GET", "requestUri": "/{thing}"]]]
        #expect(throws: GeneratorError.self) { try Self.files(operations: operations, shapes: [:]) }
    }
}
