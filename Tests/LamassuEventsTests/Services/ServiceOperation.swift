// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

/// An operation of a service, and what is to become of it: a row of the table "operation, type, subject, payload".
struct ServiceOperation: Sendable, CustomTestStringConvertible {
    typealias Service = PublishingService<InMemoryPKI>

    let type: EventType
    let subject: EventSubject
    /// What it calls of the service that is wrapped, in order.
    let calls: [String]
    /// Runs it, and gives the data that its event is to have.
    let run: @Sendable (Service) async throws -> EventData

    init(
        _ type: EventType, _ subject: EventSubject, _ calls: String..., run: @escaping @Sendable (Service) async throws -> EventData
    ) {
        self.type = type
        self.subject = subject
        self.calls = calls
        self.run = run
    }

    var testDescription: String { "\(self.type) of \(self.subject)" }

    /// Every operation of the three services; those that give an identifier to what they make, with one and without.
    static let all = Self.authorities + Self.certificates + Self.profiles + Self.devices + Self.groups + Self.systems + Self.enrollment

    private static let authorities = [
        ServiceOperation(.caCreate, .ca("own"), "createCA") { try .encoding(await $0.createCA("own", with: 1)) },
        ServiceOperation(.caCreate, .ca("chosen"), "createCA") { try .encoding(await $0.createCA(nil, with: 1)) },
        ServiceOperation(.caImport, .ca("own"), "importCA") { try .encoding(await $0.importCA("own", with: "0f")) },
        ServiceOperation(.caImport, .ca("chosen"), "importCA") { try .encoding(await $0.importCA(nil, with: "0f")) },
        ServiceOperation(.caStatusUpdate, .ca("plant"), "ca", "updateCAStatus") {
            let updated = try await $0.updateCAStatus("plant", to: .revoked, reason: .superseded)
            return try .encoding(UpdateModel(previous: InMemoryPKI.plant, updated: updated))
        },
        ServiceOperation(.caProfileUpdate, .ca("plant"), "ca", "updateCAProfile") {
            let updated = try await $0.updateCAProfile("plant", to: "short")
            return try .encoding(UpdateModel(previous: InMemoryPKI.plant, updated: updated))
        },
        ServiceOperation(.caMetadataUpdate, .ca("plant"), "ca", "updateCAMetadata") {
            let updated = try await $0.updateCAMetadata("plant", with: ["hall": 3])
            return try .encoding(UpdateModel(previous: InMemoryPKI.plant, updated: updated))
        },
        ServiceOperation(.caReissue, .ca("plant"), "ca", "reissueCA") {
            let updated = try await $0.reissueCA("plant")
            return try .encoding(UpdateModel(previous: InMemoryPKI.plant, updated: updated))
        },
        ServiceOperation(.caDelete, .ca("plant"), "deleteCA") {
            try await $0.deleteCA("plant", cascade: true)
            return .json(Array(#"{"CAID":"plant","CascadeDelete":true}"#.utf8)[...])
        },
        ServiceOperation(.caSignCertificate, .certificate("2b"), "signCertificate") {
            try .encoding(await $0.signCertificate(by: "plant", with: "2b"))
        },
        ServiceOperation(.caSignSignature, .ca("plant"), "createSignature") {
            let signature = try await $0.createSignature(by: "plant", with: [1, 2, 255])
            #expect(signature == [255, 2, 1])
            return .binary([255, 2, 1])
        },
    ]

    private static let certificates = [
        ServiceOperation(.certificateCreate, .certificate("2b"), "createCertificate") {
            try .encoding(await $0.createCertificate(with: "2b"))
        },
        ServiceOperation(.certificateImport, .certificate("2b"), "importCertificate") {
            try .encoding(await $0.importCertificate(with: "2b"))
        },
        ServiceOperation(.certificateStatusUpdate, .certificate("1a"), "certificate", "updateCertificateStatus") {
            let updated = try await $0.updateCertificateStatus("1a", to: .revoked, reason: .certificateHold)
            return try .encoding(UpdateModel(previous: InMemoryPKI.leaf, updated: updated))
        },
        ServiceOperation(.certificateMetadataUpdate, .certificate("1a"), "certificate", "updateCertificateMetadata") {
            let updated = try await $0.updateCertificateMetadata("1a", with: ["hall": 3])
            return try .encoding(UpdateModel(previous: InMemoryPKI.leaf, updated: updated))
        },
        ServiceOperation(.certificateDelete, .certificate("1a"), "deleteCertificate") {
            try await $0.deleteCertificate("1a")
            return .json(Array(#"{"SerialNumber":"1a"}"#.utf8)[...])
        },
    ]

    private static let profiles = [
        ServiceOperation(.issuanceProfileCreate, .profile("own"), "createIssuanceProfile") {
            try .encoding(await $0.createIssuanceProfile(IssuanceProfile(id: "own")))
        },
        ServiceOperation(.issuanceProfileCreate, .profile("chosen"), "createIssuanceProfile") {
            try .encoding(await $0.createIssuanceProfile(IssuanceProfile(id: "")))
        },
        ServiceOperation(.issuanceProfileUpdate, .profile("short"), "issuanceProfile", "updateIssuanceProfile") {
            let updated = try await $0.updateIssuanceProfile(IssuanceProfile(id: "short", name: "renamed"))
            return try .encoding(UpdateModel(previous: InMemoryPKI.short, updated: updated))
        },
        ServiceOperation(.issuanceProfileDelete, .profile("short"), "deleteIssuanceProfile") {
            try await $0.deleteIssuanceProfile("short")
            return .json(Array(#"{"ProfileID":"short"}"#.utf8)[...])
        },
    ]

    private static let devices = [
        ServiceOperation(.deviceCreate, .device("own"), "createDevice") { try .encoding(await $0.createDevice("own", with: ["new"])) },
        ServiceOperation(.deviceStatusUpdate, .device("press"), "device", "updateDeviceStatus") {
            let updated = try await $0.updateDeviceStatus("press", to: .active)
            return try .encoding(UpdateModel(previous: InMemoryPKI.press, updated: updated))
        },
        ServiceOperation(.deviceIdentityUpdate, .device("press"), "device", "updateDeviceIdentitySlot") {
            let updated = try await $0.updateDeviceIdentitySlot("press", to: Slot(type: "x509", versions: ["0": "1a"]))
            return try .encoding(UpdateModel(previous: InMemoryPKI.press, updated: updated))
        },
        ServiceOperation(.deviceMetadataUpdate, .device("press"), "device", "updateDeviceMetadata") {
            let updated = try await $0.updateDeviceMetadata("press", with: ["hall": 3])
            return try .encoding(UpdateModel(previous: InMemoryPKI.press, updated: updated))
        },
        ServiceOperation(.deviceDelete, .device("press"), "deleteDevice") {
            try await $0.deleteDevice("press")
            return .json(Array(#"{"ID":"press"}"#.utf8)[...])
        },
    ]

    private static let groups = [
        ServiceOperation(.deviceGroupCreate, .deviceGroup("own"), "createDeviceGroup") {
            try .encoding(await $0.createDeviceGroup(DeviceGroup(id: "own")))
        },
        ServiceOperation(.deviceGroupCreate, .deviceGroup("chosen"), "createDeviceGroup") {
            try .encoding(await $0.createDeviceGroup(DeviceGroup(id: "")))
        },
        ServiceOperation(.deviceGroupUpdate, .deviceGroup("hall"), "deviceGroup", "updateDeviceGroup") {
            let updated = try await $0.updateDeviceGroup(DeviceGroup(id: "hall", name: "renamed"))
            return try .encoding(UpdateModel(previous: InMemoryPKI.hall, updated: updated))
        },
        ServiceOperation(.deviceGroupDelete, .deviceGroup("hall"), "deleteDeviceGroup") {
            try await $0.deleteDeviceGroup("hall")
            return .json(Array(#"{"ID":"hall"}"#.utf8)[...])
        },
    ]

    private static let systems = [
        ServiceOperation(.dmsCreate, .dms("own"), "createDMS") { try .encoding(await $0.createDMS(DMS(id: "own"))) },
        ServiceOperation(.dmsCreate, .dms("chosen"), "createDMS") { try .encoding(await $0.createDMS(DMS(id: ""))) },
        ServiceOperation(.dmsUpdate, .dms("line"), "dms", "updateDMS") {
            let updated = try await $0.updateDMS(DMS(id: "line", name: "renamed"))
            return try .encoding(UpdateModel(previous: InMemoryPKI.line, updated: updated))
        },
        ServiceOperation(.dmsMetadataUpdate, .dms("line"), "dms", "updateDMSMetadata") {
            let updated = try await $0.updateDMSMetadata("line", with: ["hall": 3])
            return try .encoding(UpdateModel(previous: InMemoryPKI.line, updated: updated))
        },
        ServiceOperation(.dmsDelete, .dms("line"), "deleteDMS") {
            try await $0.deleteDMS("line")
            return .json(Array(#"{"ID":"line"}"#.utf8)[...])
        },
    ]

    private static let enrollment = [
        ServiceOperation(.dmsEnroll, .dms("line"), "enroll") {
            let certificate = try await $0.enroll("line", with: "2b")
            #expect(certificate == InMemoryPKI.certificate("2b"))
            return .json(Array(#"{"certificate":"UEVN","aps":"line"}"#.utf8)[...])
        },
        ServiceOperation(.dmsReenroll, .dms("line"), "reenroll") {
            let certificate = try await $0.reenroll("line", with: "2b")
            #expect(certificate == InMemoryPKI.certificate("2b"))
            return .json(Array(#"{"certificate":"UEVN","aps":"line"}"#.utf8)[...])
        },
        ServiceOperation(.dmsBindDeviceID, .device("press"), "bindIdentity") {
            try .encoding(await $0.bindIdentity(to: "press", with: "1a"))
        },
    ]
}
