// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ServiceEmitter {
    /// The file of the operations' protocol, which says how the service is called.
    func service() -> String {
        let settings = self.settings
        var source = SourceText()
        if let namespace = settings.namespace {
            source.line("/// The operations of \(settings.title), and their types.")
            source.line("public enum \(namespace) {}")
            source.line()
        }
        source.line("/// An operation of \(settings.title) (version \(self.model.version)).")
        source.line("public protocol \(settings.operationProtocol): \(settings.clientProtocol ?? "AWSOperation") {}")
        source.line()
        source.block("extension \(settings.operationProtocol)") { source in
            source.line("/// \(settings.title).")
            source.block("public static var service: AWSService") { source in
                let signing = self.model.signingName == self.model.endpointPrefix ? "" : " signingName: \"\(self.model.signingName)\","
                source.line(
                    "AWSService(name: \"\(self.model.serviceID)\", endpointPrefix: \"\(self.model.endpointPrefix)\",\(signing) wireProtocol: \(self.wireProtocol))"
                )
            }
        }
        return self.file(source)
    }

    private var wireProtocol: String {
        switch self.model.wireProtocol {
        case .restJSON: ".restJSON"
        case .json10(let targetPrefix): ".json10(targetPrefix: \"\(targetPrefix)\")"
        case .json11(let targetPrefix): ".json11(targetPrefix: \"\(targetPrefix)\")"
        case .query: ".query(version: \"\(self.model.version)\")"
        }
    }
}
