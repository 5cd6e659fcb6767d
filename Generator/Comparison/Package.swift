// swift-tools-version: 6.3
// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

// Compares the generated operations with botocore: Scripts/compare.sh runs it. The folder Glue is written by the generator, and not kept.
let clients = ["AWSRuntime", "CloudFormationClient", "IoTCoreClient", "LambdaClient", "SNSClient", "SQSClient", "Transport"]

let package = Package(
    name: "comparison",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "lamassu-cloud", path: "../.."), .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "Compare",
            dependencies: clients.map { .product(name: $0, package: "lamassu-cloud") } + [.product(name: "Logging", package: "swift-log")],
            swiftSettings: [
                .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ])
    ]
)
