// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// A function as it is to be: its code and its settings; ``LambdaClient/deploy(_:timeout:)`` brings it about.
///
/// What is `nil` is left as it is, or as Lambda makes it for a new function.
public struct FunctionDeployment: Sendable {
    /// The function's name.
    public var name: String
    /// Its code.
    public var package: FunctionPackage
    /// The ARN of the role that it runs as.
    public var role: String
    /// What runs the code, such as `.python3_12`.
    public var runtime: Runtime
    /// What of the code is called, such as `index.handler`.
    public var handler: String
    /// The processor that the code is for.
    public var architecture: Architecture?
    /// What the function is for.
    public var description: String?
    /// How long an invocation may take, in whole seconds from 1 to 900.
    public var timeout: Duration?
    /// The memory of an invocation, in mebibytes.
    public var memorySize: Int?
    /// The function's environment, all of it; its descriptions do not tell it, since it may hold secrets.
    public var environment: Environment?
    /// The ARNs of layers, in their order.
    public var layers: [String]?
    /// The alias that is to show the version that is published, which is made if there is none; by default nothing is published.
    public var alias: String?

    /// Makes a deployment.
    ///
    /// - Parameters:
    ///   - name: the function's name.
    ///   - package: its code.
    ///   - role: the ARN of the role that it runs as.
    ///   - runtime: what runs the code.
    ///   - handler: what of the code is called.
    public init(_ name: String, package: FunctionPackage, role: String, runtime: Runtime, handler: String) {
        self.name = name
        self.package = package
        self.role = role
        self.runtime = runtime
        self.handler = handler
    }

    var creation: CreateFunction {
        CreateFunction(
            functionName: self.name, runtime: self.runtime, role: self.role, handler: self.handler,
            code: FunctionCode(zipFile: self.package.bytes), description: self.description, timeout: self.timeoutSeconds,
            memorySize: self.memorySize, packageType: .zip, environment: self.environment,
            layers: self.layers, architectures: self.architecture.map { [$0] })
    }

    var codeUpdate: UpdateFunctionCode {
        UpdateFunctionCode(functionName: self.name, zipFile: self.package.bytes, architectures: self.architecture.map { [$0] })
    }

    var configurationUpdate: UpdateFunctionConfiguration {
        UpdateFunctionConfiguration(
            functionName: self.name, role: self.role, handler: self.handler, description: self.description, timeout: self.timeoutSeconds,
            memorySize: self.memorySize, environment: self.environment, runtime: self.runtime,
            layers: self.layers)
    }

    var timeoutSeconds: Int? { self.timeout.map { Int($0.components.seconds) } }
}
