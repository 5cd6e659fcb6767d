// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import IoTCoreClient
public import LamassuEvents
public import LambdaClient
public import Logging

/// Brings the events of the Lamassu services to AWS: the handler to give to an `EventConsumer`.
///
/// | event | what it does |
/// |---|---|
/// | `ca.create`, `ca.import`, `ca.metadata.update` that ask for a registration | registers the CA with the whole handshake |
/// | `dms.bind-device-id` of a DMS that provisions automatically | registers certificate, thing and policies, ties them together |
/// | `certificate.status.update` | changes the certificate's status, invokes the configured function |
///
/// An event is done when AWS has said yes to all of it. While AWS is away the event waits in its lane and is tried again; what can
/// never succeed goes to the dead-letter queue with its reason. Every action reads the present state first and acts only on a
/// difference, so an event that comes twice has one effect, and a late activation never undoes a revocation.
public struct CloudSync: EventHandler {
    private let configuration: CloudSyncConfiguration
    private let iot: IoTCoreClient
    private let lambda: LambdaClient
    private let host: any CloudSyncHost
    private let observer: (any CloudSyncObserver)?
    private let logger: Logger

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - configuration: whose events it acts on, and what it invokes.
    ///   - iot: the client of AWS IoT Core.
    ///   - lambda: the client of AWS Lambda.
    ///   - host: the services' side of the handshake.
    ///   - observer: sees every effect; by default nobody.
    ///   - logger: where it logs.
    public init(
        configuration: CloudSyncConfiguration,
        iot: IoTCoreClient,
        lambda: LambdaClient,
        host: any CloudSyncHost,
        observer: (any CloudSyncObserver)? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.iot = iot
        self.lambda = lambda
        self.host = host
        self.observer = observer
        self.logger = logger
    }

    /// Does in AWS what an event asks for.
    ///
    /// Cancelling the task breaks it off between two calls to AWS; the event comes again, and what was done is not done twice.
    ///
    /// - Parameter received: the event and how it was delivered.
    /// - Returns: that it is done, is to be tried again, or can never succeed.
    public func handle(_ received: ReceivedEvent) async -> EventOutcome {
        let work = EventSync(
            received: received, configuration: self.configuration, iot: self.iot, lambda: self.lambda, host: self.host,
            observer: self.observer)
        do {
            try await work.run()
            return .done
        } catch {
            switch error.recovery {
            case .retried:
                return .retry(reason: error.description)
            case .retriedWithLimit where received.attempt < self.configuration.maximumAttempts:
                return .retry(reason: error.description)
            case .retriedWithLimit:
                return .deadLetter(reason: "given up after \(received.attempt) attempts: \(error.description)")
            case .none:
                return .deadLetter(reason: error.description)
            }
        }
    }
}
