// swift-tools-version: 6.3
// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Every warning is an error where the environment says `CI`; a user's build never breaks on a new compiler's warning.
///
/// A debug build has fault points then, at which tests end a process; a user's build has none.
let isContinuousIntegration = Context.environment["CI"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ]
    + (isContinuousIntegration
        ? [.treatAllWarnings(as: .error), .define("LAMASSU_FAULT_POINTS", .when(configuration: .debug))] : [])

// The external products a target may use; the arrows between our own targets are checked against Scripts/layers.txt.
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")

/// A library target of this package.
func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

/// The test target of `name`, which may use what it tests and what it names besides.
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, resources: resources, swiftSettings: swiftSettings)
}

let products = [
    "AMQPClient", "AMQPWire", "AWSEventBus", "AWSRuntime", "AWSSigner", "CFNTemplates", "CloudEvents", "CloudFormationClient",
    "CloudSync", "CurlTransport", "IoTCoreClient", "JSONCoding", "LambdaClient", "LamassuEvents", "SNSClient", "SQLiteOutbox",
    "SQSClient", "SystemCrypto", "Transport", "TransportTesting", "XMLCoding",
]

let package = Package(
    name: "lamassu-cloud",
    platforms: [.macOS(.v26)],
    products: products.map { .library(name: $0, targets: [$0]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        // Without its traits, and without the product Metrics, nothing here links Foundation.
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    ],
    targets: [
        // Layer 4
        library("CloudSync", ["LamassuEvents", "IoTCoreClient", "LambdaClient", "SQSClient", "SystemCrypto", "JSONCoding", logging]),

        // Layer 3
        library("LamassuEvents", ["CloudEvents", "AMQPClient", "JSONCoding", "Transport", logging, metrics, tracing]),
        library("AWSEventBus", ["LamassuEvents", "SQSClient", "SNSClient", logging]),
        library("SQLiteOutbox", ["LamassuEvents", "CSQLite", "CloudEvents", "JSONCoding", logging]),
        library("IoTCoreClient", ["AWSRuntime", "SystemCrypto"]),
        library("LambdaClient", ["AWSRuntime", "SystemCrypto"]),
        library("SQSClient", ["AWSRuntime"]),
        library("SNSClient", ["AWSRuntime"]),
        library("CloudFormationClient", ["AWSRuntime"]),

        // Layer 2
        library("AMQPClient", ["AMQPWire", "Transport", logging, metrics, tracing]),
        library("TransportTesting", ["AMQPWire", "Transport"]),
        library("AWSRuntime", ["AWSSigner", "SystemCrypto", "Transport", "JSONCoding", "XMLCoding", httpTypes, logging, metrics, tracing]),

        // Layer 1
        library("CurlTransport", ["Transport", "CCurl", httpTypes]),
        library("CloudEvents", ["JSONCoding"]),
        library("CFNTemplates", ["JSONCoding"], resources: [.embedInCode("Stacks/notify.py")]),
        library("AWSSigner", ["SystemCrypto", httpTypes]),

        // Layer 0
        library("SystemCrypto", ["COpenSSL"]),
        library("Transport", [httpTypes]),
        library("AMQPWire"),
        library("JSONCoding"),
        library("XMLCoding"),

        // C shims: typed inline functions over what Swift does not import, and the flags to link
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
        .target(name: "CSQLite", linkerSettings: [.linkedLibrary("sqlite3")]),

        // Unit tests
        tests("CloudSync"),
        tests(
            "LamassuEvents",
            [
                "AMQPClient", "CloudEvents", "JSONCoding", "OutboxTestSupport", "TestSupport", "Transport", "TransportTesting", logging,
                tracing,
            ]),
        tests(
            "SQLiteOutbox",
            ["CFaultVFS", "CSQLite", "CloudEvents", "LamassuEvents", "OutboxProcess", "OutboxTestSupport", "TestSupport", logging]),
        tests("AWSEventBus", ["AWSTestSupport", "CloudEvents", "JSONCoding", "LamassuEvents", "TestSupport"]),
        tests("IoTCoreClient", ["AWSTestSupport", "SystemCrypto", "TestSupport", "Transport"]),
        tests("LambdaClient", ["AWSTestSupport", "TestSupport", "Transport"]),
        tests("SQSClient", ["AWSTestSupport", "TestSupport", "Transport"]),
        tests("SNSClient", ["AWSTestSupport", "Transport"]),
        tests("CloudFormationClient", ["AWSTestSupport", "Transport"]),
        tests(
            "AMQPClient",
            [
                "TestSupport", "TransportTesting", logging, metrics, tracing, .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ]),
        tests("CurlTransport", ["CResolverConditions", "TestSupport", "Transport", httpTypes], resources: [.copy("Server")]),
        tests(
            "AWSRuntime",
            [
                "AWSSigner", "AWSTestSupport", "CurlTransport", "JSONCoding", "SystemCrypto", "TestSupport", "Transport", httpTypes,
                logging, metrics, tracing,
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ], resources: [.copy("Fixtures"), .copy("Server")]),
        tests("CloudEvents", ["JSONCoding", "TestSupport"], resources: [.copy("Vectors")]),
        tests("CFNTemplates", ["JSONCoding"], resources: [.copy("Fixtures")]),
        tests("AWSSigner", ["SystemCrypto"], resources: [.copy("Vectors")]),
        tests("SystemCrypto", ["TestSupport"], resources: [.copy("Judge")]),
        tests("Transport", [httpTypes]),
        tests("TransportTesting", ["AMQPWire", "TestSupport", "Transport"]),
        tests("AMQPWire", ["TestSupport"], resources: [.copy("Fixtures")]),
        tests("JSONCoding", ["TestSupport"]),
        tests("XMLCoding", ["TestSupport"], resources: [.copy("Fixtures")]),

        // What the tests of several targets share
        .target(name: "TestSupport", path: "Tests/Support/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "OutboxTestSupport", dependencies: ["CloudEvents", "LamassuEvents", logging], path: "Tests/Support/OutboxTestSupport",
            swiftSettings: swiftSettings),
        .executableTarget(
            name: "OutboxProcess",
            dependencies: ["CFaultVFS", "CloudEvents", "CurlTransport", "LamassuEvents", "SQLiteOutbox", logging],
            path: "Tests/Support/OutboxProcess", swiftSettings: swiftSettings),
        .target(name: "CFaultVFS", path: "Tests/Support/CFaultVFS"),
        .target(name: "CResolverConditions", path: "Tests/Support/CResolverConditions"),
        .target(
            name: "AWSTestSupport", dependencies: ["AWSRuntime", "AWSSigner", "Transport", httpTypes, logging],
            path: "Tests/Support/AWSTestSupport", swiftSettings: swiftSettings),
        // The service that FaultTests kill: built with the tests, but not linked into them, whose clock and disk stay as they are
        .target(name: "CChaosConditions", path: "Tests/Support/CChaosConditions"),
        .executableTarget(
            name: "ChaosPublisher",
            dependencies: [
                "CChaosConditions", "CSQLite", "CurlTransport", "JSONCoding", "LamassuEvents", "SQLiteOutbox", "TestSupport", logging,
            ],
            path: "Tests/Support/ChaosPublisher", swiftSettings: swiftSettings),

        // Tests that need the servers of Scripts/test.sh
        .testTarget(
            name: "AMQPBehaviourTests",
            dependencies: ["AMQPClient", "CurlTransport", "TestSupport", "Transport", "TransportTesting", logging],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "EventBusBehaviourTests",
            dependencies: [
                "AMQPClient", "AWSEventBus", "AWSRuntime", "AWSSigner", "CloudEvents", "CurlTransport", "JSONCoding", "LamassuEvents",
                "OutboxProcess", "SNSClient", "SQLiteOutbox", "SQSClient", "TestSupport", "Transport", "TransportTesting", logging,
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "AMQPClient", "AWSRuntime", "AWSSigner", "CFNTemplates", "CloudEvents", "CloudFormationClient", "CloudSync",
                "CurlTransport", "IoTCoreClient", "JSONCoding", "LamassuEvents", "LambdaClient", "SNSClient", "SQSClient", "TestSupport",
                "Transport", logging,
            ],
            swiftSettings: swiftSettings),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "AMQPClient", "CloudEvents", "CurlTransport", "JSONCoding", "LamassuEvents", "TestSupport", "Transport", logging,
            ],
            swiftSettings: swiftSettings),
    ]
)

// Of the tests those alone that the environment names, where it does: a run under a sanitizer builds no others.
if let names = Context.environment["LAMASSU_TEST_TARGETS"]?.split(separator: " ") {
    package.targets.removeAll { $0.type == .test && !names.contains($0.name[...]) }
}
