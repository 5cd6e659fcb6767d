// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Lambda {
    /// A function (`AWS::Lambda::Function`).
    ///
    /// `ref` is its name.
    public struct Function: Resource, Hashable {
        /// `AWS::Lambda::Function`.
        public static let type = "AWS::Lambda::Function"

        /// The name by which the template knows the function.
        public let logicalID: String
        /// What CloudFormation does around the function.
        public var attributes = ResourceAttributes()
        /// The function's name; by default CloudFormation makes one from the stack's name and the logical id.
        public var functionName: Value<String>?
        /// What the function is for; at most 256 bytes.
        public var description: String?
        /// What the function runs on.
        public var runtime: Runtime
        /// What is called, as the runtime names it: for Python and inline code `index.` and the name of the Python function.
        public var handler: String
        /// Where the code is.
        public var code: Code
        /// The ARN of the role that the function takes on.
        public var role: Value<String>
        /// What the function finds in its environment; at most 4 KB.
        public var environment: [String: Value<String>]
        /// How long one call may take, in seconds, 1 to 900; by default 3.
        public var timeout: Value<Int>?
        /// The function's memory in MB, 128 to 10,240; by default 128.
        ///
        /// The function's share of CPU grows with it.
        public var memorySize: Value<Int>?
        /// The ARN of the queue or topic that takes events on which asynchronous calls kept failing; by default they are dropped.
        public var deadLetterTargetARN: Value<String>?
        /// The name of the log group to write to; by default `/aws/lambda/` and the function's name.
        public var logGroup: Value<String>?

        /// Makes a function.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the function.
        ///   - functionName: the function's name.
        ///   - description: what the function is for.
        ///   - runtime: what the function runs on.
        ///   - handler: what is called, as the runtime names it.
        ///   - code: where the code is.
        ///   - role: the ARN of the role that the function takes on.
        ///   - environment: what the function finds in its environment.
        ///   - timeout: how long one call may take, in seconds.
        ///   - memorySize: the function's memory in MB.
        ///   - deadLetterTargetARN: the ARN of the queue or topic that takes events on which asynchronous calls kept failing.
        ///   - logGroup: the name of the log group to write to.
        public init(
            _ logicalID: String, functionName: Value<String>? = nil, description: String? = nil, runtime: Runtime, handler: String,
            code: Code, role: Value<String>, environment: [String: Value<String>] = [:], timeout: Value<Int>? = nil,
            memorySize: Value<Int>? = nil, deadLetterTargetARN: Value<String>? = nil, logGroup: Value<String>? = nil
        ) {
            self.logicalID = logicalID
            self.functionName = functionName
            self.description = description
            self.runtime = runtime
            self.handler = handler
            self.code = code
            self.role = role
            self.environment = environment
            self.timeout = timeout
            self.memorySize = memorySize
            self.deadLetterTargetARN = deadLetterTargetARN
            self.logGroup = logGroup
        }

        /// The function's ARN.
        public var arn: Value<String> { self.attribute("Arn") }

        /// The properties of `AWS::Lambda::Function`.
        public var properties: Properties {
            var environment = Properties()
            environment.set("Variables", unlessEmpty: self.environment)
            var deadLetters = Properties()
            deadLetters.set("TargetArn", self.deadLetterTargetARN)
            var logging = Properties()
            logging.set("LogGroup", self.logGroup)

            var properties = Properties()
            properties.set("FunctionName", self.functionName)
            properties.set("Description", self.description)
            properties.set("Runtime", self.runtime)
            properties.set("Handler", self.handler)
            properties.set("Code", self.code)
            properties.set("Role", self.role)
            properties.set("Environment", unlessEmpty: environment)
            properties.set("Timeout", self.timeout)
            properties.set("MemorySize", self.memorySize)
            properties.set("DeadLetterConfig", unlessEmpty: deadLetters)
            properties.set("LoggingConfig", unlessEmpty: logging)
            return properties
        }

        /// Checks that code in the template is there and that the runtime takes it.
        public func validate() throws(TemplateError) {
            guard case .inline(let source) = self.code else { return }
            guard !source.isEmpty else {
                throw TemplateError(.invalidProperty, message: "the inline code of \(self.logicalID) is empty")
            }
            guard self.runtime.takesInlineCode else {
                throw TemplateError(
                    .invalidProperty,
                    message: "\(self.logicalID) has inline code, which the runtime \(self.runtime.name) does not take; put it in S3")
            }
        }
    }
}
