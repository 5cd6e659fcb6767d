// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// AWS Lambda.
public enum Lambda {
    /// What a function runs on.
    public struct Runtime: Hashable, Sendable, ExpressionConvertible {
        /// The runtime's name as Lambda knows it.
        public var name: String

        /// Names a runtime that this library has no constant for.
        ///
        /// - Parameter name: the runtime's name as Lambda knows it.
        public init(_ name: String) { self.name = name }

        /// Python 3.12.
        public static let python312 = Runtime("python3.12")
        /// Python 3.13.
        public static let python313 = Runtime("python3.13")
        /// Node.js 22.
        public static let nodejs22 = Runtime("nodejs22.x")
        /// An executable on Amazon Linux 2023, such as one written in Swift.
        public static let providedAL2023 = Runtime("provided.al2023")

        /// The runtime's name.
        public var expression: Expression { self.name.expression }

        /// Whether CloudFormation makes a function on this runtime from source code in the template.
        var takesInlineCode: Bool { self.name.hasPrefix("python") || self.name.hasPrefix("nodejs") }
    }

    /// Where a function's code is.
    public enum Code: Hashable, Sendable, ExpressionConvertible {
        /// In the template: source code of Python or Node.js, which becomes the file `index.py` or `index.js`.
        case inline(String)
        /// In S3: a zip archive in a bucket of the function's region.
        case object(bucket: Value<String>, key: Value<String>)

        /// The code as a function's property holds it.
        public var expression: Expression {
            var properties = Properties()
            switch self {
            case .inline(let source): properties.set("ZipFile", source)
            case .object(let bucket, let key):
                properties.set("S3Bucket", bucket)
                properties.set("S3Key", key)
            }
            return properties.expression
        }
    }
}
