// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

/// What the PKI does for the synchronisation: the services' side of the handshake, and their record of the outcome.
///
/// Every call can come more than once for the same event, because an event that was interrupted is handled again: an
/// implementation compares before it writes. An error that is thrown makes the event wait and be tried again, except
/// ``CloudSyncRefusal``, which sends it to the dead-letter queue.
public protocol CloudSyncHost: Sendable {
    /// Lets a CA sign the certificate by which AWS IoT Core verifies that the CA's key is ours to use.
    ///
    /// - Parameter request: the CA and the certificate signing request, whose common name is AWS's registration code.
    /// - Returns: the signed certificate as PEM.
    /// - Throws: ``CloudSyncRefusal`` when it will never sign; anything else when it may later.
    func signVerificationCertificate(_ request: VerificationCertificateRequest) async throws -> String

    /// Records what has become of an event in AWS, for instance in the metadata of the CA or the device.
    ///
    /// - Parameter outcome: what there is in AWS now, or that it will not be.
    /// - Throws: ``CloudSyncRefusal`` when it will never record it; anything else when it may later.
    func record(_ outcome: CloudSyncOutcome) async throws

    /// Takes notice of a change that came back from AWS.
    ///
    /// - Parameter event: the CloudEvent that the AWS side sent through the response queue.
    /// - Throws: anything; the message stays in the queue then, and comes again.
    func receive(_ event: CloudEvent) async throws
}
