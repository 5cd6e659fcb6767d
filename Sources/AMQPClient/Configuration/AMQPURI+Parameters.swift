// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Transport

extension AMQPURI {
    /// The configuration that the URI describes ("RabbitMQ URI Query Parameters" for what its query says).
    ///
    /// - Parameter tls: how `amqps` is secured, as far as the query does not say.
    func configuration(tls: TLSConfiguration) throws(AMQPError) -> AMQPConfiguration {
        var configuration = AMQPConfiguration(
            endpoints: self.endpoints, virtualHost: self.virtualHost,
            credentials: .plain(username: self.username, password: self.password))
        var security = self.isSecured ? tls : nil
        var certificateFile: String?
        var keyFile: String?
        var seen: Set<String> = []
        for parameter in self.parameters {
            let isRepeated = !seen.insert(parameter.name).inserted
            guard !isRepeated || parameter.name == "auth_mechanism" else {
                throw .invalidURI("\(parameter.name) stands there more than once")
            }
            switch parameter.name {
            case "heartbeat":
                configuration.heartbeat = .seconds(try parameter.number(in: 0...65_535))
            case "connection_timeout":
                configuration.connectTimeout = .milliseconds(try parameter.number(in: 1...Int(UInt32.max)))
            case "channel_max":
                let number = try parameter.number(in: 0...65_535)
                configuration.maximumChannels = number == 0 ? 65_535 : number
            case "frame_max":
                let number = try parameter.number(in: 0...16_777_216)
                guard number == 0 || number >= 4_096 else { throw parameter.refused("4096 is the least that the protocol allows") }
                configuration.maximumFrameBytes = number == 0 ? 16_777_216 : number
            case "auth_mechanism":
                let credentials = try self.credentials(parameter)
                if !isRepeated { configuration.credentials = credentials }
            case "cacertfile":
                let path = try parameter.path(isSecured: self.isSecured)
                security?.trustRoots = .custom(.file(path))
            case "certfile":
                certificateFile = try parameter.path(isSecured: self.isSecured)
            case "keyfile":
                keyFile = try parameter.path(isSecured: self.isSecured)
            default:
                try self.check(parameter)
            }
        }
        switch (certificateFile, keyFile) {
        case (let certificate?, let key):
            security?.identity = TLSConfiguration.Identity(certificateChain: .file(certificate), privateKey: .file(key ?? certificate))
        case (nil, _?):
            throw .invalidURI("keyfile is of no use without certfile")
        case (nil, nil):
            break
        }
        configuration.tls = security
        return configuration
    }

    private func credentials(_ parameter: Parameter) throws(AMQPError) -> AMQPCredentials {
        switch parameter.value {
        case "plain": return .plain(username: self.username, password: self.password)
        case "amqplain": return .amqplain(username: self.username, password: self.password)
        case "external": return .external
        default: throw parameter.refused("plain, amqplain and external are possible")
        }
    }

    /// Checks a parameter that changes nothing: it asks for what is always so, or it is an error.
    private func check(_ parameter: Parameter) throws(AMQPError) {
        let isFulfilled: Bool
        let reason: String
        switch parameter.name {
        case "verify":
            (isFulfilled, reason) = (parameter.value == "verify_peer", "the broker's certificate is always verified")
        case "fail_if_no_peer_cert":
            (isFulfilled, reason) = (parameter.value == "true", "the broker always has to show a certificate")
        case "customize_hostname_check":
            (isFulfilled, reason) = (parameter.value == "https", "names are always compared as HTTPS does")
        case "server_name_indication":
            isFulfilled = self.endpoints.allSatisfy { $0.host.lowercased() == parameter.value.lowercased() }
            reason = "the name that is sent and verified is always the host's"
        case "password":
            (isFulfilled, reason) = (false, "a private key with a passphrase is not read: decrypt its file")
        case "depth":
            (isFulfilled, reason) = (false, "the length of a certificate chain cannot be bounded")
        default:
            throw .invalidURI("its query parameter '\(parameter.name)' is not known")
        }
        guard isFulfilled else { throw parameter.refused(reason) }
        guard self.isSecured else { throw parameter.needsTLS }
    }
}

extension AMQPURI.Parameter {
    func refused(_ reason: String) -> AMQPError { .invalidURI("\(self.name) cannot be so: \(reason)") }

    var needsTLS: AMQPError { self.refused("it is for amqps alone") }

    fileprivate func number(in range: ClosedRange<Int>) throws(AMQPError) -> Int {
        guard let number = Substring(self.value).decimal, range.contains(number) else {
            throw self.refused("a number from \(range.lowerBound) to \(range.upperBound) is needed")
        }
        return number
    }

    fileprivate func path(isSecured: Bool) throws(AMQPError) -> String {
        guard isSecured else { throw self.needsTLS }
        guard !self.value.isEmpty, !self.value.utf8.contains(0) else { throw self.refused("a path is needed") }
        return self.value
    }
}
