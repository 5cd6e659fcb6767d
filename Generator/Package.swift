// swift-tools-version: 6.3
// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// Every warning is an error where the environment says `CI`, as in the main package.
let swiftSettings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] != nil ? [.treatAllWarnings(as: .error)] : [])

// Writes the operations of the AWS clients: Scripts/generate.sh runs it. A package of its own, so that no user builds it.
let package = Package(
    name: "generator",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "lamassu-cloud", path: "..")],
    targets: [
        .target(
            name: "ServiceGenerator", dependencies: [.product(name: "JSONCoding", package: "lamassu-cloud")], swiftSettings: swiftSettings),
        .executableTarget(name: "Generate", dependencies: ["ServiceGenerator"], swiftSettings: swiftSettings),
        .testTarget(
            name: "ServiceGeneratorTests",
            dependencies: ["ServiceGenerator", .product(name: "JSONCoding", package: "lamassu-cloud")],
            swiftSettings: swiftSettings),
    ]
)
